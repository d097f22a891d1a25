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
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from tests.behavior_association.distributions import arn
from tests.functional.local_edge import sources
from workbench.local_edge.__main__ import main
from workbench.local_edge.rule_table import Rule

ROOT = Path(__file__).parents[3]


class Served(NamedTuple):
    """The answer to `/`, and what the command said on standard error until it was interrupted."""

    status: int
    headers: Message
    said: str


def served(*arguments: str) -> Served:
    command = [sys.executable, "-m", "workbench.local_edge", *arguments, "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("local edge: ").strip()
            with urllib.request.urlopen(url, timeout=20) as response:
                status, headers = response.status, response.headers
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    return Served(status, headers, said)


def written(tmp_path: Path, document: Any) -> str:
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(document))
    return str(file)


def test_it_serves_what_it_can_of_a_distribution_until_it_is_interrupted(
    workshop: Any, origin: Any, tmp_path: Path
) -> None:
    pairs = workshop.associations(("viewer-response", "mark"), ("viewer-request", "auth"))
    config = workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs))
    answer = served(
        *("--distribution", written(tmp_path, {"ETag": "E1", "DistributionConfig": config})),
        *("--function", f"mark={workshop.zip(sources.MARK_RESPONSE, 'mark')}:mark.handler"),
        *("--origin", f"site=http://127.0.0.1:{origin.server_port}"),
        *("--access-log", str(tmp_path / "access.log")),
        "--leave-out-other-functions",
    )
    assert answer.headers["X-Marked"] == "yes"
    assert f"local edge: behavior '*': {arn('auth')} on viewer-request is left out\n" in answer.said
    assert '"GET / HTTP/1.1" 200 15 "-" "Python-urllib/' in (tmp_path / "access.log").read_text()


def complaint(*arguments: str) -> str:
    """What the command says on standard error before it gives up."""
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code in (1, 2)
    assert ended.stdout == ""
    return ended.stderr


def test_it_says_what_is_wrong_with_a_distribution(workshop: Any, tmp_path: Path) -> None:
    file = written(tmp_path, workshop.distribution(1, workshop.behavior(TargetOriginId="other")))

    assert complaint("--distribution", file) == (
        f"Error: behavior '*': no origin has the Id 'other' ({Rule.ORIGIN_EXISTS.page})\n"
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
    file = written(tmp_path, workshop.distribution(1, workshop.behavior()))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])

        assert complaint("--distribution", file, "--port", port).endswith(
            f"Error: port {port}: {os.strerror(errno.EADDRINUSE)}; choose another with --port\n"
        )


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--port", "65536", "65536 is not in the range 0<=x<=65535"),
        ("--workers", "0", "0 is not in the range 1<=x<=100"),
        ("--function", "a=b", "'a=b' is not NAME=ZIP:HANDLER"),
        ("--function", "a=nowhere.zip:b.c", "there is no file 'nowhere.zip'"),
        ("--origin", "a", "'a' is not NAME=VALUE"),
    ],
)
def test_it_says_what_an_option_takes(option: str, value: str, advice: str) -> None:
    assert advice in complaint("--distribution", os.devnull, option, value)


def test_it_says_that_it_cannot_write_the_access_log(workshop: Any, tmp_path: Path) -> None:
    file = written(tmp_path, workshop.distribution(1, workshop.behavior()))

    assert "No such file or directory" in complaint("--distribution", file, "--access-log", "/nowhere/log")


def test_it_says_which_variables_a_function_may_have(workshop: Any, tmp_path: Path) -> None:
    pairs = workshop.associations(("viewer-response", "mark"))
    file = written(tmp_path, workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs)))
    mark = f"mark={workshop.zip(sources.MARK_RESPONSE, 'mark')}:mark.handler"

    said = complaint("--distribution", file, "--function", mark, "--environment", "MY_SETTING=1")
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
    file = written(tmp_path, workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs)))
    here = {
        "distribution.json": file,
        "site=http://127.0.0.1:3000": f"site=http://127.0.0.1:{origin.server_port}",
        # Nothing listens there, so that the connector finds no table and fails open.
        "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000": "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1",
    }
    arguments = documented_command()
    assert set(here) <= set(arguments)

    answer = served(*[here.get(argument, argument) for argument in arguments])
    assert (answer.status, answer.headers["x-queueit-failed"]) == (200, "true")
    assert "snapshot_poll_failed" in answer.said
