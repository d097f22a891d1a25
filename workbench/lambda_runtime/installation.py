"""AWS's runtime client on this machine: for which interpreter, where it is, and how it gets there.

It has a compiled part, so it is installed for the very interpreter that runs the functions.
"""

import functools
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from workbench.interpreter import find_python
from workbench.lambda_runtime.function import DEFAULT_RUNTIME

_ROOT = Path(__file__).parents[2]
_INSTALLED = _ROOT / "build" / "runtime"
_LOCK = _ROOT / "requirements" / "runtime.txt"
_FALLBACK = Path(__file__).with_name("fallback_client.py")


class Runtime(NamedTuple):
    """What runs a function: `python` of `version`, with `client`, AWS's directory or the fallback's file."""

    python: str
    version: str
    client: Path

    @property
    def is_awss(self) -> bool:
        """Whether the client is AWS's own."""
        return self.client != _FALLBACK


@functools.cache
def interpreter(runtime: str) -> tuple[str, str]:
    """The interpreter for `runtime`, such as python3.13, or else the one that runs this, and its full version."""
    here = ".".join(str(part) for part in sys.version_info[:3])
    return find_python(runtime.removeprefix("python")) or (sys.executable, here)


@functools.cache
def runtime_for(runtime: str, installed: Path = _INSTALLED) -> Runtime:
    """What runs functions that are configured for `runtime`."""
    python, version = interpreter(runtime)
    directory = installed / version
    return Runtime(python, version, directory if directory.is_dir() else _FALLBACK)


def shortcomings(runtime: str = DEFAULT_RUNTIME, installed: Path = _INSTALLED) -> list[str]:
    """How running functions here differs from Lambda's `runtime`, a sentence each."""
    here = runtime_for(runtime, installed)
    said = []
    if not here.version.startswith(f"{runtime.removeprefix('python')}."):
        said.append(f"{runtime} is not installed, so functions run on Python {here.version}")
    if not here.is_awss:
        said.append(
            f"AWS's runtime client is not installed for Python {here.version}, so a stand-in for it runs the "
            "functions; `make runtime` installs it"
        )
    return said


def install(runtime: str = DEFAULT_RUNTIME, installed: Path = _INSTALLED, lock: Path = _LOCK) -> str | None:
    """Install AWS's client for `runtime` from its lock, whole or not at all; what went wrong, if it did."""
    python, version = interpreter(runtime)
    directory, unfinished = installed / version, installed / f"{version}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    what = ["--require-hashes", "--target", str(unfinished), "--requirement", str(lock)]
    ended = subprocess.run(
        [*pip, "install", "--quiet", *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        return ended.stdout[-2000:]
    shutil.rmtree(directory, ignore_errors=True)
    unfinished.rename(directory)
    (installed / ".installed").touch()  # the stamp that the Makefile asks for
    return None
