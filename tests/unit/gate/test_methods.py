"""Of the methods, only a CORS preflight passes undecided (protocol section 5)."""

import pytest

from tests.builders import compiled_snapshot, queue_integration, url_part
from tests.unit.gate.visits import outcome

ORIGIN = ("Origin", "https://other.example")
ASKS_FOR = ("Access-Control-Request-Method", "POST")
QUEUE = queue_integration(url_part("/tickets"))


@pytest.mark.parametrize(
    "method",
    ["OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "options", "X", ""],
)
def test_every_method_is_queued(method: str) -> None:
    assert outcome(compiled_snapshot(QUEUE), method=method) == "tickets"


def test_a_preflight_passes() -> None:
    assert outcome(compiled_snapshot(QUEUE), method="OPTIONS", headers=[ORIGIN, ASKS_FOR]) == "page"


@pytest.mark.parametrize(
    "headers",
    [[], [ORIGIN], [ASKS_FOR], [ORIGIN, ("Access-Control-Request-Method", "")], [("Origin", ""), ASKS_FOR]],
)
def test_options_without_both_headers_of_a_preflight_is_queued(headers: list[tuple[str, str]]) -> None:
    assert outcome(compiled_snapshot(QUEUE), method="OPTIONS", headers=headers) == "tickets"


@pytest.mark.parametrize("method", ["options", "Options", "OPTIONS ", "GET", "POST", "TRACE"])
def test_another_method_is_no_preflight(method: str) -> None:
    assert outcome(compiled_snapshot(QUEUE), method=method, headers=[ORIGIN, ASKS_FOR]) == "tickets"


def test_a_preflight_is_decided_where_the_setting_says_so() -> None:
    snapshot = compiled_snapshot(QUEUE, settings={"preflight": "decide"})
    assert outcome(snapshot, method="OPTIONS", headers=[ORIGIN, ASKS_FOR]) == "tickets"


def test_ignored_methods_pass_as_they_are_written_and_no_others() -> None:
    snapshot = compiled_snapshot(QUEUE, settings={"ignored_methods": ["TRACE"]})
    assert outcome(snapshot, method="TRACE") == "page"
    assert outcome(snapshot, method="trace") == "tickets"
    assert outcome(snapshot, method="OPTIONS") == "tickets"
