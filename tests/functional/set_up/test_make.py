"""What make sets up before a command: a layer of packages from its lock, and again what was interrupted."""

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# Stands in for every Python: an environment that it makes has a copy of it, as old as the Makefile; a test can stop it.
PYTHON = """\
#!/bin/sh
[ ! -e "$PWD/stop-at-$2" ] || { echo "no $2 today" >&2; exit 1; }
[ ! -e "$PWD/wait-at-$2" ] || { echo "Traceback: nobody asked for this" >&2; echo waiting; exec sleep 20; }
case "$2" in
    venv)
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch -r Makefile "$3/bin/python"
        echo "new environment" >>log ;;
    pip) for last; do :; done; echo "install $last" >>log ;;
    workbench.lambda_runtime)
        mkdir -p build/runtime && touch build/runtime/.installed
        echo "install the runtime" >>log ;;
    workbench.*) shift; echo "run $*${PYTHONDONTWRITEBYTECODE+ and compile it each time}" >>log ;;
esac
"""


class House:
    """A copy of the Makefile with locks that say nothing."""

    def __init__(self, directory: Path) -> None:
        self.path = directory
        self.said = self.complained = ""
        (directory / "requirements").mkdir()
        shutil.copy(ROOT / "Makefile", directory)
        (directory / "pyproject.toml").touch()
        for lock in ("queueit", "demo", "dev", "runtime"):
            (directory / "requirements" / f"{lock}.txt").touch()
        python = directory / "python"
        python.write_text(PYTHON, encoding="utf-8")
        python.chmod(0o755)

    def make(self, target: str, *variables: str) -> int:
        """The exit status of `make TARGET`, run as a person would."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        command = ["make", target, f"PYTHON={self.path / 'python'}", *variables]
        ran = subprocess.run(command, cwd=self.path, env=environ, capture_output=True, timeout=30)
        self.said, self.complained = ran.stdout.decode(), ran.stderr.decode()
        return ran.returncode

    def make_and_press_ctrl_c(self, target: str) -> str:
        """What a terminal shows once the stand-in waits and the person does not."""
        shown = b""
        process, terminal = pty.fork()
        if process == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is ignored where tests run in the background
            os.chdir(self.path)
            for of_an_outer_make in [name for name in os.environ if name.startswith("MAKE")]:
                os.environ.pop(of_an_outer_make)
            os.execvp("make", ["make", target, f"PYTHON={self.path / 'python'}"])
        with contextlib.suppress(OSError):  # how a terminal ends
            while part := os.read(terminal, 1 << 16):
                shown += part
                if b"waiting" in part:
                    os.write(terminal, b"\x03")
        os.waitpid(process, 0)
        os.close(terminal)
        # make's own complaint, where the child has ended before make hears of Ctrl-C.
        shown = re.sub(rb"make: .*wait: No child processes.*", b"", shown)
        return shown.partition(b"waiting")[2].decode().replace("^C", "").strip()

    def stop_at(self, module: str) -> None:
        (self.path / f"stop-at-{module}").touch()

    def go_on(self) -> None:
        for marker in self.path.glob("stop-at-*"):
            marker.unlink()

    def done(self) -> list[str]:
        """What was done since it was last asked."""
        log = self.path / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def house(tmp_path: Path) -> House:
    if shutil.which("make") is None:
        pytest.skip("no make on the PATH; get it with `apt-get install make`")
    return House(tmp_path)


def installed(layer: str) -> list[str]:
    return [f"install requirements/{layer}.txt", "install ."]


@pytest.mark.parametrize(
    ("target", "layer"), [("setup-queueit", "queueit"), ("demo", "demo"), ("setup", "dev")]
)
def test_a_command_installs_what_it_needs_and_no_more(house: House, target: str, layer: str) -> None:
    assert house.make(target) == 0

    ran = ["install the runtime", "run workbench.demo"] if target == "demo" else []
    assert house.done() == ["new environment", *installed(layer), *ran]


def test_a_second_command_finds_everything_done(house: House) -> None:
    house.make("setup")
    house.make("runtime")
    house.done()

    assert house.make("demo") == 0
    assert house.done() == ["run workbench.demo"]


def test_the_demo_gets_the_options_in_args(house: House) -> None:
    house.make("demo")
    house.done()

    assert house.make("demo", "ARGS=--quiet --shop-port 9080") == 0
    assert house.done() == ["run workbench.demo --quiet --shop-port 9080"]


def test_a_set_up_says_each_step_in_a_line(house: House) -> None:
    assert house.make("demo") == 0

    assert house.said.splitlines() == [
        "Set-up: making a virtual environment in .venv …",
        "Set-up: installing the packages of requirements/demo.txt …",
        "Set-up: installing this project …",
        "Set-up: installing AWS's runtime client …",
    ]
    assert house.make("demo") == 0
    assert house.said == ""


def test_a_larger_layer_is_added_to_a_smaller(house: House) -> None:
    house.make("setup-queueit")
    house.done()

    house.make("setup")
    assert house.done() == installed("dev")


@pytest.mark.parametrize(
    ("module", "again"),
    [
        ("venv", ["new environment", *installed("demo")]),
        ("pip", ["new environment", *installed("demo")]),
        ("workbench.lambda_runtime", []),
    ],
)
def test_a_set_up_that_was_interrupted_says_why_and_begins_again_with_the_next_command(
    house: House, module: str, again: list[str]
) -> None:
    house.stop_at(module)
    assert house.make("demo") != 0
    assert f"no {module} today" in house.complained
    house.go_on()
    house.done()

    assert house.make("demo") == 0
    assert house.done() == [*again, "install the runtime", "run workbench.demo"]


@pytest.mark.parametrize("module", ["venv", "pip", "workbench.lambda_runtime"])
def test_ctrl_c_ends_a_set_up_in_one_line(house: House, module: str) -> None:
    (house.path / f"wait-at-{module}").touch()
    assert house.make_and_press_ctrl_c("demo") == "Stopped; the next command takes the set-up up again."
    (house.path / f"wait-at-{module}").unlink()
    house.done()

    assert house.make("demo") == 0
    assert house.done()[-1] == "run workbench.demo"


def test_an_interrupted_addition_to_a_whole_environment_begins_anew(house: House) -> None:
    house.make("demo")
    house.stop_at("pip")
    assert house.make("setup") != 0
    house.go_on()
    house.done()

    house.make("demo")
    assert house.done() == ["new environment", *installed("demo"), "run workbench.demo"]


def test_an_environment_whose_python_went_away_is_made_anew(house: House) -> None:
    house.make("demo")
    python = house.path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    house.done()

    house.make("demo")
    assert house.done() == ["new environment", *installed("demo"), "run workbench.demo"]


@pytest.mark.parametrize(
    ("lock", "stamp", "again"),
    [
        ("demo", ".venv/.demo", installed("demo")),
        ("runtime", "build/runtime/.installed", ["install the runtime"]),
    ],
)
def test_a_changed_lock_is_installed(house: House, lock: str, stamp: str, again: list[str]) -> None:
    house.make("demo")
    house.done()
    newer = (house.path / stamp).stat().st_mtime + 10
    os.utime(house.path / "requirements" / f"{lock}.txt", (newer, newer))

    house.make("demo")
    assert house.done() == [*again, "run workbench.demo"]
