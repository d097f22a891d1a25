"""The two commands, each in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from workbench.demo.__main__ import parse_arguments

ROOT = Path(__file__).parents[2]


@pytest.mark.full  # CI walks the journey too
def test_the_journey_reports_six_steps_and_no_secret_and_ends_with_zero() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench.journey"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Step 6 of 6" in done.stdout
    assert "All six steps went as expected." in done.stdout
    assert "demo-secret-key" not in done.stdout + done.stderr
    assert "demo-api-key" not in done.stdout + done.stderr


def test_the_demo_says_what_to_open_serves_it_and_stops_on_ctrl_c() -> None:
    process = start_demo("--shop-port", "0", "--waiting-room-port", "0", "--origin-port", "0")
    try:
        printed = ""
        assert process.stdout
        while "Ctrl-C stops everything." not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        shop = printed.split("Shop, protected")[1].split()[0]
        assert requests.get(shop, timeout=20).status_code == 200
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
        assert process.returncode == 0, rest + errors
        assert "Traceback" not in rest + errors
        with pytest.raises(requests.ConnectionError):
            requests.get(shop, timeout=5)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("part", ["shop", "waiting-room", "origin"])
def test_the_demo_says_which_port_is_taken_and_how_to_choose_another(part: str) -> None:
    ports = {"shop": "0", "waiting-room": "0", "origin": "0"}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ports[part] = str(listener.getsockname()[1])
        process = start_demo(*(word for name, port in ports.items() for word in (f"--{name}-port", port)))
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert errors == (
        f"port {ports[part]}, for the {part.replace('-', ' ')}, is taken. Choose another with --{part}-port PORT "
        f"or QUEUEIT_DEMO_{part.upper().replace('-', '_')}_PORT=PORT; 0 takes any free one.\n"
    )


def test_a_port_comes_from_the_command_line_else_from_the_environment_else_from_the_default() -> None:
    environ = {"QUEUEIT_DEMO_SHOP_PORT": "9001", "QUEUEIT_DEMO_ORIGIN_PORT": "9003"}
    options = parse_arguments(["--origin-port", "9004"], environ)
    assert (options.shop_port, options.waiting_room_port, options.origin_port) == (9001, 8081, 9004)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "²"])
def test_a_port_that_is_none_is_refused_in_words(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments([], {"QUEUEIT_DEMO_SHOP_PORT": port})
    assert "is not a port; use a number from 0 to 65535" in capsys.readouterr().err


def start_demo(*arguments: str) -> "subprocess.Popen[str]":
    """The demo as its command starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
