"""Tokens and cookies that do not let anybody in, and the origin's errors that must not cost a session."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.visitor import COOKIE_NAME, EVENT_ID, QUEUE_ID, Visitor, session_cookie
from workbench.demo import Demo
from workbench.queue_token import mint_queue_token


def expect_error_page(demo: Demo, visitor: Visitor, token: str, code: str, says: str) -> None:
    """The token leads to the waiting room's error page of that code, which offers the line again."""
    answer = visitor.get(f"/tickets?row=1&queueittoken={token}")
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(f"{demo.waiting_room_url}/error/{code}/?c={demo.account.customer_id}&")
    assert visitor.session_cookie is None
    page = visitor.get(location)
    assert page.status_code == 200
    assert says in page.text
    assert "Join the line again" in page.text


def minted(demo: Demo, expires_in: int = 180, **changes: Any) -> str:
    """A token that the waiting room could have given just now, with these changes."""
    fields: dict[str, Any] = {
        "secret_key": demo.account.secret_key,
        "event_id": EVENT_ID,
        "queue_id": QUEUE_ID,
    }
    return mint_queue_token(**fields | changes, expires_at=int(time.time()) + expires_in)


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"expires_in": -5}, "timestamp", "has expired"),
        ({"secret_key": "another-fake-key"}, "hash", "has been changed"),
        ({"event_id": "summernights"}, "eventid", "for another event"),
        ({"client_ip": "203.0.113.9"}, "ip", "network has changed"),
    ],
    ids=["expired", "of another key", "of another room", "of another address"],
)
def test_an_invalid_token_is_refused(
    demo: Demo, visitor: Visitor, changes: dict[str, Any], code: str, says: str
) -> None:
    expect_error_page(demo, visitor, minted(demo, **changes), code, says)


def test_a_forged_token_is_refused(demo: Demo, visitor: Visitor, token: str) -> None:
    expect_error_page(demo, visitor, token.replace("rt_queue", "rt_safetynet"), "hash", "has been changed")


def test_a_token_bound_to_the_visitors_address_lets_in(demo: Demo, visitor: Visitor) -> None:
    token = minted(demo, client_ip="127.0.0.1")
    assert visitor.get(f"/tickets?queueittoken={token}").headers["Location"] == f"{demo.shop_url}/tickets"
    assert visitor.get("/tickets").status_code == 200


def test_a_replayed_token_is_good_until_it_expires_and_not_after(
    demo: Demo, new_visitor: Callable[[], Visitor]
) -> None:
    token = minted(demo, 2)
    expires_at = int(time.time()) + 2
    for _ in range(2):
        answer = new_visitor().get(f"/tickets?queueittoken={token}")
        assert answer.headers["Location"] == f"{demo.shop_url}/tickets"
    time.sleep(max(0.0, expires_at + 1.1 - time.time()))
    expect_error_page(demo, new_visitor(), token, "timestamp", "has expired")


@pytest.mark.parametrize("token", ["made-up", "e_winternights~h_", "%00%0d%0aSet-Cookie:x", "~~~___"])
def test_nonsense_for_a_token_is_refused_and_injects_nothing(
    demo: Demo, visitor: Visitor, token: str
) -> None:
    answer = visitor.get(f"/tickets?queueittoken={token}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{demo.waiting_room_url}/error/hash/?")
    assert not {"\r", "\n"} & set(answer.headers["Location"])
    assert "Set-Cookie" not in answer.headers


def expect_the_line_and_no_cookie(demo: Demo, visitor: Visitor) -> None:
    """The visitor waits again, and the cookie is deleted."""
    answer = visitor.get("/tickets")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{demo.waiting_room_url}/?")
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE_NAME}=;")
    assert "01 Jan 1970" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("age", "changes"),
    [
        (601, {}),
        (181, {"validity": "3"}),
        (0, {"secret_key": "another-fake-key"}),
        (0, {"room": "summernights"}),
        (-3600, {}),
    ],
    ids=["expired", "expired at its fixed length", "of another key", "of another room", "from the future"],
)
def test_a_visitor_with_an_invalid_session_waits_again(
    demo: Demo, visitor: Visitor, age: int, changes: dict[str, str]
) -> None:
    fields = {"secret_key": demo.account.secret_key} | changes
    visitor.carry(session_cookie(issued_at=time.time() - age, **fields))
    expect_the_line_and_no_cookie(demo, visitor)


def test_a_visitor_with_a_forged_session_waits_again(demo: Demo, visitor: Visitor) -> None:
    old = session_cookie(demo.account.secret_key, issued_at=1_700_000_000)
    visitor.carry(old.replace("1700000000", str(int(time.time()))))
    expect_the_line_and_no_cookie(demo, visitor)


def test_a_replayed_session_that_is_bound_to_another_address_is_refused(demo: Demo, visitor: Visitor) -> None:
    visitor.carry(session_cookie(demo.account.secret_key, address="203.0.113.9"))
    answer = visitor.get("/tickets")
    assert answer.headers["Location"].startswith(f"{demo.waiting_room_url}/error/connector/sessionstate/?")
    assert "visit began on another" in visitor.get(answer.headers["Location"]).text


def test_a_replayed_session_lasts_no_longer_than_the_first(
    demo: Demo, new_visitor: Callable[[], Visitor]
) -> None:
    fresh = session_cookie(demo.account.secret_key, issued_at=time.time() - 170, validity="3")
    stale = session_cookie(demo.account.secret_key, issued_at=time.time() - 190, validity="3")
    for value, status in ((fresh, 200), (stale, 302)):
        visitor = new_visitor()
        visitor.carry(value)
        answer = visitor.get("/tickets")
        assert answer.status_code == status
    assert visitor.session_cookie is None


@pytest.mark.parametrize(("path", "status"), [("/event/unknown", 404), ("/event/broken", 500)])
def test_an_error_of_the_origin_loses_the_new_cookie_but_not_the_token(
    path: str, status: int, visitor: Visitor, token: str
) -> None:
    answer = visitor.get(path, x_queueittoken=token)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers, "viewer-response does not run on an error of the origin"
    assert visitor.get("/tickets", x_queueittoken=token).status_code == 200
    assert visitor.session_cookie


@pytest.mark.parametrize(("path", "status"), [("/event/unknown", 404), ("/event/broken", 500)])
def test_a_token_in_the_address_begins_a_session_even_before_an_error_of_the_origin(
    demo: Demo, path: str, status: int, visitor: Visitor, token: str
) -> None:
    answer = visitor.get(f"{path}?queueittoken={token}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{demo.shop_url}{path}")
    assert visitor.session_cookie
    assert visitor.get(path).status_code == status
    assert visitor.get("/tickets").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/missing", 404), ("/broken", 500)])
def test_an_error_of_the_origin_on_an_unprotected_page_reaches_the_visitor(
    path: str, status: int, visitor: Visitor
) -> None:
    assert visitor.get(path).status_code == status


def test_internal_headers_of_a_client_are_not_believed(demo: Demo, visitor: Visitor) -> None:
    answer = visitor.get(
        "/tickets",
        x_queueit_handover='{"cookies": ["a=b"]}',
        x_queueit_connector="cloudfront",
        x_queueit_failed="true",
    )
    assert answer.headers["Location"].startswith(f"{demo.waiting_room_url}/?")
    assert "x-queueit-failed" not in answer.headers
    assert "Set-Cookie" not in visitor.get("/", x_queueit_handover='{"cookies": ["a=b"]}').headers
