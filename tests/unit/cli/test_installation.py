"""The command line as `pipx install` has it: the packages that pyproject.toml lists, without what the demo needs."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WITHOUT = ("moto", "flask", "flask_cors", "cryptography", "h11", "pytest", "mypy", "jsonschema")
COMMANDS = """
import sys
target, site, *without = sys.argv[1:]
class Without:
    def find_spec(self, name, path=None, of=None):
        if name.partition(".")[0] in without:
            raise ImportError(f"{name} is not installed")
sys.meta_path.insert(0, Without())
sys.path[:0] = [target]
sys.path.append(site)
from workbench.cli.__main__ import COMMAND_LINE, main
assert sys.modules["workbench"].__file__.startswith(target), sys.modules["workbench"].__file__
from workbench.cli.commands import COMMANDS
for name in COMMANDS:
    assert COMMAND_LINE.get_command(None, name).name == name
sys.exit(main(["validate", "-"], {}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the project is installed, built from a copy of the tree; `bin` has the console script."""
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in ("functions", "workbench"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    install = [
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--target",
        str(target),
    ]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *install, str(tree)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


def test_every_command_loads_and_works_without_what_the_demo_needs(installed: Path) -> None:
    site = sysconfig.get_path("purelib")
    command = [sys.executable, "-I", "-S", "-c", COMMANDS, str(installed), site, *WITHOUT]
    done = subprocess.run(command, input="[]", capture_output=True, text=True, check=False, cwd=installed)
    assert (done.returncode, done.stderr) == (1, "")
    assert "give an object with Integrations and Version" in done.stdout


def test_the_console_script_is_there(installed: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(installed / "bin" / "queueit"), "--version"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
        cwd=installed,
    )
    assert done.stdout.startswith("queueit 0.")
