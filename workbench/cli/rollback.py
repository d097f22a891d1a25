"""`queueit rollback`: bring an earlier configuration back."""

import re
from typing import Any

import click

from workbench.cli import command as cli
from workbench.cli import history
from workbench.cli.operator_action import PARAMETERS, act

_EXAMPLES = """
rollback --previous --reason "the new room queues nobody"
rollback --version 41
rollback 0a1b2c3d --dry-run
"""

_DIGEST_BEGINNING = re.compile(r"[0-9a-f]{8,64}")


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Look the snapshot up in the history, and have config-refresh bring it back."""
    digest = options.snapshot
    if [digest is not None, options.previous, options.version is not None].count(True) != 1:
        raise cli.UsageError("what to go back to? Give one of SNAPSHOT, --previous and --version N")
    if digest is not None and not _DIGEST_BEGINNING.fullmatch(digest):
        raise cli.UsageError(
            f'"{digest}" is not a digest; give 8 to 64 lower-case hex digits, as `queueit history` shows them'
        )
    if digest is None or len(digest) < 64:
        digest = _found(options, history.read(cli.connector_name(options, context), context), context.now())
    asks = f"the configuration of snapshot {digest[:12]} is brought back, and held"
    return act(options, context, "rollback", asks=asks, snapshot=digest)


def _found(options: cli.Options, recorded: dict[str, Any], now: float) -> str:
    """The digest that is meant. Raises CommandFailed when nothing stored, or more than one thing, fits."""
    stored = [
        entry for entry in recorded["entries"] if entry.get("expires_at") is None or entry["expires_at"] > now
    ]
    if options.snapshot is not None:
        digests = {entry["snapshot"] for entry in stored if entry["snapshot"].startswith(options.snapshot)}
        if len(digests) > 1:
            raise cli.CommandFailed(
                f"{options.snapshot} fits {len(digests)} snapshots; give more digits of the one you mean"
            )
        wanted = f"snapshot {options.snapshot}…"
    else:
        current = recorded.get("current") or {}
        version = options.version
        wanted = "version before the present one" if version is None else f"version {version}"
        fits = [
            entry["snapshot"]
            for entry in stored
            if (
                entry["version"] != current.get("version") if version is None else entry["version"] == version
            )
        ]
        digests = set(fits[:1])
    if not digests:
        raise cli.CommandFailed(f"no {wanted} is stored any more; `queueit history` shows what is")
    digest: str = digests.pop()
    return digest


COMMAND = cli.command(
    "rollback",
    run,
    _EXAMPLES,
    *PARAMETERS,
    cli.argument("snapshot", "[SNAPSHOT]", required=False),
    cli.option("--previous", is_flag=True, help="the version that was in force before the present one"),
    cli.option(
        "--version",
        type=click.IntRange(1),
        metavar="N",
        help="the configuration's version N, as it was last in force",
    ),
)
