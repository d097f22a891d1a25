"""viewer-request: what an event becomes (protocol sections 7 and 8), and our own faults by each failure mode."""

import copy
import json
from typing import Any

import pytest

from edge import event_handling, handover, viewer_request
from edge.handover import HEADER, INTERNAL_HEADERS, Handover
from queueit.snapshot import Snapshot
from tests.builders import (
    COOKIE_PREFIX,
    NOW,
    OTHER_KEY,
    compiled_snapshot,
    cookie_header,
    header_of,
    queue_integration,
    queue_token,
    session_pair,
    session_text,
    url_part,
    viewer_request_event,
)
from workbench.local_edge.restricted_headers import READ_ONLY_IN_VIEWER_REQUEST
from workbench.local_edge.rules import check_viewer_request_result

Event = dict[str, Any]
TOKEN = queue_token()
AJAX = ("x-queueit-ajaxpageurl", "https%3A%2F%2Fshop.example.com%2Fcart")
FORGED_INTERNAL_HEADERS = [
    ("X-Queueit-Handover", f"request-1 | ok | {COOKIE_PREFIX}tickets=forged"),
    ("x-queueit-handover", "another line"),
    ("X-Queueit-Connector", "forged"),
    ("X-Queueit-Failed", "true"),
]


@pytest.fixture(scope="module")
def shop() -> Snapshot:
    """Queues for /tickets, cancels at /goodbye, ignores /health."""
    return compiled_snapshot(
        queue_integration(),
        queue_integration(url_part("/goodbye"), Name="Goodbye", ActionType="Cancel"),
        queue_integration(url_part("/health"), Name="Health", ActionType="Ignore"),
    )


def answer(event: Event, snapshot: Snapshot, now: float = NOW) -> dict[str, Any]:
    """What the function answers; checked by CloudFront's rules, read-only and disallowed headers among them."""
    before = copy.deepcopy(event["Records"][0]["cf"]["request"])
    result = event_handling.handle(event, snapshot, now)
    check_viewer_request_result(result, before)
    return result


def handed_over(result: dict[str, Any], request_id: str = "request-1") -> Handover | None:
    """What a request that passes carries to viewer-response."""
    assert "status" not in result
    return handover.read(result["headers"], request_id)


