"""Lambda's share of a CPU for a process: 128 MB get 7.2 % of one, by a control group of Linux, version 1 or 2."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SHARE: Final = 128 / 1769
"""Lambda gives one CPU to 1,769 MB, and less in proportion."""

_PERIOD_US: Final = 20_000
_ROOT = Path("/sys/fs/cgroup")


def _quotas() -> list[tuple[Path, dict[str, str]]]:
    """Where a group can be made, and what to write into it."""
    quota = str(round(_PERIOD_US * SHARE))
    return [
        (_ROOT, {"cpu.max": f"{quota} {_PERIOD_US}"}),
        (_ROOT / "cpu", {"cpu.cfs_period_us": str(_PERIOD_US), "cpu.cfs_quota_us": quota}),
    ]


def _make_group() -> Path | None:
    for root, files in _quotas():
        group = root / f"queueit-bench-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            for name, value in files.items():
                (group / name).write_text(value)
        except OSError:
            group.rmdir()
            continue
        return group
    return None


@contextlib.contextmanager
def cpu_quota() -> Iterator[Path | None]:
    """A group with Lambda's share, removed afterwards; None where control groups cannot be written.

    A process that writes 0 into its file `cgroup.procs` is in it.
    """
    group = _make_group()
    try:
        yield group
    finally:
        if group:
            with contextlib.suppress(OSError):
                group.rmdir()
