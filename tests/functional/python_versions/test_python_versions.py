"""The functions' code runs on every Python that Lambda has or is about to have, whichever one runs the tests."""

import functools
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.build import DIST, FUNCTIONS
from workbench.interpreter import find_python

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
SMOKE = Path(__file__).with_name("smoke.py")
CODE = {"the sources": FUNCTIONS, "edge.zip": DIST / "edge.zip"}

_COMPILE = """
import pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    compile(path.read_bytes(), str(path), "exec")
    print(path.name)
"""


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of each version in turn."""
    version: str = request.param
    found = find_python(version)
    if found is None:
        pytest.skip(
            f"no python{version} on the PATH or in pyenv: install it (python.org, or `pyenv install {version}`) "
            "and run the tests again"
        )
    return found[0]


def run(python: str, *arguments: str) -> str:
    """What a fresh interpreter prints that sees the standard library alone and takes warnings for errors."""
    command = [python, "-I", "-S", "-B", "-W", "error", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@functools.cache
def expected(code: Path) -> str:
    """What the Python that runs the tests prints."""
    return run(sys.executable, str(SMOKE), str(code))


@pytest.mark.parametrize("code", CODE.values(), ids=CODE.keys())
def test_the_edge_decides_the_same_on_every_python(python: str, code: Path) -> None:
    printed = run(python, str(SMOKE), str(code))

    assert printed == expected(code)
    assert '"value": "https://shop.example.com/%74ickets/../tickets?a=1"' in printed


def test_every_function_compiles_on_every_python_without_a_warning(python: str) -> None:
    compiled = run(python, "-c", _COMPILE, str(FUNCTIONS)).split()

    assert {"viewer_request.py", "decision.py", "refresh.py"} <= set(compiled)


@pytest.mark.parametrize(
    "heavy",
    [
        "dataclasses",
        "logging",
        "urllib.parse",
        "email",
        "http.client",
        "datetime",
        "random",
        "inspect",
        "asyncio",
    ],
)
def test_the_edge_imports_nothing_heavy_at_a_cold_start(heavy: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(FUNCTIONS)!r}); import edge.viewer_request; print(*sys.modules)"
    )
    loaded = _modules(code)

    assert "edge.snapshot_reader" in loaded
    assert heavy not in loaded


@functools.cache
def _modules(code: str) -> frozenset[str]:
    return frozenset(run(sys.executable, "-c", code).split())
