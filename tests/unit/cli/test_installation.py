"""The command line as `pipx install` has it: the packages that pyproject.toml lists, without what the demo needs."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from workbench.cli.__main__ import main

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


def pip_installs_it(target: Path, tree: Path) -> None:
    """Install the project from a copy of the tree; `bin` has the console script."""
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


def its_packages_are_copied(target: Path, tree: Path) -> None:
    """What an installation has, in a tenth of the time: the modules of each package that pyproject.toml lists."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    for package in listed["packages"]:
        folder = Path(listed["package-dir"].get(package, package.replace(".", "/")))
        for source in (ROOT / folder).glob("*.py"):
            copy = target / package.replace(".", "/") / source.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)


def test_the_console_script_is_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name="queueit")
    assert script.load() is main


@pytest.mark.parametrize(
    "install", [its_packages_are_copied, pytest.param(pip_installs_it, marks=pytest.mark.full)]
)
def test_every_command_loads_and_works_without_what_the_demo_needs(
    install: Callable[[Path, Path], None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("installed")
    install(target, tmp_path_factory.mktemp("tree"))
    site = sysconfig.get_path("purelib")
    command = [sys.executable, "-I", "-S", "-c", COMMANDS, str(target), site, *WITHOUT]
    done = subprocess.run(command, input="[]", capture_output=True, text=True, check=False, cwd=target)
    assert (done.returncode, done.stderr) == (1, "")
    assert "give an object with Integrations and Version" in done.stdout


@pytest.mark.full
def test_the_console_script_is_installed(tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("installed")
    pip_installs_it(target, tmp_path_factory.mktemp("tree"))
    done = subprocess.run(
        [sys.executable, str(target / "bin" / "queueit"), "--version"],
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
        cwd=target,
    )
    assert done.stdout.startswith("queueit 0.")
