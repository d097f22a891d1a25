"""What a visitor meets in front of a protected site: from the built zips through the local edge."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.end_to_end.visitor import COOKIE_NAME, Visitor, answer_to_raw_headers, session_cookie
from workbench.demo import Demo
from workbench.journey import Journey, StepFailed

ORDER = {"event": "aurora-fields", "name": "Ada", "tickets": "2"}


def test_a_visitor_walks_the_six_steps(demo: Demo) -> None:
    report: list[str] = []
    Journey(demo.shop_url, demo.waiting_room_url, report.append).walk()
    steps = [line.strip() for line in report if line.startswith("\nStep")]
    assert [line[:11] for line in steps] == [f"Step {number} of 6" for number in range(1, 7)]
    assert "    the token: for northlight, winternights, 127.0.0.1, valid for 240 s" in report
    assert not [key for key in (demo.account.secret_key, demo.account.api_key) if key in "".join(report)]


def test_a_journey_that_goes_wrong_says_what_it_expected(demo: Demo) -> None:
    with pytest.raises(StepFailed, match="step 2: expected status 302; got 200 OK"):
        Journey(demo.origin_url, demo.waiting_room_url, lambda line: None).walk()


def test_a_page_that_no_integration_names_passes(visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert "One chance to be there" in answer.text
    assert not {"set-cookie", "x-queueit-failed"} & {name.lower() for name in answer.headers}


def test_a_behavior_without_the_connector_is_left_alone(visitor: Visitor) -> None:
    answer = visitor.get("/static/shop.css")
    assert answer.status_code == 200
    assert "x-queueit-connector" not in answer.headers


def test_an_asset_comes_from_the_cache_and_still_through_the_connector(visitor: Visitor) -> None:
    path = "/assets/poster/the-quiet-hours.svg"
    first, second = visitor.get(path), visitor.get(path)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Hit" in second.headers["x-cache"]
    assert second.headers["x-queueit-connector"] == "cloudfront"


def test_an_ignored_page_passes_below_a_protected_path(visitor: Visitor) -> None:
    answer = visitor.get("/tickets/terms")
    assert answer.status_code == 200
    assert "Terms of sale" in answer.text


def test_the_redirect_tells_the_waiting_room_who_sends_the_visitor_and_where_to(
    demo: Demo, visitor: Visitor
) -> None:
    answer = visitor.get("/event/aurora-fields?row=1%2C2&x=%C3%A9")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["c"] == [demo.account.customer_id]
    assert query["man"] == ["Tickets"]
    assert query["l"] == ["Winter nights"]
    assert query["ver"][0].startswith("cloudfront-python-")
    assert query["kupver"][0].startswith("cloudfront-")
    assert (
        urlsplit(query["t"][0])[1:] == urlsplit(f"{demo.shop_url}/event/aurora-fields?row=1%2C2&x=%C3%A9")[1:]
    )


def test_a_background_request_is_told_where_the_waiting_room_is(demo: Demo, visitor: Visitor) -> None:
    page = f"{demo.shop_url}/?from=here"
    answer = visitor.get("/api/stock", x_queueit_ajaxpageurl=page.replace("?", "%3F"))
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["Access-Control-Expose-Headers"] == "x-queueit-redirect"
    assert "no-store" in answer.headers["Cache-Control"]
    location = unquote(answer.headers["x-queueit-redirect"])
    assert location.startswith(f"{demo.waiting_room_url}/?")
    assert parse_qs(urlsplit(location).query)["t"] == [page]


def test_a_background_request_with_a_session_gets_its_answer(demo: Demo, visitor: Visitor) -> None:
    visitor.carry(session_cookie(demo.account.secret_key))
    answer = visitor.get("/api/stock", x_queueit_ajaxpageurl=f"{demo.shop_url}/")
    assert json.loads(answer.text)["stock"]["aurora-fields"] == 1240
    assert "x-queueit-redirect" not in answer.headers


def test_a_token_in_a_header_lets_in_at_once_without_a_redirect(visitor: Visitor, token: str) -> None:
    answer = visitor.get("/tickets?a=1", x_queueittoken=token)
    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith(COOKIE_NAME)
    assert visitor.get("/tickets").status_code == 200, "the session has begun"


def test_a_form_without_a_session_waits_and_with_one_arrives_whole(demo: Demo, visitor: Visitor) -> None:
    refused = visitor.request("POST", "/checkout", data=ORDER)
    assert refused.status_code == 302
    assert refused.headers["Location"].startswith(f"{demo.waiting_room_url}/?")
    visitor.carry(session_cookie(demo.account.secret_key))
    answer = visitor.request("POST", "/checkout", data=ORDER)
    assert answer.status_code == 200
    assert "2 tickets for Aurora Fields" in answer.text


def test_a_form_that_brings_a_token_passes_on_and_begins_a_session(visitor: Visitor, token: str) -> None:
    answer = visitor.request("POST", f"/checkout?queueittoken={token}", data=ORDER)
    assert answer.status_code == 200
    assert "See you there, Ada" in answer.text
    assert visitor.session_cookie


def test_signing_out_without_a_session_reaches_the_shop(visitor: Visitor) -> None:
    answer = visitor.get("/logout")
    assert answer.status_code == 200
    assert "Until the next night" in answer.text


def test_signing_out_deletes_the_session_and_gives_the_place_up(demo: Demo, visitor: Visitor) -> None:
    visitor.carry(session_cookie(demo.account.secret_key))
    answer = visitor.get("/logout")
    assert answer.status_code == 302
    assert f"/cancel/multiple/{demo.account.customer_id}?wrl=winternights~" in answer.headers["Location"]
    assert "01 Jan 1970" in answer.headers["Set-Cookie"]
    assert "Your visit has ended" in visitor.get(answer.headers["Location"]).text


def test_a_session_is_found_among_cookies_on_several_header_lines(demo: Demo) -> None:
    value = session_cookie(demo.account.secret_key)
    lines = [("Cookie", "theme=dark"), ("Cookie", f"a=b; {COOKIE_NAME}={value}"), ("Cookie", "c=d")]
    assert answer_to_raw_headers(demo.shop_url, "/tickets", lines).status == 200
    assert answer_to_raw_headers(demo.shop_url, "/tickets", lines[:1]).status == 302


def test_the_session_of_one_visitor_is_not_that_of_another(
    demo: Demo, new_visitor: Callable[[], Visitor], token: str
) -> None:
    first, second = new_visitor(), new_visitor()
    assert first.get(f"/tickets?queueittoken={token}").status_code == 302
    assert first.get("/tickets").status_code == 200
    assert second.get("/tickets").headers["Location"].startswith(demo.waiting_room_url)


def test_a_head_request_is_queued_and_let_in_like_a_get(demo: Demo, visitor: Visitor, token: str) -> None:
    assert visitor.request("HEAD", "/tickets").headers["Location"].startswith(demo.waiting_room_url)
    answer = visitor.request("HEAD", f"/tickets?a=1&queueittoken={token}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{demo.shop_url}/tickets?a=1")
