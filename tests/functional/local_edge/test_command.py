"""The command that serves a distribution from a file."""

import errno
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from workbench.local_edge.rule_table import ORIGIN_EXISTS

ROOT = Path(__file__).parents[3]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "workbench.local_edge", *arguments]


def test_it_serves_a_distribution_until_it_is_interrupted(
    workshop: Any, sources: Any, origin: Any, tmp_path: Path
) -> None:
    pairs = workshop.associations(("viewer-response", "mark"))
    config = workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs))
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps({"ETag": "E1", "DistributionConfig": config}))
    code = workshop.zip(sources.mark_response, "mark")
    arguments = command(
        "--distribution",
        str(file),
        "--function",
        f"mark={code}:mark.handler",
        "--origin",
        f"site=http://127.0.0.1:{origin.port}",
        "--port",
        "0",
        "--access-log",
        str(tmp_path / "access.log"),
    )
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("local edge: ").strip()
            with urllib.request.urlopen(url, timeout=10) as response:
                assert response.headers["X-Marked"] == "yes"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    assert '"GET / HTTP/1.1" 200 15 "-" "Python-urllib/' in (tmp_path / "access.log").read_text()


def complaint(*arguments: str) -> str:
    """What the command says on standard error before it gives up."""
    ended = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    return ended.stderr


def test_it_says_what_is_wrong_with_a_distribution(workshop: Any, tmp_path: Path) -> None:
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(workshop.distribution(1, workshop.behavior(TargetOriginId="other"))))

    assert complaint("--distribution", str(file)) == (
        f"local edge: behavior '*': no origin has the Id 'other' ({ORIGIN_EXISTS.page})\n"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "the distribution lacks 'Origins'"),
        ('{"Origins": {"Items": [{"Id": "a"}]}}', "the distribution lacks 'DomainName'"),
        ("[]", "distribution.json: not a JSON object"),
        ("{", "distribution.json: Expecting property name"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "distribution.json"
    file.write_text(text)

    assert problem in complaint("--distribution", str(file))


def test_it_says_which_port_is_taken_and_how_to_choose_another(workshop: Any, tmp_path: Path) -> None:
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(workshop.distribution(1, workshop.behavior())))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])

        assert complaint("--distribution", str(file), "--port", port) == (
            f"local edge: port {port}: {os.strerror(errno.EADDRINUSE)}; choose another with --port\n"
        )


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--port", "65536", "'65536' is not a port; use a number from 0 to 65535"),
        ("--workers", "0", "'0' is not a number of workers; use 1 to 100"),
        ("--function", "a=b", "'a=b' is not NAME=ZIP:HANDLER"),
        ("--function", "a=nowhere.zip:b.c", "there is no file 'nowhere.zip'"),
        ("--origin", "a", "'a' is not NAME=VALUE"),
    ],
)
def test_it_says_what_an_option_takes(option: str, value: str, advice: str) -> None:
    assert advice in complaint("--distribution", "x", option, value)


def test_it_says_which_variables_a_function_may_have(workshop: Any, sources: Any, tmp_path: Path) -> None:
    pairs = workshop.associations(("viewer-response", "mark"))
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs))))
    code = workshop.zip(sources.mark_response, "mark")

    said = complaint(
        "--distribution",
        str(file),
        "--function",
        f"mark={code}:mark.handler",
        "--environment",
        "MY_SETTING=1",
        "--port",
        "0",
    )
    assert "MY_SETTING cannot be set: Lambda@Edge functions have no environment variables" in said


def documented_command() -> list[str]:
    """The arguments of the command in docs/local-edge.md."""
    page = (ROOT / "docs" / "local-edge.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(\.venv/bin/python -m workbench\.local_edge .*?)```", page, re.DOTALL)
    program, module_option, module, *arguments = shlex.split(block.replace("\\\n", " "))
    assert (program, module_option, module) == (".venv/bin/python", "-m", "workbench.local_edge")
    return arguments


def test_the_command_of_the_documentation_serves_a_protected_distribution(
    workshop: Any, origin: Any, tmp_path: Path
) -> None:
    pairs = workshop.associations(
        ("viewer-request", "shop-viewer-request"), ("viewer-response", "shop-viewer-response")
    )
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs))))
    here = {
        "distribution.json": str(file),
        "site=http://127.0.0.1:3000": f"site=http://127.0.0.1:{origin.port}",
        # Nothing listens there, so that the connector finds no table and fails open.
        "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000": "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1",
    }
    arguments = documented_command()
    assert set(here) <= set(arguments)

    started = command(*[here.get(argument, argument) for argument in arguments], "--port", "0")
    with subprocess.Popen(
        started, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("local edge: ").strip()
            with urllib.request.urlopen(url, timeout=20) as response:
                assert response.status == 200
                assert response.headers["x-queueit-failed"] == "true"
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "snapshot_poll_failed" in said
