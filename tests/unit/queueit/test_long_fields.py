"""No field is too long, whatever it holds: a decision takes time that grows with the length, and no faster."""

import base64
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import event_handling, viewer_response
from queueit.services import ServiceRequest, ServiceResponse, Services
from queueit.snapshot import Snapshot
from queueit.url_normalization import normalize_url
from tests.builders import (
    COOKIE_PREFIX,
    NOW,
    compiled_snapshot,
    part,
    queue_integration,
    queue_token,
    triggers,
    viewer_request_event,
)
from tests.unit.queueit.feature_visits import CREDENTIALS

COOKIE = f"{COOKIE_PREFIX}tickets"
DEBUG_TOKEN = queue_token("another-room", queue_id="", redirect_type="debug")


def snapshot() -> Snapshot:
    """Two integrations, the first of which looks for what is never there in every part of a request."""

    def looking(kind: str, **more: Any) -> dict[str, Any]:
        return part(kind, "never-there", Operator="Contains", **more)

    urls = [
        looking("Url", UrlPart=name, IsIgnoreCase=upper)
        for name in ("HostName", "PagePath", "PageUrl")
        for upper in (False, True)
    ]
    others = [
        looking("Cookie", CookieName="segment", IsIgnoreCase=True),
        looking("UserAgent", IsIgnoreCase=True),
        looking("HttpHeader", HttpHeaderName="x-device"),
        looking("RequestBody", IsIgnoreCase=True),
    ]
    rooms = {"InvolvedWaitingRoomIds": ["summer"], "VerifyQueueIdEnabled": True}
    settings = {
        "include_body": True,
        "enqueue_token": {"key": True},
        "verify": {"url": "https://verify.example/"},
        "direct_pass": {"url": "https://pass.example/", "on_failure": "queue"},
        "allowed_origins": ["https://shop.example"],
    }
    return compiled_snapshot(
        queue_integration(**rooms, Triggers=triggers(*urls, *others, operator="Or")),
        queue_integration(**rooms, Triggers=triggers(), IsNormalizationEnabled=True),
        settings=settings,
        keys=CREDENTIALS,
    )


SNAPSHOT = snapshot()


def answer(question: ServiceRequest) -> ServiceResponse | None:
    return ServiceResponse(200, b'{"HasPassed": false}') if question.service == "direct_pass" else None


def decided(strange: dict[str, Any]) -> None:
    """Both functions, over an event whose request is in the way of every trigger, cookie and feature."""
    result = event_handling.handle(strange, SNAPSHOT, NOW, Services(answer, lambda: "an-id"))
    if "status" not in result:
        cf = strange["Records"][0]["cf"]
        response = {"status": "200", "headers": {}}
        following = {"Records": [{"cf": {"config": cf["config"], "request": result, "response": response}}]}
        viewer_response.handler(following, None)


def with_lines(name: str, *values: str) -> dict[str, Any]:
    return viewer_request_event("/", headers=[(name, value) for value in values])


def with_host(host: str) -> dict[str, Any]:
    strange = viewer_request_event("/")
    strange["Records"][0]["cf"]["request"]["headers"]["host"][0]["value"] = host
    return strange


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
    "trigger's cookie": lambda text: with_lines("cookie", f"segment={text}"),
    "AJAX page": lambda text: with_lines("x-queueit-ajaxpageurl", f"https%3A%2F%2F{text}"),
    "user agent": lambda text: with_lines("user-agent", text),
    "header lines": lambda text: with_lines("x-device", *text[: len(text) // 20]),
    "X-Forwarded-For": lambda text: with_lines("x-forwarded-for", text),
    "host": with_host,
    "address": lambda text: viewer_request_event("/", client_ip=text),
    "body": lambda text: with_body(base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()),
    "undecodable body": with_body,
}
PATTERNS = (
    "a", "/", "/../", "/./", "..", "\\", "%", "%25", "%C3%A9", "%ff", "é", "\U0001f600", "\ud800", ";", "=", "&", "?",
    "~", "_", "~h_", "e_tickets~", "queueittoken&", "queueittoken=x&", f"{COOKIE}=x;", f"{COOKIE}=EventId%3Dtickets;",
    "EventId%3Dtickets%26", " ", ":", "://", "#",
)  # fmt: skip


def seconds(strange: dict[str, Any]) -> float:
    """Of the processor, which a busy machine does not change much."""
    begun = time.process_time()
    decided(strange)
    return time.process_time() - begun


@pytest.mark.parametrize("place", PLACES)
def test_time_grows_with_the_length_of_a_field_and_no_faster(place: str) -> None:
    def taken(pattern: str, length: int) -> float:
        return seconds(PLACES[place]((pattern * (length // len(pattern) + 1))[:length]))

    for pattern in PATTERNS:
        # What is quadratic takes 64 times as long for 8 times the length; the constant is for a busy machine.
        took = taken(pattern, 40_000)
        assert took < 0.05 or taken(pattern, 40_000) < 24 * taken(pattern, 5_000) + 0.05, pattern


@pytest.mark.parametrize("place", PLACES)
def test_a_megabyte_of_everything_in_one_field_is_decided_in_a_second(place: str) -> None:
    everything = "".join(random.Random(9).choices(PATTERNS, k=300_000))[:1_000_000]
    assert seconds(PLACES[place](everything)) < 1


@given(url=st.text(st.characters(codec=None)))
def test_normalization_takes_any_string_and_gives_one_that_is_normal(url: str) -> None:
    once = normalize_url(url)
    assert once.isascii()
    assert normalize_url(url) == once
