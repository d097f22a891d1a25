"""The line that a person sees for each request."""

import pytest

from workbench.demo.console import told
from workbench.printable import printable, printable_lines
from workbench.request_line import colour_of, request_line, visitor_colour

RECORD = {
    "level": "info",
    "event": "decision",
    "decision": "queue",
    "integration": "Tickets",
    "action": "Queue",
    "waiting_room": "tickets",
    "version": 7,
    "sample_rate": 0.01,
    "method": "GET",
    "request_id": "abc==",
    "distribution": "E123",
}
AT = 1_790_000_000.25


def test_a_record_of_the_live_log_is_one_aligned_line() -> None:
    assert request_line({**RECORD, "region": "eu-central-1"}, AT) == (
        "14:13:20.250 GET     queue                    Tickets              version 7 region eu-central-1 "
        "distribution E123 request abc=="
    )


def test_what_only_a_local_run_knows_is_shown_too() -> None:
    line = request_line(
        {"decision": "token", "method": "GET", "path": "/tickets", "visitor": "a1", "worker": 2, "ms": 0.84},
        AT,
    )
    assert line.split()[1:] == [
        *("GET", "token", "/tickets", "0.8", "ms", "visitor", "a1", "worker", "2"),
    ]  # fmt: skip


def test_a_failure_says_why_and_needs_no_integration() -> None:
    line = request_line({"decision": "failed open", "method": "GET", "why": "no snapshot"}, AT)
    assert line.endswith("because no snapshot")


def test_nothing_in_a_record_ends_the_line_or_reaches_the_terminal() -> None:
    line = request_line({**RECORD, "integration": "a\x1b[2J\nb\u202e", "path": "/\r\x07"}, AT)
    assert line.isprintable()
    assert "a\\x1b[2J\\nb\\u202e" in line


def test_colours_are_given_only_when_asked_for() -> None:
    assert "\x1b[" not in request_line(RECORD, AT)
    assert "\x1b[33mqueue" in request_line(RECORD, AT, colour=True)


@pytest.mark.parametrize(
    ("decision", "colour"),
    [
        ("session", "green"),
        ("no match", "bright_black"),
        ("failed open", "red"),
        ("token error: hash", "red"),
        ("anything of a later version", "red"),
    ],
)
def test_a_decision_has_the_colour_of_what_became_of_the_request(decision: str, colour: str) -> None:
    assert colour_of(decision) == colour


def test_a_visitor_keeps_a_colour() -> None:
    assert visitor_colour("a1") == visitor_colour("a1")
    assert len({visitor_colour(str(number)) for number in range(50)}) > 4


def test_an_escape_shows_what_it_stands_for_and_text_stays_as_it_is() -> None:
    assert printable("Zürich 東京 \x7f\ud800\u2028") == "Zürich 東京 \\x7f\\ud800\\u2028"
    assert printable_lines("a\nb\x00") == "a\nb\\x00"


def test_a_request_that_ran_no_function_says_so_and_is_no_failure() -> None:
    told_of = {"type": "request", "at": AT, "decision": None, "method": "GET", "path": "/static/shop.css"}
    rest = dict.fromkeys(("integration", "why", "worker", "visitor", "ms", "cold"))
    line = told({**told_of, **rest}, colour=True)
    assert "\x1b[90mno function" in line
    assert "/static/shop.css" in line
