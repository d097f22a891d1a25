"""The parts the demo is made of, each by itself."""

import os
import socket
import struct
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response

from workbench.demo import Demo, Ports, PortsUnavailable
from workbench.demo.command import what_to_do_about
from workbench.demo.refresh_schedule import InvocationFailed, RefreshFunction, Schedule
from workbench.demo.web_server import PortTaken, WebServer, free_port_or

HANDLER = """
import os, time

def handler(event, context):
    print("a line for the log")
    if event["action"] == "fail":
        raise ValueError("the api key was refused")
    if event["action"] == "die":
        os._exit(3)
    return {
        "outcome": "unchanged",
        "process": os.getpid(),
        "settings": os.environ["QUEUEIT_SETTINGS"],
        "variables": sorted(os.environ),
        "name": context.function_name,
    }
"""


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def function(tmp_path: Path, log: list[str]) -> Iterator[RefreshFunction]:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("config_refresh/__init__.py", "")
        archive.writestr("config_refresh/handler.py", HANDLER)
    environment = {"AWS_LAMBDA_FUNCTION_NAME": "shop-config-refresh", "QUEUEIT_SETTINGS": "{}"}
    made = RefreshFunction(tmp_path / "code.zip", environment, log=log.append)
    yield made
    made.stop()


def test_a_function_runs_from_its_zip_with_its_environment_alone_and_its_lines_are_logged(
    function: RefreshFunction, log: list[str]
) -> None:
    result = function.invoke({"action": "refresh"})
    assert result["name"] == "shop-config-refresh"
    assert result["process"] != os.getpid()
    assert not {"HOME", "PYTHONPATH", "VIRTUAL_ENV"} & set(result["variables"])
    assert log == ["a line for the log"]


def test_an_exception_fails_the_invocation_with_its_text_and_not_the_next_one(
    function: RefreshFunction,
) -> None:
    with pytest.raises(InvocationFailed, match="ValueError: the api key was refused"):
        function.invoke({"action": "fail"})
    assert function.invoke({"action": "refresh"})["outcome"] == "unchanged"


def test_a_process_that_dies_fails_the_invocation_and_is_replaced(function: RefreshFunction) -> None:
    with pytest.raises(InvocationFailed, match=r"Runtime\.ExitError: .*exit status 3"):
        function.invoke({"action": "die"})
    assert function.invoke({"action": "refresh"})["outcome"] == "unchanged"


def test_a_changed_environment_reaches_the_next_invocation(function: RefreshFunction) -> None:
    first = function.invoke({"action": "refresh"})
    function.set_environment({"QUEUEIT_SETTINGS": '{"enabled": false}'})
    second = function.invoke({"action": "refresh"})
    assert second["settings"] == '{"enabled": false}'
    assert second["process"] != first["process"]


def test_a_schedule_reports_each_outcome_until_it_is_stopped(function: RefreshFunction) -> None:
    outcomes: list[dict[str, Any] | InvocationFailed] = []
    schedule = Schedule(function, 0.01, outcomes.append)
    schedule.start()
    while len(outcomes) < 3:
        pass
    schedule.stop()
    seen = len(outcomes)
    assert all(isinstance(outcome, dict) and outcome["outcome"] == "unchanged" for outcome in outcomes)
    assert len(outcomes) == seen


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken"):
            free_port_or(port)
        with pytest.raises(PortTaken):
            WebServer("127.0.0.1", port)


def test_the_demo_names_all_ports_that_are_taken_at_once_and_how_to_choose_others() -> None:
    with ExitStack() as listening:
        listeners = [listening.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in fields(Ports)]
        parts = [field.name for field in fields(Ports)]
        ports = {part: listener.getsockname()[1] for part, listener in zip(parts, listeners, strict=True)}
        with pytest.raises(PortsUnavailable) as unavailable, Demo(Ports(**ports)):
            raise AssertionError("the demo started on ports that are taken")

    assert unavailable.value.taken == ports
    said = f"{unavailable.value}. {what_to_do_about(unavailable.value.taken)}"
    for part, port in ports.items():
        assert f"port {port}, for the {part.replace('_', ' ')}," in said
        assert f"--{part.replace('_', '-')}-port 0" in said
        assert f"QUEUEIT_DEMO_{part.upper()}_PORT" in said
    assert 'make demo ARGS="' in said


def test_one_port_cannot_be_used_for_two_parts() -> None:
    port = free_port_or(0)
    with pytest.raises(PortsUnavailable) as unavailable, Demo(Ports(shop=port, origin=port)):
        raise AssertionError("the demo started with one port for two parts")
    assert unavailable.value.taken == {"origin": port}


def test_a_server_serves_and_gives_its_port_back() -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "hello")
    with WebServer("127.0.0.1", 0) as server:
        server.start(app)
        with urllib.request.urlopen(server.url, timeout=5) as answer:
            assert answer.read() == b"hello"
    assert free_port_or(server.port) == server.port


def test_an_answer_is_closed_where_its_client_resets_the_connection() -> None:
    client_is_gone, is_closed = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"hello"
        client_is_gone.wait(5)

    def view() -> Response:
        answer = Response(pieces(), headers={"Content-Length": "5"})
        answer.call_on_close(is_closed.set)
        return answer

    app = Flask(__name__)
    app.add_url_rule("/", view_func=view)
    with WebServer("127.0.0.1", 0) as server:
        server.start(app)
        with socket.create_connection((server.host, server.port), timeout=5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
            while b"hello" not in (received := client.recv(1000)):
                assert received
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client_is_gone.set()
        assert is_closed.wait(5)
