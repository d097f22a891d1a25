"""What viewer-request tells viewer-response, and what no client can tell it (protocol section 8, stricter)."""

from typing import Any

import pytest

from edge import handover
from edge.handover import HEADER, Handover

SESSION = (
    "QueueITAccepted-SDFrts345E-V3_tickets=EventId%3Dtickets; Path=/; Expires=Tue, 22 Sep 2026 14:13:20 GMT"
)
DIAGNOSTICS = "queueitdebug=SdkVersion%3D1; Path=/"


def carrier(value: str) -> dict[str, Any]:
    return {HEADER: [{"key": HEADER, "value": value}]}


@pytest.mark.parametrize(
    "told",
    [
        Handover(),
        Handover((SESSION,)),
        Handover((SESSION, DIAGNOSTICS)),
        Handover(failed=True),
        Handover((SESSION,), failed=True),
    ],
)
def test_what_is_written_is_read(told: Handover) -> None:
    headers: dict[str, Any] = {"host": [{"key": "Host", "value": "h"}]}
    handover.write(headers, "request-1", told.set_cookies, told.failed)

    assert handover.read(headers, "request-1") == told
    assert list(headers) == ["host", HEADER]


@pytest.mark.parametrize(
    ("carried", "request_id"),
    [*[("request-1", other) for other in ("request-2", "request", "request-11", "REQUEST-1", "")], ("", "")],
)
def test_a_carrier_of_another_request_or_of_none_is_ignored(carried: str, request_id: str) -> None:
    headers: dict[str, Any] = {}
    handover.write(headers, carried, (SESSION,))

    assert handover.read(headers, request_id) is None


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: []}, *map(carrier, ["", "request-1", " | ", "request-1|ok", "ok | request-1", " | ok"])],
)
def test_a_carrier_that_is_absent_or_malformed_is_none(headers: dict[str, Any]) -> None:
    assert handover.read(headers, "request-1") is None


@pytest.mark.parametrize(
    "foreign",
    [
        "session=stolen; Path=/",
        "xQueueITAccepted-SDFrts345E-V3_tickets=1",
        "queueitdebugger=1",
        " QueueITAccepted-SDFrts345E-V3_tickets=1",
        "queueitaccepted-sdfrts345e-v3_tickets=1",
        "QueueITAccepted-SDFrts345E-V3_tickets=1\r\nSet-Cookie: a=1",
        "QueueITAccepted-SDFrts345E-V3_tickets=\0",
        "",
    ],
)
def test_only_session_and_diagnostics_cookies_come_out(foreign: str) -> None:
    found = handover.read(carrier(f"request-1 | ok | {foreign} | {SESSION}"), "request-1")

    assert found == Handover((SESSION,))


def test_every_internal_header_is_stripped_whatever_it_holds() -> None:
    headers: dict[str, Any] = {
        "x-queueit-handover": [
            {"key": "X-Queueit-Handover", "value": "a"},
            {"key": "x-queueit-handover", "value": "b"},
        ],
        "x-queueit-connector": [],
        "x-queueit-failed": None,
        "x-queueittoken": [{"key": "x-queueittoken", "value": "t"}],
        "x-queueit-ajaxpageurl": [{"key": "x-queueit-ajaxpageurl", "value": "u"}],
    }
    handover.strip_internal_headers(headers)

    assert list(headers) == ["x-queueittoken", "x-queueit-ajaxpageurl"]
