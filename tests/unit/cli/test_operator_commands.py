"""The commands that act through config-refresh: what they ask it for, and what they make of its answers."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from config_refresh import history
from config_refresh.history import Cause
from tests.builders import NOW
from tests.command_line import queueit

Queueit = Callable[..., Any]
DIGESTS = [letter * 64 for letter in "abcd"]
ARN = "arn:aws:sts::123456789012:assumed-role/operator/somebody"


def entry(at: int, version: int, digest: str, **more: Any) -> dict[str, Any]:
    """One entry of the history."""
    cause = Cause("refresh", "schedule")
    made = history.entry(cause, at, snapshot=digest, previous_snapshot=None, version=version, size=812)
    return made | {"in_force": False} | more


class Aws:
    """Lambda and STS; `answers` are what the function says to each action."""

    def __init__(self) -> None:
        now = NOW
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.identity: str | Exception = ARN
        self.failure: Exception | None = None
        self.function_error: dict[str, Any] | None = None
        self.state = {
            "snapshot": DIGESTS[0],
            "version": 9,
            "previous_snapshot": DIGESTS[1],
            "enabled": True,
            "frozen": False,
        }
        self.history: dict[str, Any] = {
            "outcome": "history",
            "current": {"snapshot": DIGESTS[0], "version": 9, "highest_version": 9, "published_at": now},
            "held": False,
            "freeze": None,
            "override": None,
            "entries": [
                entry(now - 5, 9, DIGESTS[0], in_force=True, difference=['integration "Tickets" was added']),
                entry(
                    now - 50,
                    9,
                    DIGESTS[1],
                    action="enable",
                    actor=ARN,
                    reason="all clear",
                    expires_at=now + 100,
                ),
                entry(now - 500, 8, DIGESTS[2], expires_at=now + 100),
                entry(now - 5000, 7, DIGESTS[3], expires_at=now - 1),
            ],
        }

    def __call__(self, service: str, region: str) -> "Aws":
        assert region == "us-east-1"
        return self

    def get_caller_identity(self) -> dict[str, str]:
        if isinstance(self.identity, Exception):
            raise self.identity
        return {"Arn": self.identity}

    def invoke(self, **call: Any) -> dict[str, Any]:
        assert call["InvocationType"] == "RequestResponse"
        event = json.loads(call["Payload"])
        self.events.append((call["FunctionName"], event))
        if self.failure:
            raise self.failure
        if self.function_error is not None:
            return {
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps(self.function_error).encode()),
            }
        outcome = {"refresh": "published", "force": "published", "rollback": "rolled_back", "kill": "killed"}
        action = event["action"]
        answer = (
            self.history
            if action == "history"
            else {"outcome": outcome.get(action, f"{action}d"), **self.state}
        )
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def shop(aws: Aws) -> Queueit:
    """Runs `queueit` on the connector "shop"."""
    return lambda *arguments, **world: queueit(
        *arguments, client=aws, environ={"QUEUEIT_CONNECTOR": "shop"}, **world
    )


def test_publish_invokes_a_refresh_and_says_what_came_of_it(shop: Queueit, aws: Aws) -> None:
    ran = shop("publish")
    assert aws.events == [("shop-config-refresh", {"action": "refresh"})]
    assert ran.status == 0
    assert ran.out.startswith(f"published: version 9, snapshot {DIGESTS[0]}\nbefore   {DIGESTS[1]}\n")


@pytest.mark.parametrize(
    ("arguments", "event"),
    [
        (("publish", "--force", "--reason", "again"), {"action": "force", "reason": "again"}),
        (("freeze",), {"action": "freeze"}),
        (("unfreeze", "--reason", "sale over"), {"action": "unfreeze", "reason": "sale over"}),
        (("kill", "--reason", "queue page down"), {"action": "kill", "reason": "queue page down"}),
        (("enable",), {"action": "enable"}),
        (("rollback", DIGESTS[2]), {"action": "rollback", "snapshot": DIGESTS[2]}),
    ],
)
def test_each_act_is_recorded_with_who_and_why(
    shop: Queueit, aws: Aws, arguments: tuple[str, ...], event: dict[str, Any]
) -> None:
    ran = shop(*arguments, "--json")
    assert aws.events == [("shop-config-refresh", {"actor": ARN, **event})]
    assert (ran.status, ran.document["ok"], ran.document["version"]) == (0, True, 9)


def test_a_switch_works_even_when_aws_does_not_say_who_is_asking(shop: Queueit, aws: Aws) -> None:
    aws.identity = ClientError({"Error": {"Code": "AccessDenied"}}, "GetCallerIdentity")
    assert shop("kill").status == 0
    assert aws.events[0][1]["actor"].endswith("(not confirmed by AWS)")


def test_a_name_on_the_command_line_goes_before_the_variable(shop: Queueit, aws: Aws) -> None:
    shop("publish", "--name", "other")
    assert aws.events[0][0] == "other-config-refresh"


@pytest.mark.parametrize(
    ("target", "digest"),
    [
        (("--previous",), DIGESTS[2]),
        (("--version", "8"), DIGESTS[2]),
        (("--version", "9"), DIGESTS[0]),
        (("cccccccc",), DIGESTS[2]),
    ],
)
def test_rollback_finds_what_is_meant_in_the_history(
    shop: Queueit, aws: Aws, target: tuple[str, ...], digest: str
) -> None:
    assert shop("rollback", *target).status == 0
    assert [event["action"] for _, event in aws.events] == ["history", "rollback"]
    assert aws.events[1][1]["snapshot"] == digest


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (("--version", "7"), "no version 7 is stored any more"),
        (("eeeeeeee",), "no snapshot eeeeeeee… is stored any more"),
    ],
)
def test_rollback_refuses_what_is_no_longer_stored(
    shop: Queueit, aws: Aws, target: tuple[str, ...], message: str
) -> None:
    ran = shop("rollback", *target)
    assert (ran.status, ran.err) == (1, f"queueit rollback: {message}; `queueit history` shows what is\n")
    assert [event["action"] for _, event in aws.events] == ["history"]


def test_a_beginning_that_fits_two_snapshots_asks_for_more_digits(shop: Queueit, aws: Aws) -> None:
    twin = "a" * 63 + "b"
    aws.history["entries"].append(entry(1, 6, twin))
    ran = shop("rollback", "aaaaaaaa")
    assert (ran.status, "fits 2 snapshots; give more digits" in ran.err) == (1, True)


def test_the_history_says_when_which_version_who_why_and_what_changed(shop: Queueit) -> None:
    text = shop("history", "--limit", "3").out
    lines = text.splitlines()
    assert lines[0] == "2026-09-21 14:13:15 UTC  version 9  refresh  aaaaaaaaaaaa  812 bytes  IN FORCE"
    assert lines[1] == '    integration "Tickets" was added'
    assert lines[3] == f"    by {ARN}: all clear"
    assert "version 7" not in text
    assert "no longer stored" in shop("history").out


def test_the_history_begins_with_what_operators_have_switched(shop: Queueit, aws: Aws) -> None:
    record = {"at": NOW, "actor": ARN, "reason": "on-sale"}
    aws.history |= {"held": True, "freeze": record, "override": {**record, "enabled": False, "reason": None}}
    lines = shop("history").out.splitlines()
    assert lines[0] == f"SWITCHED OFF since 2026-09-21 14:13:20 UTC by {ARN}; switch on with: queueit enable"
    assert lines[1].startswith(f"FROZEN since 2026-09-21 14:13:20 UTC by {ARN}: on-sale; ")
    assert lines[2].startswith("HELD after a rollback: only a version above 9 is taken")


def test_the_history_is_in_columns_and_a_reason_stays_on_its_line(shop: Queueit, aws: Aws) -> None:
    aws.history["entries"] = [
        entry(
            NOW, 10, DIGESTS[0], action="rollback", actor=ARN, reason="a\nversion 99  IN FORCE", size=12_345
        ),
        entry(NOW, 9, DIGESTS[1], in_force=True),
    ]
    assert shop("history").out.splitlines() == [
        "2026-09-21 14:13:20 UTC  version 10  rollback  aaaaaaaaaaaa  12345 bytes",
        rf"    by {ARN}: a\nversion 99  IN FORCE",
        "2026-09-21 14:13:20 UTC  version 9   refresh   bbbbbbbbbbbb  812 bytes    IN FORCE",
    ]


def test_an_empty_history_says_so(shop: Queueit, aws: Aws) -> None:
    aws.history |= {"entries": [], "current": None}
    assert shop("history").out == "Nothing is recorded yet.\n"


def test_a_publication_that_a_freeze_held_back_is_a_finding(shop: Queueit, aws: Aws) -> None:
    aws.state |= {"outcome": "frozen", "frozen": True, "previous_snapshot": DIGESTS[0]}
    ran = shop("publish")
    assert ran.status == 1
    assert "FROZEN: new configurations are not taken" in ran.out


def test_an_enable_that_the_settings_overrule_says_what_to_change(shop: Queueit, aws: Aws) -> None:
    aws.state |= {"enabled": False}
    ran = shop("enable")
    assert ran.status == 1
    assert ran.out.endswith("Terraform's `enabled` is false; set it to true and apply.\n")


def test_a_refusal_of_the_function_is_reported_in_its_words(shop: Queueit, aws: Aws) -> None:
    aws.function_error = {
        "errorType": "PublicationRefused",
        "errorMessage": "version 6 is older than version 9",
    }
    assert shop("publish").err == "queueit publish: version 6 is older than version 9\n"
    assert shop("publish", "--json").document == {"ok": False, "error": "version 6 is older than version 9"}
    aws.function_error = {}
    assert "its log group /aws/lambda/shop-config-refresh says why" in shop("publish").err


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (
            ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Invoke"),
            "there is no function shop-config-refresh in us-east-1 of this account; check --name and the credentials",
        ),
        (
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke"),
            "these credentials may not invoke shop-config-refresh; they need lambda:InvokeFunction on it",
        ),
        (
            ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"),
            "gave no answer: AWS answers TooManyRequestsException; try again",
        ),
    ],
)
def test_trouble_with_aws_says_what_to_do(shop: Queueit, aws: Aws, failure: Exception, message: str) -> None:
    aws.failure = failure
    ran = shop("publish")
    assert ran.status == 1
    assert message in ran.err


class Typist(io.StringIO):
    """A terminal at which a person answers."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "words", [("kill",), ("rollback", "--previous"), ("publish", "--force", "--reason", "again")]
)
@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 1), ("", 1)])
def test_an_act_that_visitors_notice_asks_first_on_a_terminal(
    shop: Queueit, aws: Aws, words: tuple[str, ...], answer: str, status: int
) -> None:
    ran = shop(*words, stdin=Typist(answer))
    assert ran.status == status
    assert "Go on? [y/N]" in ran.err
    acted = [event["action"] for _, event in aws.events if event["action"] != "history"]
    assert len(acted) == (1 if status == 0 else 0)


