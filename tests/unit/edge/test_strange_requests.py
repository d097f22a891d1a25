"""Requests with parts of any bytes and any length: never an exception, no way past the queue, and no field too long.

A decision takes time that grows with the length of what was sent, and no faster.
"""

import base64
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import event_handling
from queueit import session_cookie
from queueit.services import ServiceResponse, Services
from queueit.session_cookie import VALID, Session
from queueit.snapshot import Snapshot
from tests.builders import (
    COOKIE_PREFIX,
    NOW,
    SECRET_KEY,
    compiled_snapshot,
    part,
    queue_integration,
    queue_token,
    triggers,
    viewer_request_event,
)

COOKIE = f"{COOKIE_PREFIX}tickets"
DEBUG_TOKEN = queue_token("another-room", queue_id="", redirect_type="debug")


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Every trigger there is, on what is never there, then a queue for all; everything on that reads the request."""

    def looking(kind: str, **more: Any) -> dict[str, Any]:
        return part(kind, "never there", Operator="Contains", **more)

    never = [
        *[
            looking("Url", UrlPart=name, IsIgnoreCase=upper)
            for name in ("HostName", "PagePath", "PageUrl")
            for upper in (False, True)
        ],
        looking("Cookie", CookieName="colour", IsIgnoreCase=True),
        looking("UserAgent", IsIgnoreCase=True),
        looking("HttpHeader", HttpHeaderName="x-colour"),
        looking("RequestBody", IsIgnoreCase=True),
    ]
    rooms = {"InvolvedWaitingRoomIds": ["summer"], "VerifyQueueIdEnabled": True}
    settings = {
        "include_body": True,
        "allowed_origins": ["https://www.example.com"],
        "enqueue_token": {"key": True, "x_forwarded_for": True},
        "verify": {"url": "https://verify.example.com/"},
        "direct_pass": {"url": "https://pass.example.com/", "on_failure": "queue"},
    }
    return compiled_snapshot(
        queue_integration(**rooms, Triggers=triggers(*never, operator="Or")),
        queue_integration(**rooms, Triggers=triggers(), IsNormalizationEnabled=True),
        settings=settings,
        keys={"secret_key": SECRET_KEY, "proxy_key": "not-a-real-proxy-key", "api_key": "not-a-real-api-key"},
    )


def outside() -> Services:
    return Services(
        lambda question: ServiceResponse(200, question.body), lambda: "0f1e2d3c-4b5a-4678-8f9e-0a1b2c3d4e5f"
    )


def is_queued(event: dict[str, Any], snapshot: Snapshot) -> bool:
    """Whether the visitor is sent to the waiting room or one of its pages, by a response that CloudFront takes."""
    answer = event_handling.handle(event, snapshot, NOW, outside())
    for name, lines in answer["headers"].items():
        for line in lines:
            assert line["key"].lower() == name
            assert line["value"].isascii()
            assert line["value"].isprintable()
    size = sum(len(line["key"] + line["value"]) for lines in answer["headers"].values() for line in lines)
    assert size < 40_000
    where = answer["headers"].get("location") or answer["headers"].get("x-queueit-redirect")
    return bool(where) and "queue-it.net" in where[0]["value"][:60]


def with_lines(name: str, *values: str) -> dict[str, Any]:
    return viewer_request_event("/", headers=[(name, value) for value in values])


def with_body(data: str) -> dict[str, Any]:
    return viewer_request_event("/", body={"encoding": "base64", "inputTruncated": False, "data": data})


Strange = Callable[[str], dict[str, Any]]
PLACES: dict[str, Strange] = {
    "path": lambda text: viewer_request_event(f"/{text}"),
    "query": lambda text: viewer_request_event("/", text),
    "query token": lambda text: viewer_request_event("/", f"queueittoken={text}"),
    "query beside a debug token": lambda text: viewer_request_event(
        "/", f"queueittoken={DEBUG_TOKEN}&{text}"
    ),
    "header token": lambda text: with_lines("x-queueittoken", text),
    "cookie": lambda text: with_lines("cookie", text),
    "session cookie": lambda text: with_lines("cookie", f"{COOKIE}={text}"),
    "trigger's cookie": lambda text: with_lines("cookie", f"colour={text}"),
    "AJAX page": lambda text: with_lines("x-queueit-ajaxpageurl", f"https%3A%2F%2F{text}"),
    "user agent": lambda text: with_lines("user-agent", text),
    "origin": lambda text: with_lines("origin", text),
    "referer": lambda text: with_lines("referer", text),
    "internal header": lambda text: with_lines("x-queueit-handover", text),
    "header lines": lambda text: with_lines("x-colour", *text[: len(text) // 20]),
    "X-Forwarded-For": lambda text: with_lines("x-forwarded-for", text),
    "host": lambda text: viewer_request_event("/", host=text),
    "address": lambda text: viewer_request_event("/", client_ip=text),
    "body": lambda text: with_body(base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()),
    "undecodable body": with_body,
}
TAKEN_APART = ("path", "query", "query token", "cookie", "session cookie", "host")
PATTERNS = (
    "a", "/", "/../", "/./", "..", "\\", "%", "%25", "%C3%A9", "%ff", "é", "\U0001f600", "\ud800", ";", "=", "&", "?",
    "~", "_", "~h_", "e_tickets~", "queueittoken&", "queueittoken=x&", f"{COOKIE}=x;", f"{COOKIE}=EventId%3Dtickets;",
    "EventId%3Dtickets%26", " ", ":", "://", "#", "\0", "1", "; ", "%2f", "%c3%",
)  # fmt: skip


def repeated(pattern: str, length: int) -> str:
    return (pattern * (length // max(len(pattern), 1) + 1))[:length]


@pytest.mark.parametrize(
    "place",
    [pytest.param(place, marks=[] if place in TAKEN_APART else pytest.mark.full) for place in PLACES],
)
def test_a_long_field_is_queued_in_time_that_grows_with_its_length_and_no_faster(
    snapshot: Snapshot, place: str
) -> None:
    def seconds(pattern: str, length: int) -> float:
        """Of the processor, which a busy machine does not change much."""
        strange = PLACES[place](repeated(pattern, length))
        began = time.process_time()
        assert is_queued(strange, snapshot), pattern
        return time.process_time() - began

    for pattern in PATTERNS:
        # What is quadratic takes 64 times as long for 8 times the length; the constant is for a busy machine.
        took = seconds(pattern, 40_000)
        assert took < 0.05 or seconds(pattern, 40_000) < 24 * seconds(pattern, 5_000) + 0.05, pattern


@pytest.fixture(scope="module")
def everything() -> str:
    """A megabyte of all patterns in any order."""
    return "".join(random.Random(9).choices(PATTERNS, k=300_000))[:1_000_000]


@pytest.mark.parametrize("place", PLACES)
def test_a_megabyte_of_everything_in_one_field_is_decided_in_a_second(
    snapshot: Snapshot, place: str, everything: str
) -> None:
    event = PLACES[place](everything)
    began = time.process_time()
    assert is_queued(event, snapshot)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "unit", ["/", "queueittoken=&", *[pytest.param(unit, marks=pytest.mark.full) for unit in ("%", "; ")]]
)
def test_all_fields_can_be_a_million_characters_long_at_once(snapshot: Snapshot, unit: str) -> None:
    text = repeated(unit, 1_000_000)
    names = ("Cookie", "User-Agent", "X-Colour", "Origin", "X-QueueItToken", "X-QueueIt-AjaxPageUrl")
    event = viewer_request_event(
        uri=f"/{text}",
        querystring=text,
        headers=[(name, text) for name in names],
        method="POST",
        body={"inputTruncated": True, "encoding": "base64", "data": text},
    )

    assert is_queued(event, snapshot)


@pytest.mark.parametrize("count", [1, 50_000])
def test_any_number_of_copies_of_a_header_or_parameter_is_queued(snapshot: Snapshot, count: int) -> None:
    expired = queue_token(expires_at=1)
    headers = [
        (name, "x")
        for name in ("Cookie", "Origin", "X-QueueItToken", "X-QueueIt-AjaxPageUrl")
        for _ in range(count)
    ]
    event = viewer_request_event(headers=headers, querystring="&".join([f"queueittoken={expired}"] * count))

    assert is_queued(event, snapshot)


_STRANGE = [
    "",
    "%",
    "%ff",
    "%00",
    "e_tickets~h_",
    "queueittoken=",
    "https://",
    "a=b; c",
    "\r\nX: y",
    "rt_debug~h_0",
    "|",
]
_text = st.text(st.characters(codec=None, exclude_categories=())) | st.sampled_from(_STRANGE)
_HEADERS = ("X-QueueIt-AjaxPageUrl", "User-Agent", "Origin", "X-Forwarded-For")


@given(st.lists(_text, min_size=10, max_size=10))
def test_whatever_the_parts_hold_the_answer_is_a_redirect_that_cloudfront_takes(
    snapshot: Snapshot, texts: list[str]
) -> None:
    uri, querystring, token, cookie, client_ip, data, *others = texts
    event = viewer_request_event(
        uri=f"/{uri}",
        querystring=f"{querystring}&queueittoken={token}",
        headers=[
            ("Cookie", f"{COOKIE}={cookie}"),
            ("X-QueueItToken", token),
            *zip(_HEADERS, others, strict=True),
        ],
        method="POST",
        client_ip=client_ip,
        body={"inputTruncated": False, "encoding": "base64", "data": data},
    )

    assert is_queued(event, snapshot)


@pytest.mark.parametrize("pattern", ["", *PATTERNS], ids=ascii)
def test_a_visitor_with_a_valid_session_passes_whatever_else_the_request_holds(
    snapshot: Snapshot, pattern: str
) -> None:
    text = repeated(pattern, 30_000)
    value = session_cookie.issue(Session(VALID, "tickets", redirect_type="queue"), snapshot.keys, NOW)
    event = viewer_request_event(
        headers=[("Cookie", f"{COOKIE}={value}"), ("Cookie", text), ("User-Agent", text), ("Origin", text)]
    )

    assert "status" not in event_handling.handle(event, snapshot, NOW, outside())


@pytest.mark.parametrize(
    "change",
    [
        lambda cf: cf["request"].pop("querystring"),
        lambda cf: cf["request"].pop("clientIp"),
        lambda cf: cf["request"]["headers"].pop("host"),
        lambda cf: cf["request"]["headers"].update({"cookie": []}),
        lambda cf: cf["request"]["headers"].update({"x-queueittoken": [{"key": "x", "value": None}]}),
        lambda cf: cf["request"].update({"body": {}}),
        lambda cf: cf["config"].pop("requestId"),
    ],
)
def test_what_an_event_leaves_out_counts_as_absent(
    snapshot: Snapshot, change: Callable[[dict[str, Any]], object]
) -> None:
    event = viewer_request_event()
    change(event["Records"][0]["cf"])

    assert is_queued(event, snapshot)
