"""`queueit token`: what it mints is what the engine takes, and keys never come from the command line."""

from typing import Any

import pytest

from queueit import session_cookie
from queueit.queue_token import parse_queue_token, token_error
from queueit.secret_keys import secret_keys
from tests.builders import NOW
from tests.command_line import queueit

KEY = {"QUEUEIT_SECRET_KEY": "not-a-real-secret-key"}
KEYS = secret_keys("not-a-real-secret-key")
QUEUE_ID = "11111111-2222-3333-4444-555555555555"


def test_a_minted_token_is_one_the_edge_takes_until_it_expires() -> None:
    ran = queueit(
        "token", "mint", "--event", "tickets", "--valid-for", "60", "--ip", "203.0.113.7", environ=KEY
    )
    token = parse_queue_token(ran.out.strip())
    assert token
    assert ran.status == 0
    assert token_error(token, KEYS, ("tickets",), "203.0.113.7", NOW + 60) is None
    assert token_error(token, KEYS, ("tickets",), "203.0.113.7", NOW + 61) == "timestamp"
    assert token_error(token, KEYS, ("tickets",), "203.0.113.8", NOW) == "ip"


def test_a_minted_token_can_come_in_an_address_ready_to_open() -> None:
    ran = queueit(
        "token", "mint", "--event", "tickets", "--url", "https://a.b/tickets?x=1", "--json", environ=KEY
    )
    assert ran.document["url"] == f"https://a.b/tickets?x=1&queueittoken={ran.document['token']}"


def test_a_minted_cookie_is_a_session_the_edge_accepts() -> None:
    ran = queueit(
        "token", "cookie", "--event", "tickets", "--queue-id", QUEUE_ID, "--issued-ago", "600", environ=KEY
    )
    name, _, value = ran.out.strip().partition("=")
    assert name == "QueueITAccepted-SDFrts345E-V3_tickets"
    session = session_cookie.read(value, "tickets", KEYS, "", NOW, 10)
    assert (session.status, session.queue_id) == (session_cookie.VALID, QUEUE_ID)
    assert session_cookie.read(value, "tickets", KEYS, "", NOW, 9).status == session_cookie.EXPIRED


@pytest.mark.parametrize(
    ("arguments", "now", "problem"),
    [
        ((), 0, None),
        (("--event", "other"), 0, "eventid: it is for another waiting room"),
        ((), 300, "timestamp: it has expired"),
        (("--ip", "203.0.113.8"), 0, "ip: it is bound to another address"),
    ],
)
def test_a_token_taken_apart_says_whether_the_edge_would_take_it(
    arguments: tuple[str, ...], now: int, problem: str | None
) -> None:
    mint = queueit("token", "mint", "--event", "tickets", "--ip", "203.0.113.7", environ=KEY).out.strip()
    ran = queueit("token", "read", mint, *arguments, "--json", environ=KEY, now=NOW + now)
    assert (ran.document["problem"], ran.document["verified"]) == (problem, True)
    assert (ran.document["event_id"], ran.document["expires_at"]) == ("tickets", NOW + 180)
    assert ran.status == (0 if problem is None else 1)


def test_a_token_of_another_key_is_refused_and_without_a_key_nobody_can_tell() -> None:
    mint = queueit("token", "mint", "--event", "tickets", environ=KEY).out.strip()
    ran = queueit("token", "read", mint, environ={"QUEUEIT_SECRET_KEY": "another-fake-key"})
    assert ran.status == 1
    assert "REFUSED: hash: the signature is wrong" in ran.out
    ran = queueit("token", "read", mint)
    assert ran.status == 0
    assert "not verified: that takes the account's secret key" in ran.out


def test_a_signature_is_not_printed_whole_when_a_token_or_cookie_is_taken_apart() -> None:
    token = queueit("token", "mint", "--event", "tickets", environ=KEY).out.strip()
    cookie = queueit("token", "cookie", "--event", "tickets", environ=KEY).out.strip()
    for text in (token, cookie):
        signature = text[-64:]
        for more in ((), ("--json",)):
            assert signature not in queueit("token", "read", text, *more, environ=KEY).out


def test_a_token_is_found_in_an_address_and_on_standard_input() -> None:
    token = queueit("token", "mint", "--event", "tickets", environ=KEY).out.strip()
    for text in (token, f"https://a.b/?x=1&QueueItToken={token}&y=2"):
        ran = queueit("token", "read", "-", "--json", stdin=f"{text}\n", environ=KEY)
        assert (ran.document["kind"], ran.document["problem"]) == ("queue token", None)
    ran = queueit("token", "read", "https://a.b/?x=1")
    assert (ran.status, ran.err) == (1, "queueit token read: the address has no queueittoken parameter\n")


@pytest.mark.parametrize(
    ("more", "now", "status"),
    [
        ((), 0, None),
        ((), 21 * 60, "expired"),
        (("--event", "other"), 0, "forged"),
        (("--ip", "203.0.113.8"), 0, "other address"),
    ],
)
def test_a_cookie_taken_apart_says_whether_the_session_holds(
    more: tuple[str, ...], now: int, status: str | None
) -> None:
    cookie = queueit("token", "cookie", "--event", "tickets", "--ip", "203.0.113.7", environ=KEY).out.strip()
    ran = queueit("token", "read", cookie, *more, "--json", environ=KEY, now=NOW + now)
    assert (ran.document["kind"], ran.document["problem"]) == ("session cookie", status)
    value = cookie.partition("=")[2]
    assert queueit("token", "read", value, *more, environ=KEY, now=NOW + now).status == ran.status


def test_rubbish_is_refused_in_a_sentence() -> None:
    ran = queueit("token", "read", "EventId%3D%26IssueTime%3Dsoon", environ=KEY)
    assert (ran.status, "issued         not readable" in ran.out) == (1, True)
    ran = queueit("token", "read", "rubbish", environ=KEY)
    assert (ran.status, "REFUSED: hash" in ran.out) == (1, True)
    ran = queueit("token", "read", "x" * 4097, environ=KEY)
    assert (ran.status, "longer than any token" in ran.err) == (1, True)


def test_a_key_is_no_option_of_the_command_line() -> None:
    for action in ("mint", "cookie", "read"):
        shown = queueit("token", action, "--help").out
        assert "--secret-file" in shown
        assert "--secret-key" not in shown


@pytest.mark.parametrize("content", ["", '{"api_key": "x"}', "{"])
def test_a_file_without_a_key_is_said_to_hold_none(content: str, tmp_path: Any) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    ran = queueit("token", "mint", "--event", "tickets", "--secret-file", str(path))
    assert ran.status == 1
    assert "holds no key" in ran.err