def test_yes_goes_on_without_a_question(shop: Queueit) -> None:
    ran = shop("kill", "--yes", stdin=Typist("n\n"))
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("words", "event"),
    [
        (("kill", "--reason", "down"), {"action": "kill", "reason": "down"}),
        (("publish",), {"action": "refresh"}),
        (("publish", "--force"), {"action": "force"}),
        (("rollback", "--version", "8"), {"action": "rollback", "snapshot": DIGESTS[2]}),
        (("freeze",), {"action": "freeze"}),
    ],
)
def test_a_dry_run_says_what_it_would_ask_for_and_changes_nothing(
    shop: Queueit, aws: Aws, words: tuple[str, ...], event: dict[str, Any]
) -> None:
    ran = shop(*words, "--dry-run", "--json")
    assert (ran.status, ran.document["event"], ran.document["current"]["version"]) == (0, event, 9)
    assert {one["action"] for _, one in aws.events} == {"history"}
    assert "nothing was changed" in shop(*words, "--dry-run").out


def test_publish_says_what_is_held_frozen_switched_off_and_warned_of(shop: Queueit, aws: Aws) -> None:
    aws.state |= {"held": True, "frozen": True, "enabled": False, "warnings": ["integration 1: \x1b[2J"]}
    lines = shop("publish").out.splitlines()
    assert [line.split(maxsplit=1)[0] for line in lines[3:]] == ["SWITCHED", "FROZEN:", "HELD", "warning"]
    assert lines[-1] == r"warning  integration 1: \x1b[2J"