class TestQueued:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
    def test_a_page_request_is_redirected_to_the_queue(self, shop: Snapshot, method: str) -> None:
        result = answer(viewer_request_event("/tickets", "a=1", method=method), shop)

        assert result["status"] == "302"
        assert header_of(result, "location").startswith("https://example.queue-it.net/?c=example&e=tickets&")
        assert "&t=https%3A%2F%2Fshop.example.com%2Ftickets%3Fa%3D1&" in header_of(result, "location")

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_an_ajax_call_gets_200_and_the_queues_url_in_a_header(self, shop: Snapshot, method: str) -> None:
        result = answer(viewer_request_event("/tickets", method=method, headers=[AJAX]), shop)

        assert result["status"] == "200"
        assert "location" not in result["headers"]
        assert header_of(result, "x-queueit-redirect").startswith(
            "https%3A%2F%2Fexample.queue-it.net%2F%3Fc%3Dexample%26e%3Dtickets%26"
        )
        assert "t%3Dhttps%253A%252F%252Fshop.example.com%252Fcart%26" in header_of(
            result, "x-queueit-redirect"
        )

    def test_a_generated_response_carries_its_own_cookies(self, shop: Snapshot) -> None:
        forged = session_pair(text=session_text(key=OTHER_KEY))
        result = answer(viewer_request_event(headers=cookie_header(forged)), shop)

        assert result["status"] == "302"
        assert result["headers"]["set-cookie"] == [
            {
                "key": "Set-Cookie",
                "value": f"{COOKIE_PREFIX}tickets=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            }
        ]

    def test_a_bad_token_leads_to_its_error_page(self, shop: Snapshot) -> None:
        result = answer(viewer_request_event(querystring="queueittoken=made-up"), shop)

        assert result["status"] == "302"
        assert "/error/hash/?" in header_of(result, "location")


class TestSession:
    def test_a_valid_session_goes_on_and_its_cookie_travels_to_viewer_response(self, shop: Snapshot) -> None:
        event = viewer_request_event(headers=cookie_header("basket=1", session_pair()))
        sent = copy.deepcopy(event["Records"][0]["cf"]["request"])
        result = answer(event, shop)

        told = handed_over(result)
        assert told
        assert [cookie.partition("=")[0] for cookie in told.set_cookies] == [f"{COOKIE_PREFIX}tickets"]
        assert not told.failed
        del result["headers"][HEADER]
        assert result == sent

    def test_it_is_found_in_any_of_several_cookie_lines(self, shop: Snapshot) -> None:
        lines = [("Cookie", "a=1"), ("cookie", f"b=2; {session_pair()}"), ("Cookie", "c=3")]

        assert handed_over(answer(viewer_request_event(headers=lines), shop))


class TestToken:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize(
        ("querystring", "rest"),
        [
            (f"queueittoken={TOKEN}", ""),
            (f"a=%2f&queueittoken={TOKEN}&b=+&b=", "?a=%2f&b=+&b="),
            (f"QueueITToken={TOKEN}&queueittoken=again&c", "?c"),
        ],
    )
    def test_a_page_request_is_redirected_to_the_same_url_without_the_token(
        self, shop: Snapshot, method: str, querystring: str, rest: str
    ) -> None:
        result = answer(viewer_request_event("/tickets", querystring, method=method), shop)

        assert result["status"] == "302"
        assert header_of(result, "location") == f"https://shop.example.com/tickets{rest}"
        assert header_of(result, "cache-control").startswith("no-cache")
        (cookie,) = result["headers"]["set-cookie"]
        assert cookie["value"].startswith(f"{COOKIE_PREFIX}tickets=EventId%3Dtickets%26")

    def test_with_a_valid_session_the_token_is_removed_too(self, shop: Snapshot) -> None:
        headers = cookie_header(session_pair())
        event = viewer_request_event("/%74ickets/../tickets", "queueittoken=old&a=1", headers=headers)

        location = header_of(answer(event, shop), "location")
        assert location == "https://shop.example.com/%74ickets/../tickets?a=1"

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_stricter_another_method_goes_on_with_the_token_cut_in_place(
        self, shop: Snapshot, method: str
    ) -> None:
        event = viewer_request_event("/tickets", f"a=1&queueittoken={TOKEN}&b=%2f", method=method)
        result = answer(event, shop)

        assert handed_over(result)
        assert (result["uri"], result["querystring"]) == ("/tickets", "a=1&b=%2f")

    def test_stricter_an_ajax_call_goes_on_with_the_token_cut_in_place(self, shop: Snapshot) -> None:
        result = answer(viewer_request_event(querystring=f"queueittoken={TOKEN}", headers=[AJAX]), shop)

        assert handed_over(result)
        assert result["querystring"] == ""

    def test_stricter_a_token_in_the_header_never_redirects_because_that_loops(self, shop: Snapshot) -> None:
        result = answer(viewer_request_event("/tickets", "a=1", headers=[("x-queueittoken", TOKEN)]), shop)

        told = handed_over(result)
        assert told
        assert len(told.set_cookies) == 1
        assert result["querystring"] == "a=1"

    @pytest.mark.parametrize("uri", ["/goodbye", "/health", "/elsewhere"])
    def test_without_a_queue_action_it_stays_where_it_is(self, shop: Snapshot, uri: str) -> None:
        result = answer(viewer_request_event(uri, f"queueittoken={TOKEN}"), shop)

        assert "status" not in result
        assert result["querystring"] == f"queueittoken={TOKEN}"


class TestOtherActions:
    def test_a_cancel_redirects_and_deletes_the_cookie(self, shop: Snapshot) -> None:
        result = answer(viewer_request_event("/goodbye", headers=cookie_header(session_pair())), shop)

        assert result["status"] == "302"
        assert header_of(result, "location").startswith(
            "https://example.queue-it.net/cancel/multiple/example?wrl="
        )
        assert result["headers"]["set-cookie"][0]["value"].startswith(f"{COOKIE_PREFIX}tickets=; ")

    def test_a_cancel_on_an_ajax_call_gets_200(self, shop: Snapshot) -> None:
        headers = [*cookie_header(session_pair()), AJAX]
        result = answer(viewer_request_event("/goodbye", headers=headers), shop)

        assert result["status"] == "200"
        assert "cancel%2Fmultiple" in header_of(result, "x-queueit-redirect")

    @pytest.mark.parametrize("uri", ["/goodbye", "/health"])
    def test_a_request_that_passes_an_integration_is_marked_as_touched(
        self, shop: Snapshot, uri: str
    ) -> None:
        assert handed_over(answer(viewer_request_event(uri), shop)) == Handover()

    def test_a_request_that_no_integration_is_for_is_left_as_it_is(self, shop: Snapshot) -> None:
        event = viewer_request_event("/", "a=%2f", headers=cookie_header(session_pair()))
        sent = copy.deepcopy(event["Records"][0]["cf"]["request"])

        assert answer(event, shop) == sent

    def test_the_kill_switch_leaves_every_request_as_it_is(self) -> None:
        snapshot = compiled_snapshot(settings={"enabled": False})
        event = viewer_request_event("/tickets", "queueittoken=made-up")
        sent = copy.deepcopy(event["Records"][0]["cf"]["request"])

        assert answer(event, snapshot) == sent


class TestInternalHeaders:
    @pytest.mark.parametrize("uri", ["/tickets", "/goodbye", "/health", "/elsewhere"])
    @pytest.mark.parametrize("is_admitted", [False, True])
    def test_copies_that_a_client_sends_are_deleted_on_every_path(
        self, shop: Snapshot, uri: str, is_admitted: bool
    ) -> None:
        cookies = cookie_header(session_pair()) if is_admitted else []
        event = viewer_request_event(uri, headers=[*FORGED_INTERNAL_HEADERS, *cookies])
        request = event["Records"][0]["cf"]["request"]
        answer(event, shop)

        assert "forged" not in json.dumps(request)
        assert set(INTERNAL_HEADERS) & set(request["headers"]) <= {HEADER}

    def test_they_are_deleted_while_the_connector_is_switched_off_too(self) -> None:
        event = viewer_request_event(headers=FORGED_INTERNAL_HEADERS)
        result = answer(event, compiled_snapshot(settings={"enabled": False}))

        assert not set(INTERNAL_HEADERS) & set(result["headers"])

    def test_they_are_deleted_when_it_fails_open_too(self) -> None:
        result = viewer_request.handler(viewer_request_event(headers=FORGED_INTERNAL_HEADERS), None)

        assert handed_over(result) == Handover(failed=True)
        assert "forged" not in json.dumps(result)
        assert "x-queueit-failed" not in result["headers"]

    def test_the_headers_that_a_client_is_meant_to_send_stay(self, shop: Snapshot) -> None:
        sent = [("x-queueittoken", TOKEN), AJAX]
        result = answer(viewer_request_event("/health", headers=sent), shop)

        assert {"x-queueittoken", "x-queueit-ajaxpageurl"} <= set(result["headers"])


@pytest.mark.parametrize("uri", ["/tickets", "/goodbye", "/health", "/elsewhere"])
def test_read_only_headers_are_left_as_they_are(shop: Snapshot, uri: str) -> None:
    sent = [(name.title(), f"{name} as sent") for name in sorted(READ_ONLY_IN_VIEWER_REQUEST - {"host"})]
    event = viewer_request_event(uri, headers=[*sent, *cookie_header(session_pair())])
    event["Records"][0]["cf"]["request"]["method"] = "POST"
    before = copy.deepcopy(event["Records"][0]["cf"]["request"]["headers"])
    event_handling.handle(event, shop, NOW)
    after = event["Records"][0]["cf"]["request"]["headers"]

    assert {name: after.get(name) for name in before} == before


class TestOwnFaults:
    """Without Lambda's environment there is no table, so no snapshot: what then happens is the handler's choice."""

    def test_fail_open_lets_the_visitor_through_marked_as_failed(self) -> None:
        event = viewer_request_event("/tickets", "a=1")
        sent = copy.deepcopy(event["Records"][0]["cf"]["request"])
        result = viewer_request.handler(event, None)

        assert handed_over(result) == Handover(failed=True)
        del result["headers"][HEADER]
        assert result == sent

    @pytest.mark.parametrize("missing", ["uri", "method", "querystring"])
    def test_an_event_that_cloudfront_would_never_send_fails_open_or_closed(self, missing: str) -> None:
        event = viewer_request_event()
        del event["Records"][0]["cf"]["request"][missing]

        assert handed_over(viewer_request.handler(event, None)) == Handover(failed=True)
        assert viewer_request.handler_fail_closed(event, None)["status"] == "503"
