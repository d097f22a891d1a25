"""The demo's command, in a process of its own where that matters."""

import contextlib
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.visitor import wait_for
from tests.end_to_end.watched import events
from workbench.demo.command import command, run

ROOT = Path(__file__).parents[2]
ENVIRON = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"}


ANY_PORTS = ("--control-room-port", "0", "--shop-port", "0", "--waiting-room-port", "0", "--origin-port", "0")


def read_until(process: "subprocess.Popen[str]", wanted: str) -> str:
    """What the process prints up to a line with `wanted`."""
    printed = ""
    assert process.stdout
    while wanted not in printed:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    return printed


def test_the_demo_says_what_to_open_serves_it_and_ends_when_told_to() -> None:
    process = start_demo(*ANY_PORTS)
    try:
        printed = read_until(process, "Ctrl-C stops everything.")
        shop = printed.split("Shop, protected")[1].split()[0]
        room = printed.split("Control room")[1].split()[0]
        assert room in printed.split("Shop, protected")[0], "the control room comes first"
        assert requests.get(shop, timeout=20).status_code == 200
        assert "Decisions a second" in requests.get(room, timeout=20).text
        assert "GET     no match" in read_until(process, "worker 1 cold")
        variables = ROOT / printed.split("source ")[1].split()[0]
        assert "export QUEUEIT_CONNECTOR=queueit-demo" in variables.read_text(encoding="utf-8")
        process.terminate()
        rest, errors = process.communicate(timeout=20)
        assert process.returncode == 0, rest + errors
        assert (rest.splitlines()[-1], errors.strip()) == ("Stopped.", "")
        assert not variables.exists()
        with pytest.raises(requests.ConnectionError):
            requests.get(shop, timeout=5)
    finally:
        process.kill()
        process.communicate()


def wait_until_it_hears_signals(process: "subprocess.Popen[str]") -> None:
    """Until SIGTERM is caught, which is what the demo does first: before, Ctrl-C is Python's own affair."""
    status = Path("/proc", str(process.pid), "status")
    while status.exists() and process.poll() is None:
        caught = re.search(r"^SigCgt:\s+(\w+)", status.read_text(encoding="utf-8"), re.MULTILINE)
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    "after_seconds", [0.8, *(pytest.param(other, marks=pytest.mark.full) for other in (0, 0.3, 1.6, 2.4))]
)
def test_ctrl_c_while_the_demo_starts_ends_in_one_line(after_seconds: float) -> None:
    process = start_demo(*ANY_PORTS)
    try:
        wait_until_it_hears_signals(process)
        time.sleep(after_seconds)
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert (printed.splitlines()[-1], errors.strip(), process.returncode) == ("Stopped.", "", 0)


@pytest.mark.full  # a whole demo
def test_under_make_switches_are_on_from_the_start_quiet_prints_no_line_and_ctrl_c_ends_in_one(
    tmp_path: Path,
) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make on the PATH; get it with `apt-get install make`")
    options = [*ANY_PORTS, "--switch", "direct-pass", "--switch", "kill", "--quiet"]
    (tmp_path / "Makefile").write_text(f"demo:\n\t@{sys.executable} -m workbench.demo {' '.join(options)}\n")
    shown, of_an_outer_make = b"", ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        environ = {name: value for name, value in ENVIRON.items() if name not in of_an_outer_make}
        os.execvpe("make", ["make", "-f", str(tmp_path / "Makefile")], environ)
    try:
        while b"Ctrl-C stops everything." not in shown:
            shown += os.read(terminal, 1 << 16)
        printed = shown.decode()
        room = printed.split("Control room")[1].split()[0].rstrip("/")
        both = {"type": "switches", "on": ["direct-pass", "kill"]}
        wait_for(lambda: next(one for one in events(room) if one["type"] == "switches") == both, 20)
        requests.get(printed.split("Shop, protected")[1].split()[0], timeout=20)
        os.write(terminal, b"\x03")
        with contextlib.suppress(OSError):  # how a terminal ends
            while part := os.read(terminal, 1 << 16):
                shown += part
        _, status = os.waitpid(process, 0)
    finally:
        os.close(terminal)
    rest = shown.partition(b"Ctrl-C stops everything.")[2].decode()
    assert rest.replace("^C", "").split() == ["Stopped."]
    assert os.waitstatus_to_exitcode(status) == 0


def test_the_demo_says_which_port_is_taken_and_how_to_choose_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert run([*ANY_PORTS, "--shop-port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"port {port}, for the shop, is taken. "
        'Take any free one with: make demo ARGS="--shop-port 0"\n'
        "(or set QUEUEIT_DEMO_SHOP_PORT; 0 takes any free one)\n"
    )


def options_of(*arguments: str) -> dict[str, Any]:
    with command.make_context("demo", list(arguments)) as context:
        return context.params


def test_a_port_comes_from_the_command_line_else_from_the_environment_else_from_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUEUEIT_DEMO_SHOP_PORT", "9001")
    monkeypatch.setenv("QUEUEIT_DEMO_ORIGIN_PORT", "9003")
    options = options_of("--origin-port", "9004")
    assert [options[f"{part}_port"] for part in ("shop", "waiting_room", "origin")] == [9001, 8081, 9004]


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1e3"])
def test_an_invalid_port_is_refused_in_words(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([f"--shop-port={port}"]) == 2
    said = capsys.readouterr().err
    assert "--shop-port" in said
    assert port in said


def start_demo(*arguments: str) -> "subprocess.Popen[str]":
    """The demo as its command starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.demo", *arguments],
        cwd=ROOT,
        env=ENVIRON,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
