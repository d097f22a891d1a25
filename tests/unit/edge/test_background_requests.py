"""AJAX calls and native apps: what their answers hold, whom they may read them, and where visitors come back to."""

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from edge import event_handling
from tests.builders import NOW, SECRET_KEY, compiled_snapshot, header_of, viewer_request_event
from workbench.queue_token import mint_queue_token

ALLOWED = {"allowed_origins": ["https://www.example.com", "https://app.example.com:8443"]}
PAGE = "https://shop.example.com/page?a=1"


def call(*headers: tuple[str, str], settings: Any = None, page: str = PAGE, **request: Any) -> dict[str, Any]:
    """The answer to an AJAX call that has to be queued."""
    lines = [("x-queueit-ajaxpageurl", quote(page, safe="")), *headers]
    event = viewer_request_event(headers=lines, **request)
    return event_handling.handle(event, compiled_snapshot(settings=settings), NOW)


def target(answer: dict[str, Any]) -> str | None:
    """The target in the redirect of an AJAX answer."""
    query = parse_qs(urlsplit(unquote(header_of(answer, "x-queueit-redirect"))).query)
    return query.get("t", [None])[0]


@pytest.mark.parametrize("origin", ALLOWED["allowed_origins"])
def test_a_script_of_an_allowed_origin_may_read_the_redirect(origin: str) -> None:
    answer = call(("Origin", origin), settings=ALLOWED)

    assert answer["status"] == "200"
    assert header_of(answer, "access-control-allow-origin") == origin
    assert header_of(answer, "access-control-allow-credentials") == "true"
    assert header_of(answer, "access-control-expose-headers") == "x-queueit-redirect"
    assert header_of(answer, "vary") == "Origin"


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "https://evil.example")],
        [("Origin", "https://www.example.com.evil.example")],
        [("Origin", "https://www.example.com/")],
        [("Origin", "http://www.example.com")],
        [("Origin", "https://WWW.example.com")],
        [("Origin", "null")],
        [("Origin", "https://www.example.com"), ("Origin", "https://evil.example")],
        [],
    ],
)
def test_any_other_origin_is_not_echoed_but_caches_are_told_that_it_matters(
    headers: list[tuple[str, str]],
) -> None:
    answer = call(*headers, settings=ALLOWED)

    assert "access-control-allow-origin" not in answer["headers"]
    assert "access-control-allow-credentials" not in answer["headers"]
    assert header_of(answer, "vary") == "Origin"


def test_without_allowed_origins_no_origin_matters() -> None:
    answer = call(("Origin", "https://www.example.com"))

    assert not {"access-control-allow-origin", "vary"} & set(answer["headers"])


def test_a_page_redirect_has_no_cross_origin_headers() -> None:
    event = viewer_request_event(headers=[("Origin", "https://www.example.com")])

    answer = event_handling.handle(event, compiled_snapshot(settings=ALLOWED), NOW)

    assert answer["status"] == "302"
    assert not {"access-control-allow-origin", "vary"} & set(answer["headers"])


def test_a_preflight_is_left_alone() -> None:
    headers = [("Origin", "https://www.example.com"), ("Access-Control-Request-Method", "GET")]
    event = viewer_request_event(headers=headers, method="OPTIONS")
    before = viewer_request_event(headers=headers, method="OPTIONS")["Records"][0]["cf"]["request"]

    assert event_handling.handle(event, compiled_snapshot(settings=ALLOWED), NOW) == before


def test_the_visitor_comes_back_to_the_page_that_made_the_call() -> None:
    assert target(call(querystring="api=1")) == PAGE


@pytest.mark.parametrize("page", ["HTTPS://shop.example.com/", "http://shop.example.com/", "https://"])
def test_the_page_is_any_http_or_https_url(page: str) -> None:
    assert target(call(page=page)) == page


NO_PAGES = [
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example/",
    "/page",
    " https://x",
    "ftp://x",
    "https:x",
]


@pytest.mark.parametrize("page", NO_PAGES)
def test_anything_else_is_no_page_to_come_back_to(page: str) -> None:
    answer = call(page=page)

    assert answer["status"] == "200"
    assert target(answer) is None


def test_a_native_app_sends_its_token_in_a_header_and_passes_with_a_session() -> None:
    token = mint_queue_token(SECRET_KEY, "tickets", expires_at=NOW + 60)
    event = viewer_request_event(headers=[("X-QueueItToken", token)], querystring="a=1")

    passed = event_handling.handle(event, compiled_snapshot(), NOW)

    assert "status" not in passed
    assert passed["querystring"] == "a=1"
    (carrier,) = passed["headers"]["x-queueit-handover"]
    assert "QueueITAccepted-SDFrts345E-V3_tickets=" in carrier["value"]


def test_a_native_app_with_a_bad_token_is_sent_to_the_error_page_as_it_asks() -> None:
    page = event_handling.handle(
        viewer_request_event(headers=[("X-QueueItToken", "x")]), compiled_snapshot(), NOW
    )
    background = call(("X-QueueItToken", "x"))

    assert "/error/hash/" in header_of(page, "location")
    assert "%2Ferror%2Fhash%2F" in header_of(background, "x-queueit-redirect")
