"""`queueit tail` against CloudWatch Logs in moto, in several regions."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.command_line import Ran, queueit
from tests.functional.cli.aws import client
from workbench.cli.tail import LEFT_OUT

NOW = float(int(time.time()))
"""CloudWatch Logs takes no line that is weeks old, and moto none either."""
GROUP = "/aws/lambda/us-east-1.shop-viewer-request"
REGIONS = ("eu-central-1", "us-west-2")


def decision(**changes: Any) -> dict[str, Any]:
    """A line of the edge's log."""
    return {
        "level": "info",
        "event": "decision",
        "decision": "queue",
        "integration": "Tickets",
        "version": 7,
        "sample_rate": 0.01,
        "method": "GET",
        "request_id": "first",
        "distribution": "E123",
    } | changes


class Logs:
    """The logs of the connector "shop"; `refused` are regions that the account has not enabled."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.waits = 0
        self.while_waiting: list[Callable[[], None]] = []
        self.now: float = NOW

    def write(self, region: str, *records: dict[str, Any] | str, at: float = NOW - 10) -> None:
        logs = client("logs", region)
        if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
            logs.create_log_group(logGroupName=GROUP)
            logs.create_log_stream(logGroupName=GROUP, logStreamName="one")
        events = [
            {
                "timestamp": int(at * 1000) + number,
                "message": one if isinstance(one, str) else f"{json.dumps(one)}\n",
            }
            for number, one in enumerate(records)
        ]
        logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=events)

    def client(self, service: str, region: str) -> Any:
        assert service == "logs"
        return Refusing(self.refused[region]) if region in self.refused else client(service, region)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        if not self.while_waiting:
            raise KeyboardInterrupt
        self.while_waiting.pop(0)()

    def __call__(self, *arguments: str) -> Ran:
        regions = [word for region in (*REGIONS, *self.refused) for word in ("--region", region)]
        environ = {"QUEUEIT_CONNECTOR": "shop"}
        return queueit(
            "tail",
            *regions,
            *arguments,
            environ=environ,
            client=self.client,
            now=lambda: self.now,
            sleep=self._sleep,
        )


class Refusing:
    """CloudWatch Logs, where these credentials are good for nothing."""

    def __init__(self, code: str) -> None:
        self._code = code

    def filter_log_events(self, **_: Any) -> NoReturn:
        raise ClientError({"Error": {"Code": self._code}}, "FilterLogEvents")


@pytest.fixture
def logs() -> Iterator[Logs]:
    with mock_aws():
        yield Logs()


def lines_of(said: str) -> list[str]:
    """The lines of requests: without what is left out, and without the last."""
    first, *lines, _ = said.splitlines()
    assert first == LEFT_OUT
    return lines


def test_each_decision_of_every_region_has_a_line_in_order(logs: Logs) -> None:
    logs.write("us-west-2", "START RequestId: 1", decision(request_id="second"), '{"_aws": {}}', at=NOW - 5)
    logs.write("eu-central-1", decision(), '{"event": "snapshot_loaded"}', "[1]", at=NOW - 10)
    status, said, _ = logs()
    assert status == 0
    lines = lines_of(said)
    assert [line.split()[1:3] for line in lines] == [["GET", "queue"]] * 2
    assert ["region eu-central-1" in lines[0], "region us-west-2" in lines[1]] == [True, True]
    assert said.endswith("2 lines from eu-central-1, us-west-2\n")


def test_json_is_one_object_on_each_line(logs: Logs) -> None:
    logs.write("us-west-2", decision(integration="a\x1b\x7f\u202e"))
    _, said, _ = logs("--json")
    (line,) = said.splitlines()
    assert line.isprintable()
    assert json.loads(line) == {
        **decision(integration="a\x1b\x7f\u202e"),
        "region": "us-west-2",
        "at": pytest.approx(NOW - 10),
    }


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--decision", "QUEUE"), ["a"]),
        (("--failures",), ["b"]),
        (("--reason", "snapshot"), ["b"]),
        (("--method", "POST"), ["c"]),
        (("--integration", "tick"), ["a", "c"]),
        (("--request-id", "c"), ["c"]),
        (("--distribution", "E9"), ["b"]),
        (("--since", "5s"), []),
    ],
)
def test_options_choose_lines_by_what_they_say(
    logs: Logs, arguments: tuple[str, ...], found: list[str]
) -> None:
    failure = {
        "level": "error",
        "event": "decision",
        "decision": "failed open",
        "why": "no snapshot",
        "failures": 1,
        "method": "GET",
        "request_id": "b",
        "distribution": "E999",
    }
    logs.write(
        "us-west-2",
        decision(request_id="a"),
        failure,
        decision(request_id="c", decision="token", method="POST"),
    )
    _, said, _ = logs("--json", *arguments)
    assert [json.loads(line)["request_id"] for line in said.splitlines()] == found


def test_following_shows_each_line_once_and_finds_regions_that_come_later(logs: Logs) -> None:
    logs.write("us-west-2", decision())
    logs.while_waiting = [
        lambda: logs.write("us-west-2", decision(request_id="second"), at=NOW + 1),
        *[lambda: None] * 21,
        lambda: logs.write("eu-central-1", decision(request_id="third"), at=NOW + 65),
        *[lambda: None] * 21,
    ]
    status, said, _ = logs("--follow", "--json")
    assert status == 130
    assert [json.loads(line)["request_id"] for line in said.splitlines()] == ["first", "second", "third"]


def test_a_region_that_the_account_has_not_enabled_does_not_matter(logs: Logs) -> None:
    logs.refused = {"af-south-1": "UnrecognizedClientException"}
    logs.write("us-west-2", decision())
    status, said, _ = logs()
    assert (status, len(lines_of(said))) == (0, 1)


def test_where_no_region_has_the_log_it_says_what_to_check(logs: Logs) -> None:
    status, _, error = logs()
    assert (status, f"no region has the log group {GROUP}; check --name" in error) == (1, True)


@pytest.mark.parametrize(
    ("code", "says"),
    [("AccessDeniedException", "they need logs:FilterLogEvents"), ("ExpiredTokenException", "aws sso login")],
)
def test_credentials_that_may_read_no_log_are_reported(logs: Logs, code: str, says: str) -> None:
    logs.refused = dict.fromkeys(REGIONS, code)
    status, _, error = logs()
    assert (status, says in error) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--since", "soon"), "is not a length of time"), (("--region", "mars-1"), "is not a known AWS region")],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(
    logs: Logs, arguments: tuple[str, ...], says: str
) -> None:
    status, _, error = logs(*arguments)
    assert (status, says in error) == (2, True)
