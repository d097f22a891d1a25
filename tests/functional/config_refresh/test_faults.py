"""Whatever fails: what is in force is right, the failure is told with its cause and a remedy, and nothing leaks."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from config_refresh.errors import PassingFailure, RefreshError
from tests.builders import SECRET_KEY, integration_config, queue_integration
from tests.functional.config_refresh.conftest import API_KEY, combinations
from tests.functional.config_refresh.test_refresh import in_force, version_in_force

LEAK = "do-not-show-me"


def answered(code: str, status: int = 400, *reasons: str) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": LEAK},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason, "Message": LEAK} for reason in reasons],
    }
    return ClientError(response, "Operation")


PASSING: dict[str, Exception] = {
    "throttled": answered("ThrottlingException"),
    "throughput": answered("ProvisionedThroughputExceededException"),
    "limit": answered("RequestLimitExceeded"),
    "500": answered("InternalServerError", 500),
    "503": answered("ServiceUnavailable", 503),
    "unknown 5xx": answered("Something", 502),
    "cancelled by throttling": answered("TransactionCanceledException", 400, "None", "ThrottlingError"),
    "in progress": answered("TransactionInProgressException"),
    "no connection": EndpointConnectionError(endpoint_url="https://example"),
    "connect time-out": ConnectTimeoutError(endpoint_url="https://example"),
    "read time-out": ReadTimeoutError(endpoint_url="https://example"),
    "closed": ConnectionClosedError(endpoint_url="https://example"),
    "garbled": ResponseParserError(LEAK),
}
LASTING: dict[str, tuple[Exception, str]] = {
    "denied": (answered("AccessDeniedException"), "check that the function's role may"),
    "missing": (answered("ResourceNotFoundException"), "check that the"),
    "unknown": (answered("ValidationException"), "look this error up in AWS's reference"),
    "cancelled": (answered("TransactionCanceledException", 400, "ValidationError"), "look this error up"),
    "no credentials": (NoCredentialsError(), "check the function's network and role"),
    "a defect": (LookupError(LEAK), "please report it"),
}
TABLE = ["transact_get_items", "transact_write_items"]


class Faulty:
    """A client of which one operation fails `times` times; with `after`, once it has done what it should."""

    def __init__(
        self, client: Any, operation: str, error: Exception, times: int, after: bool = False
    ) -> None:
        self._client, self._operation, self._error = client, operation, error
        self._left, self._after = times, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name != self._operation:
            return real

        def call(**arguments: Any) -> Any:
            if self._left == 0:
                return real(**arguments)
            self._left -= 1
            if self._after:
                real(**arguments)
            raise self._error

        return call


@pytest.fixture
def published(ready: Any) -> Any:
    """A connector with version 7 in force, version 8 at the platform, and an operator's earlier snapshot."""
    ready.first = ready.digest()
    ready.platform_has(integration_config(queue_integration(Name="Other"), version=8))
    ready.now += 60
    return ready


ACTIONS: dict[str, Callable[[Any], Any]] = {
    "refresh": lambda run: run(),
    "force": lambda run: run.operate("force"),
    "kill": lambda run: run.operate("kill"),
    "freeze": lambda run: run.operate("freeze"),
}


def failure(run: Any, action: str) -> str:
    """The text of the failure, which is reported as it should be; nothing leaks."""
    with pytest.raises(RefreshError) as raised:
        ACTIONS[action](run)
    text = str(raised.value)
    told = [json.loads(line) for line in run.lines]
    assert told[0]["level"] == "error"
    assert told[0]["message"] == text
    assert action not in ("refresh", "force") or told[1]["RefreshFailed"] == 1
    for secret in (LEAK, SECRET_KEY, API_KEY):
        assert secret not in text + "".join(run.lines)
    assert ";" in text
    return text


@pytest.mark.parametrize(("fault", "operation", "times"), combinations(PASSING, TABLE, [1, 2]))
def test_a_temporary_fault_of_the_table_is_not_a_failure(
    published: Any, fault: str, operation: str, times: int
) -> None:
    published.clients["dynamodb"] = Faulty(published.table, operation, PASSING[fault], times)

    assert published()["version"] == 8
    assert version_in_force(published) == 8


@pytest.mark.parametrize(
    ("fault", "operation", "action"),
    combinations(["throttled", "500", "read time-out", "garbled"], TABLE, ACTIONS),
)
def test_a_temporary_fault_that_outlasts_the_run_changes_nothing_and_says_that_it_passes(
    published: Any, fault: str, operation: str, action: str
) -> None:
    before = published.everything()
    published.clients["dynamodb"] = Faulty(published.table, operation, PASSING[fault], -1)

    text = failure(published, action)

    assert text.startswith("the table shop ")
    assert "that passes as a rule, and the next run tries again" in text
    assert published.everything() == before
    published.clients["dynamodb"] = published.table
    assert published()["version"] == 8


