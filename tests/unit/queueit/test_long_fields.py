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
from queueit.snapshot import Snapshot, compile_snapshot
from queueit.url_normalization import normalize_url
from workbench.queue_token import mint_queue_token

SECRET = "an-obviously-fake-secret"
ROOM = "spring"
COOKIE = f"QueueITAccepted-SDFrts345E-V3_{ROOM}"
NOW = 1_790_000_000.0
DEBUG_TOKEN = mint_queue_token(
    SECRET, "another-room", queue_id=None, expires_at=int(NOW) + 60, redirect_type="debug"
)


def part(validator: str, **fields: Any) -> dict[str, Any]:
    return {"ValidatorType": validator, "Operator": "Contains", "ValueToCompare": "never-there", **fields}


TRIGGER_PARTS = [
    *[
        part("UrlValidator", UrlPart=name, IsIgnoreCase=upper)
        for name in ("HostName", "PagePath", "PageUrl")
        for upper in (False, True)
    ],
    part("CookieValidator", CookieName="segment", IsIgnoreCase=True),
    part("UserAgentValidator", IsIgnoreCase=True),
    part("HttpHeaderValidator", HttpHeaderName="x-device"),
    part("RequestBodyValidator", IsIgnoreCase=True),
]


def snapshot() -> Snapshot:
    queue = {
        "ActionType": "Queue",
        "QueueDomain": "acme.queue-it.net",
        "EventId": ROOM,
        "InvolvedWaitingRoomIds": ["summer"],
        "VerifyQueueIdEnabled": True,
        "ExtendCookieValidity": True,
    }
    looking = {"LogicalOperator": "Or", "TriggerParts": TRIGGER_PARTS}
    everything: dict[str, Any] = {"TriggerParts": []}
    return compile_snapshot(
        {
            "format": 1,
            "customer_id": "acme",
            "integration_config": {
                "Version": 1,
                "Integrations": [
                    {**queue, "Name": "looking", "Triggers": [looking]},
                    {**queue, "Name": "everything", "Triggers": [everything], "IsNormalizationEnabled": True},
                ],
            },
            "settings": {
                "include_body": True,
                "enqueue_token": {"key": True},
                "verify": {"url": "https://verify.example/"},
                "direct_pass": {"url": "https://pass.example/", "on_failure": "queue"},
                "allowed_origins": ["https://shop.example"],
            },
            "published_at": 0,
            "source": "schedule",
        },
        {"secret_key": SECRET, "api_key": "a-fake-key", "proxy_key": "a-fake-key"},
    )


SNAPSHOT = snapshot()


def event(
    *,
    uri: str = "/",
    query: str = "",
    headers: dict[str, list[str]] | None = None,
    method: str = "GET",
    client_ip: str = "203.0.113.7",
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    lines = {"host": ["shop.example"], **(headers or {})}
    request: dict[str, Any] = {
        "clientIp": client_ip,
        "headers": {
            name: [{"key": name, "value": value} for value in values] for name, values in lines.items()
        },
        "method": method,
        "querystring": query,
        "uri": uri,
    }
    if body is not None:
        request["body"] = body
    return {"Records": [{"cf": {"config": {"requestId": "an-id"}, "request": request}}]}


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


Strange = Callable[[str], dict[str, Any]]
BASE64 = {"encoding": "base64", "inputTruncated": False}
PLACES: dict[str, Strange] = {
    "path": lambda text: event(uri=f"/{text}"),
    "query": lambda text: event(query=text),
    "query token": lambda text: event(query=f"queueittoken={text}"),
    "query beside a debug token": lambda text: event(query=f"queueittoken={DEBUG_TOKEN}&{text}"),
    "header token": lambda text: event(headers={"x-queueittoken": [text]}),
    "cookie": lambda text: event(headers={"cookie": [text]}),
    "session cookie": lambda text: event(headers={"cookie": [f"{COOKIE}={text}"]}),
    "trigger's cookie": lambda text: event(headers={"cookie": [f"segment={text}"]}),
    "AJAX page": lambda text: event(headers={"x-queueit-ajaxpageurl": [f"https%3A%2F%2F{text}"]}),
    "user agent": lambda text: event(headers={"user-agent": [text]}),
    "header lines": lambda text: event(headers={"x-device": list(text[: len(text) // 20])}),
    "X-Forwarded-For": lambda text: event(headers={"x-forwarded-for": [text]}),
    "host": lambda text: event(headers={"host": [text]}),
    "address": lambda text: event(client_ip=text),
    "body": lambda text: event(
        body={**BASE64, "data": base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()}
    ),
    "undecodable body": lambda text: event(body={**BASE64, "data": text}),
}
PATTERNS = (
    "a", "/", "/../", "/./", "..", "\\", "%", "%25", "%C3%A9", "%ff", "é", "\U0001f600", "\ud800", ";", "=", "&", "?",
    "~", "_", "~h_", "e_spring~", "queueittoken&", "queueittoken=x&", f"{COOKIE}=x;", f"{COOKIE}=EventId%3Dspring;",
    "EventId%3Dspring%26", " ", ":", "://", "#",
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
        assert taken(pattern, 80_000) < 24 * taken(pattern, 10_000) + 0.1, pattern


@pytest.mark.parametrize("place", PLACES)
def test_a_megabyte_of_everything_in_one_field_is_decided_in_a_second(place: str) -> None:
    everything = "".join(random.Random(9).choices(PATTERNS, k=300_000))[:1_000_000]
    assert seconds(PLACES[place](everything)) < 1


@given(url=st.text(st.characters(codec=None)))
def test_normalization_takes_any_string_and_gives_one_that_is_normal(url: str) -> None:
    once = normalize_url(url)
    assert once.isascii()
    assert normalize_url(url) == once
