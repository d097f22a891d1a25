"""Finds Python interpreters of other versions than the one that runs this."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

_TELL = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


def _full_version(program: str) -> str | None:
    """The version that `program` says it is; None if it does not run, as a shim of what is not installed."""
    try:
        told = subprocess.run(
            [program, "-I", "-S", "-c", _TELL], capture_output=True, text=True, timeout=20, check=False
        )
    except OSError:
        return None
    return told.stdout.strip() if told.returncode == 0 else None


@functools.cache
def find_python(version: str) -> tuple[str, str] | None:
    """The interpreter of that version, such as 3.13, and its full version.

    The one that runs this, one on the PATH, or one that pyenv has; None where there is none of these.
    """
    if sys.version.startswith(f"{version}."):
        return sys.executable, sys.version.split()[0]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = shutil.which(f"python{version}")
    in_pyenv = map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")))
    # What pyenv itself puts on the PATH are scripts that take long to find what is looked for here anyway.
    named = [on_path] if on_path and not Path(on_path).is_relative_to(pyenv / "shims") else []
    for program in (*named, *in_pyenv):
        found = _full_version(program)
        if found and found.rpartition(".")[0] == version:
            return program, found
    return None
