"""The program around the steps: asking, taking up, what becomes of a step, the report."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from click import ClickException
from click.testing import CliRunner

from tests.command_line import in_a_process, no_client
from workbench.acceptance.__main__ import go, main
from workbench.acceptance.account import Account
from workbench.acceptance.keys import Keys
from workbench.acceptance.program import take
from workbench.acceptance.progress import Progress, Result
from workbench.acceptance.report import write_report
from workbench.acceptance.steps import STEPS, Step
from workbench.acceptance.walk import NotAsExpected, NotShown, Walk, expect

_APPLY = """
import signal, sys
from pathlib import Path
from workbench.acceptance.stack import Stack
signal.signal(signal.SIGINT, signal.default_int_handler)
Stack(Path(sys.argv[1]), {"PATH": f"{sys.argv[1]}:/usr/bin:/bin"}).apply({})
"""


def account(**changes: Any) -> Account:
    """An account in which nothing may be called."""
    nothing: Any = None
    given: dict[str, Any] = {
        "what": "no account",
        "environment": {},
        "client": no_client,
        "regions": list,
        "site": nothing,
        **changes,
    }
    return Account(**given)


def walk(**changes: Any) -> Walk:
    keys: Any = None
    return Walk(account(**changes), "name", "http://127.0.0.1:9", {}, keys)


def step_that(raises: Exception) -> Step:
    def run(walk: Walk) -> Result:
        raise raises

    return Step("six steps", "something", run)


def test_nothing_is_made_before_the_person_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.acceptance.__main__.of_aws", account)
    monkeypatch.setattr("workbench.acceptance.__main__.RUNS", tmp_path)
    asked = CliRunner().invoke(main, [], input="n\n")
    assert asked.exit_code == 1
    assert "It costs less than" in asked.output
    assert [*tmp_path.iterdir()] == []


def test_without_credentials_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    refused = CliRunner().invoke(main, ["--yes"])
    assert refused.exit_code == 1
    assert "Set AWS_PROFILE" in refused.output
    assert "Traceback" not in refused.output


def test_there_is_nothing_to_destroy_without_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.acceptance.__main__.of_aws", account)
    monkeypatch.setattr("workbench.acceptance.__main__.RUNS", tmp_path)
    refused = CliRunner().invoke(main, ["--destroy"])
    assert refused.exit_code == 1
    assert "there is nothing to destroy" in refused.output


def test_a_run_that_was_interrupted_is_found_again_with_what_it_had(tmp_path: Path) -> None:
    begun = Progress.begin(tmp_path, "no account")
    begun.enter("walk", {"bucket": "one"})
    begun.note("kill", Result("pass", "well", {"killed_s": 3.0}, 4.0))
    found = Progress.ongoing(tmp_path)
    assert found
    assert (found.name, found.phase, found.outputs) == (begun.name, "walk", {"bucket": "one"})
    assert found.results == {"kill": Result("pass", "well", {"killed_s": 3.0}, 4.0)}


def test_a_run_that_has_ended_is_not_taken_up(tmp_path: Path) -> None:
    Progress.begin(tmp_path, "no account").enter("gone")
    assert Progress.ongoing(tmp_path) is None


def test_a_run_is_not_taken_up_in_another_account(tmp_path: Path) -> None:
    Progress.begin(tmp_path, "AWS account 123456789012")
    with pytest.raises(ClickException, match="under way in AWS account 123456789012"):
        go(account(), tmp_path)


def test_terraform_that_is_interrupted_too_has_time_to_write_its_state(tmp_path: Path) -> None:
    binary = tmp_path / "terraform"
    binary.write_text(
        "#!/bin/sh\ntrap 'sleep 0.3; echo state > written; exit 1' INT\nsleep 0.3\nkill -INT $PPID $$\nsleep 9\n"
    )
    binary.chmod(0o755)
    # In a process of its own: pytest-xdist takes signals for itself.
    done = in_a_process(sys.executable, "-c", _APPLY, str(tmp_path))
    assert "KeyboardInterrupt" in done.stderr
    assert (tmp_path / "module/workbench/acceptance/stack/written").read_text() == "state\n"


def test_a_missing_terraform_is_one_sentence_and_the_run_can_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Secrets:
        def describe_secret(self, **_: str) -> dict[str, str]:
            return {"ARN": "arn:secret"}

    begun = account(client=lambda service, region: Secrets(), environment={"PATH": "/nowhere"})
    assert go(begun, tmp_path, yes=True) == 1
    assert "there is no terraform on the PATH" in capsys.readouterr().err
    assert Progress.ongoing(tmp_path)


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (NotAsExpected("expected a page"), "fail"),
        (NotShown("all were warm"), "not shown here"),
        (requests.ConnectionError("refused"), "fail"),
    ],
)
def test_whatever_happens_in_a_step_is_its_result(raised: Exception, status: str) -> None:
    result = take(step_that(raised), walk())
    assert result.status == status
    assert str(raised) in result.text


def test_a_step_that_the_account_cannot_show_is_not_tried() -> None:
    result = take(step_that(AssertionError()), walk(not_shown={"six steps": "no CloudFront"}))
    assert result == Result("not shown here", "no CloudFront")


def test_an_unexpected_answer_is_reported_without_its_body() -> None:
    answer = requests.Response()
    answer.status_code = 302
    answer.headers["Location"] = "https://elsewhere.example.com/"
    with pytest.raises(NotAsExpected, match="expected a page; got 302 Location: https://elsewhere"):
        expect(False, "a page", answer)


def test_the_report_has_a_line_for_every_step(tmp_path: Path) -> None:
    results = {
        "kill": Result("pass", "a | b", {"killed_s": 3.25}, 9.4),
        "memory": Result("fail", "no", {}, 1.0),
    }
    path = write_report(Progress(tmp_path, "run", "somewhere", 0, results=results), STEPS)
    text = path.read_text("utf-8")
    assert "# Acceptance run of 1970-01-01\n\nIn somewhere, as `run`: 1 fail, 1 pass." in text
    assert "| kill | an operator's switch, and its end | **pass** | a \\| b | killed 3.25 s | 9 s |\n" in text
    assert sum(line.startswith("| ") for line in text.splitlines()) == 2 + len(STEPS)
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert document["steps"]["kill"]["measured"] == {"killed_s": 3.25}
    assert len(document["not_walked"]) == len(STEPS) - 2


def test_keys_are_changed_without_touching_the_api_key() -> None:
    class Secrets:
        value = '{"secret_key": "one", "api_key": "api", "next_secret_key": "two"}'

        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803  # AWS's name
            return {"SecretString": self.value}

        def put_secret_value(self, SecretId: str, SecretString: str) -> None:  # noqa: N803
            self.value = SecretString

    keys = Keys(Secrets(), "name")
    keys.write(secret_key="two", previous_secret_key="one")
    assert keys.read() == {"secret_key": "two", "api_key": "api", "previous_secret_key": "one"}
