"""Requests with parts of any bytes and any length: never an exception, and no way past the queue.

The long ones have so many characters that a parser worse than linear would take minutes or hours over them.
"""

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
    NOW,
    SECRET_KEY,
    compiled_snapshot,
    part,
    queue_integration,
    triggers,
    viewer_request_event,
)
from workbench.queue_token import mint_queue_token

LENGTH = 30_000
MILLION = 1_000_000
COOKIE = "QueueITAccepted-SDFrts345E-V3_tickets"
SETTINGS = {
    "include_body": True,
    "allowed_origins": ["https://www.example.com"],
    "enqueue_token": {},
    "direct_pass": {"url": "https://pass.example.com", "on_failure": "queue"},
}
UNITS = {
    "slashes": "/",
    "dots": "/..",
    "backslashes": "\\",
    "percents": "%",
    "escapes": "%2f",
    "broken escapes": "%c3%",
    "spaces": " ",
    "ampersands": "&",
    "tildes": "~",
    "semicolons": "; ",
    "equals signs": "=",
    "tokens": "queueittoken=&",
    "token names": "queueittoken",
    "digits": "1",
    "astral": "\U0001f600",
    "surrogates": "\ud800",
    "cookies": f"{COOKIE}=EventId%3Dtickets; ",
    "question marks": "?",
    "colons": ":",
    "nulls": "\0",
}
LONG = {name: unit * (LENGTH // len(unit)) for name, unit in UNITS.items()}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Every trigger there is, normalized and raw, with everything switched on that reads the request."""

    subjects = {
        "IsIgnoreCase": True,
        "CookieName": "colour",
        "HttpHeaderName": "x-colour",
        "UrlPart": "PageUrl",
    }
    looking = [
        part(kind, "never there", Operator="Contains", **subjects)
        for kind in ("Url", "Cookie", "HttpHeader", "UserAgent", "RequestBody")
    ]
    first = queue_integration(
        Name="Never", Triggers=triggers(*looking, operator="Or"), IsNormalizationEnabled=True
    )
    always = queue_integration(Triggers=triggers())
    keys = {"secret_key": SECRET_KEY, "proxy_key": "not-a-real-proxy-key"}
    return compiled_snapshot(first, always, settings=SETTINGS, keys=keys)


def outside() -> Services:
    return Services(
        lambda question: ServiceResponse(200, question.body), lambda: "0f1e2d3c-4b5a-4678-8f9e-0a1b2c3d4e5f"
    )


def is_queued(answer: dict[str, Any]) -> bool:
    """Whether the visitor is sent to the waiting room or one of its pages, by a response that CloudFront takes."""
    for name, lines in answer["headers"].items():
        for line in lines:
            assert line["key"].lower() == name
            assert line["value"].isascii()
            assert line["value"].isprintable()
    size = sum(len(line["key"] + line["value"]) for lines in answer["headers"].values() for line in lines)
    assert size < 40_000
    where = answer["headers"].get("location") or answer["headers"].get("x-queueit-redirect")
    return bool(where) and "queue-it.net" in where[0]["value"][:60]


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_long_field_is_queued_as_the_same_request_without_it(snapshot: Snapshot, text: str) -> None:
    requests: list[dict[str, Any]] = [
        {"uri": f"/{text}"},
        {"querystring": text},
        {"querystring": f"queueittoken={text}"},
        {"headers": [("Cookie", text)]},
        {"headers": [("Cookie", f"{COOKIE}={text}; colour={text}")]},
        {
            "headers": [
                (name, text) for name in ("User-Agent", "X-Colour", "Origin", "X-Forwarded-For", "Referer")
            ]
        },
        {"headers": [("X-QueueItToken", text)]},
        {"headers": [("X-QueueIt-AjaxPageUrl", text)]},
        {"headers": [("X-QueueIt-Handover", text), ("X-QueueIt-Connector", text)]},
        {"method": "POST", "body": {"inputTruncated": False, "encoding": "base64", "data": text}},
        {"method": "POST", "body": {"inputTruncated": False, "encoding": "text", "data": text}},
    ]
    for request in requests:
        event = viewer_request_event(**request)
        assert is_queued(event_handling.handle(event, snapshot, NOW, outside())), request.keys()


@pytest.mark.parametrize(
    "unit", ["/", "queueittoken=&", *[pytest.param(unit, marks=pytest.mark.full) for unit in ("%", "; ")]]
)
def test_all_fields_can_be_a_million_characters_long_at_once(snapshot: Snapshot, unit: str) -> None:
    text = unit * (MILLION // len(unit))
    names = ("Cookie", "User-Agent", "X-Colour", "Origin", "X-QueueItToken", "X-QueueIt-AjaxPageUrl")
    event = viewer_request_event(
        uri=f"/{text}",
        querystring=text,
        headers=[(name, text) for name in names],
        method="POST",
        body={"inputTruncated": True, "encoding": "base64", "data": text},
    )

    assert is_queued(event_handling.handle(event, snapshot, NOW, outside()))


@pytest.mark.parametrize("count", [1, 50_000])
def test_any_number_of_copies_of_a_header_or_parameter_is_queued(snapshot: Snapshot, count: int) -> None:
    expired = mint_queue_token(SECRET_KEY, "tickets", expires_at=1)
    headers = [
        (name, "x")
        for name in ("Cookie", "Origin", "X-QueueItToken", "X-QueueIt-AjaxPageUrl")
        for _ in range(count)
    ]
    event = viewer_request_event(headers=headers, querystring="&".join([f"queueittoken={expired}"] * count))

    assert is_queued(event_handling.handle(event, snapshot, NOW, outside()))


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

    assert is_queued(event_handling.handle(event, snapshot, NOW, outside()))


@pytest.mark.parametrize("strange", [*LONG, "nothing"])
def test_who_has_a_valid_session_passes_whatever_else_the_request_holds(
    snapshot: Snapshot, strange: str
) -> None:
    text = LONG.get(strange, "")
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

    assert is_queued(event_handling.handle(event, snapshot, NOW, outside()))
