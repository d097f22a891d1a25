"""Our own faults: no snapshot, or a defect. Each handler fails its own way, and diagnostics say so."""

import json
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from edge.failure_mode import fail_closed, fail_open
from edge.worker import Worker, seconds_left, worker_from_environment
from queueit.snapshot import Snapshot
from queueit.stored_snapshot import load, pack
from tests.builders import (
    NOW,
    SECRET_KEY,
    compiled_snapshot,
    header_of,
    snapshot_document,
    viewer_request_event,
)
from workbench.queue_token import mint_queue_token

SETUP = "https://api2.queue-it.net/diagnostics/connector/error/?code=setup"


Current = Callable[[float], Snapshot | None]


def nothing(_now: float) -> None:
    """No snapshot could be loaded yet."""


def broken() -> Current:
    """A snapshot on which every decision meets a defect."""

    def matches(*_: object) -> bool:
        raise ZeroDivisionError("a text that quotes the visitor")

    snapshot: Snapshot = compiled_snapshot()
    integration = snapshot.integrations[0]._replace(matches=matches)
    met_by_defects = snapshot._replace(integrations=(integration,))
    return lambda _now: met_by_defects


def token(**changes: Any) -> str:
    fields: dict[str, Any] = {"redirect_type": "debug", "expires_at": NOW + 10**9} | changes
    return mint_queue_token(fields.pop("secret_key", SECRET_KEY), "tickets", **fields)


def test_without_a_snapshot_a_debug_token_is_told_that_there_are_no_keys() -> None:
    for fail in (fail_open, fail_closed):
        event = viewer_request_event(querystring=f"queueittoken={token()}")

        answer = Worker(nothing).answer(event, None, fail)

        assert (answer["status"], header_of(answer, "location")) == ("302", SETUP)


def test_without_a_snapshot_any_other_token_changes_nothing() -> None:
    event = viewer_request_event(querystring=f"queueittoken={token(redirect_type='queue')}")

    assert Worker(nothing).answer(event, None, fail_closed)["status"] == "503"


def test_a_defect_fails_and_is_logged_by_kind_and_place_without_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    passed = Worker(broken()).answer(viewer_request_event(), None, fail_open)

    assert header_of(passed, "x-queueit-handover") == "request-1 | failed"
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["event"], line["error"]) == ("error", "defect", "ZeroDivisionError")
    assert "test_own_faults.py" in line["where"]
    assert "quotes" not in str(line)


def test_a_defect_comes_with_diagnostics_for_who_asked_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    def event() -> dict[str, Any]:
        return viewer_request_event(querystring=f"queueittoken={token()}")

    passed = Worker(broken()).answer(event(), None, fail_open)
    refused = Worker(broken()).answer(event(), None, fail_closed)

    assert "| failed | queueitdebug=" in header_of(passed, "x-queueit-handover")
    assert refused["status"] == "503"
    assert "Exception%3DZeroDivisionError" in header_of(refused, "set-cookie")
    assert [json.loads(line)["error"] for line in capsys.readouterr().out.splitlines()] == [
        "ZeroDivisionError"
    ] * 2


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": [{"cf": {}}]}])
def test_an_event_that_is_none_of_cloudfronts_is_refused_when_failing_closed(event: dict[str, Any]) -> None:
    answer = Worker(lambda _now: compiled_snapshot()).answer(event, None, fail_closed)

    assert answer["status"] == "503"


@pytest.mark.parametrize("querystring", ["", f"queueittoken={token()}"])
def test_an_integration_that_cannot_be_compiled_never_passes_a_request(
    capsys: pytest.CaptureFixture[str], querystring: str
) -> None:
    header = json.loads(zlib.decompress(pack(snapshot_document())[1]).split(b"\n")[0])
    body = zlib.compress("\n".join(map(json.dumps, [header, {"Triggers": 5}])).encode())
    snapshot = load(sha256(body).hexdigest(), body, {"secret_key": SECRET_KEY})
    worker = Worker(lambda _now: snapshot)

    refused = worker.answer(viewer_request_event(querystring=querystring), None, fail_open)
    elsewhere = worker.answer(viewer_request_event("/elsewhere"), None, fail_open)

    assert (refused["status"], header_of(refused, "x-queueit-failed")) == ("503", "true")
    assert "status" not in elsewhere
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["defect"]


class Context:
    """Lambda's context of an invocation that may take 2 s more."""

    def get_remaining_time_in_millis(self) -> int:
        return 2000


def test_a_worker_knows_from_the_context_how_long_it_may_take() -> None:
    assert (seconds_left(Context()), seconds_left(None)) == (2.0, 5.0)


def test_importing_a_handler_outside_lambda_loads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    worker = worker_from_environment({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})

    assert worker.answer(viewer_request_event(), None, fail_closed)["status"] == "503"
    assert capsys.readouterr().out == ""