@pytest.mark.parametrize(("fault", "operation", "action"), combinations(LASTING, TABLE, ACTIONS))
def test_a_lasting_fault_of_the_table_names_its_remedy(
    published: Any, fault: str, operation: str, action: str
) -> None:
    before = published.everything()
    error, remedy = LASTING[fault]
    published.clients["dynamodb"] = Faulty(published.table, operation, error, -1)

    assert remedy in failure(published, action)
    assert published.everything() == before


def test_a_write_whose_answer_was_lost_is_one_write(published: Any) -> None:
    """moto does not know DynamoDB's token: here the second attempt is overtaken by the first, and finds it done."""
    lost = PASSING["read time-out"]
    published.clients["dynamodb"] = Faulty(published.table, "transact_write_items", lost, 1, after=True)

    published()

    entries = published(action="history")["entries"]
    assert [(one["action"], one["version"]) for one in entries] == [("refresh", 8), ("refresh", 7)]


PLATFORM: dict[str, tuple[tuple[int, bytes] | Exception, str]] = {
    **{
        f"status {status}": ((status, LEAK.replace("do", "key").encode()), f"answered {status}")
        for status in (301, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504)
    },
    "echo of the key": ((403, f"bad key {API_KEY}".encode()), "check the api key"),
    "html": ((200, b"<html>"), "no JSON object"),
    "cut short": ((200, b'{"Version": 8, "Integ'), "broke off"),
    "no version": ((200, b'{"Integrations": []}'), "Version is null"),
    "another shape": ((200, b'{"Actions": [], "Version": 8}'), "other shape"),
    "another account": (
        (200, b'{"CustomerId": "x", "Integrations": [], "Version": 8}'),
        "check the customer id",
    ),
    "older": ((200, b'{"Integrations": [], "Version": 6}'), "older than version 7"),
    "same version": ((200, b'{"Integrations": [], "Version": 7}'), "differs from the one in force"),
    "time-out": (PassingFailure("ConnectTimeoutError"), "could not be reached"),
    "a defect": (LookupError(LEAK), "the download failed"),
}


@pytest.mark.parametrize("fault", PLATFORM)
def test_a_fault_of_the_platform_is_reported_and_the_settings_are_published_anyway(
    published: Any, fault: str
) -> None:
    answer, cause = PLATFORM[fault]
    published.answers = [answer]
    published.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

    assert cause in failure(published, "refresh")
    assert in_force(published)["settings"] == {"enabled": False}
    assert version_in_force(published) == 7
    last = json.loads(published.item("last_run")["ended"]["S"])
    assert cause in last["message"]


@pytest.mark.parametrize("fault", [*PASSING, *LASTING])
def test_a_fault_of_the_secret_is_reported_and_the_settings_are_published_with_the_keys_in_force(
    published: Any, fault: str
) -> None:
    error = PASSING.get(fault) or LASTING[fault][0]
    published.clients["secretsmanager"] = Faulty(published.secrets, "get_secret_value", error, -1)
    published.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

    failure(published, "refresh")

    assert in_force(published)["settings"] == {"enabled": False}
    assert version_in_force(published) == 7


@pytest.mark.parametrize("seconds", [1, 5, 9, 14, 20, 30, 59])
def test_a_run_in_which_every_call_needs_three_attempts_ends_within_its_time(
    published: Any, seconds: float
) -> None:
    elapsed = 0.0

    class Slow:
        def __init__(self, client: Any) -> None:
            self._client = client
            self._calls: dict[str, int] = {}

        def __getattr__(self, name: str) -> Any:
            def call(**arguments: Any) -> Any:
                nonlocal elapsed
                elapsed += 4.0
                self._calls[name] = self._calls.get(name, 0) + 1
                if self._calls[name] % 3:
                    raise PASSING["read time-out"]
                return getattr(self._client, name)(**arguments)

            return call

    def wait(pause: float) -> None:
        nonlocal elapsed
        elapsed += pause

    published.clients = {name: Slow(client) for name, client in published.clients.items()}
    published.seconds, published.monotonic, published.sleep = seconds, lambda: elapsed, wait

    with suppress(RefreshError):
        published()

    assert elapsed <= seconds
    log, metrics = map(json.loads, published.lines[:2])
    assert (log["event"] == "refresh_failed", log["event"] == "refresh_succeeded") == (
        bool(metrics["RefreshFailed"]),
        bool(metrics["RefreshSucceeded"]),
    )
