"""What one form of a URL lets pass says nothing for the other forms (protocol section 9)."""

from typing import Any

import pytest

from edge.event_handling import handle
from queueit.snapshot import Snapshot
from tests.builders import (
    NOW,
    compiled_snapshot,
    cookie_header,
    queue_integration,
    queue_token,
    session_pair,
    session_text,
    url_part,
    viewer_request_event,
)
from tests.unit.gate.visits import outcome

THROUGH_FREE = [
    "/free/../vip/",
    "/free/%2e%2e/vip/",
    "/free/..%2Fvip/",
    "/free%2F..%2Fvip/",
    "/free/..%5Cvip/",
    "/free\\..\\vip/",
    "/free/%252e%252e%252Fvip/",
    "/free/..;/vip/",
    "/free;x/../vip/",
    "/free/x//../../../vip/",
    "/free%23/..%2Fvip/",
]
"""Ways to /vip/ that the trigger for /free/ matches in some form."""


def below(path: str, room: str, action: str = "Queue") -> dict[str, Any]:
    return queue_integration(url_part(path), EventId=room, ActionType=action)


def rooms(first: str = "Queue") -> Snapshot:
    return compiled_snapshot(below("/free/", "free", first), below("/vip/", "vip"))


@pytest.mark.parametrize("target", THROUGH_FREE)
@pytest.mark.parametrize("first", ["Queue", "Cancel", "Ignore", "Watch"])
def test_no_way_through_a_weaker_room_leads_into_a_stronger_one(first: str, target: str) -> None:
    held = cookie_header(session_pair("free")) if first == "Queue" else []
    assert outcome(rooms(first), target, headers=held) == "vip"


@pytest.mark.parametrize("target", THROUGH_FREE)
def test_sessions_of_both_rooms_pass_and_of_the_stronger_one_alone_do_not(target: str) -> None:
    free, vip = session_pair("free"), session_pair("vip")
    assert outcome(rooms(), target, headers=cookie_header(free, vip)) == "page"
    if target.startswith("/free/"):  # else no form is for the weaker room
        assert outcome(rooms(), target, headers=cookie_header(vip)) == "free"


@pytest.mark.parametrize("target", THROUGH_FREE)
def test_a_token_of_the_weaker_room_opens_nothing_else(target: str) -> None:
    with_token = viewer_request_event(target, f"queueittoken={queue_token('free')}")
    result = handle(with_token, rooms(), NOW)
    assert result["headers"]["location"][0]["value"].startswith("https://example.queue-it.net/")


@pytest.mark.parametrize("target", [target for target in THROUGH_FREE if target.startswith("/free/")])
def test_a_genuine_session_to_cancel_is_cancelled_on_the_way(target: str) -> None:
    event = viewer_request_event(target, headers=cookie_header(session_pair("free"), session_pair("vip")))
    result = handle(event, rooms("Cancel"), NOW)
    assert result["headers"]["location"][0]["value"].startswith(
        "https://example.queue-it.net/cancel/multiple/"
    )


def test_the_sessions_of_all_forms_are_extended() -> None:
    old = NOW - 600
    event = viewer_request_event(
        "/free/../vip/",
        headers=cookie_header(
            session_pair("free", session_text("free", issued_at=old)),
            session_pair("vip", session_text("vip", issued_at=old)),
        ),
    )
    result = handle(event, rooms(), NOW)
    assert "status" not in result
    carried = str(result["headers"])
    assert "V3_free=" in carried
    assert "V3_vip=" in carried


@pytest.mark.parametrize(
    "target",
    [
        "/free/page",
        "/free/page?next=/../vip/",
        "/free/a;b/page",
        "/free/a%20b",
        "/free/100%25",
        "/free/x/../page",
    ],
)
def test_a_page_of_the_weaker_room_needs_its_own_session_alone(target: str) -> None:
    assert outcome(rooms(), target, headers=cookie_header(session_pair("free"))) == "page"
    assert outcome(rooms(), target) == "free"


WRITTEN_ODDLY = (
    "/a%2Fb/", "/a%2fb/", "/free;v=1/", "/caf%C3%A9/", "/100%25/", "/x//y/", "/x\\y/", "/what%3F/", "/a%20b/",
    "/a%23b/",
)  # fmt: skip


@pytest.mark.parametrize("value", WRITTEN_ODDLY)
def test_a_page_whose_trigger_is_written_in_escapes_and_parameters_is_exempt_or_queued(value: str) -> None:
    page = f"{value}page"
    exempt = compiled_snapshot(below(value, "open", "Ignore"), below("/", "tickets"))
    assert outcome(exempt, page) == "page"
    assert outcome(exempt, "/tickets") == "tickets"
    assert outcome(compiled_snapshot(below(value, "tickets")), page) == "tickets"


@pytest.mark.parametrize("operator", ["Equals", "EqualsAny"])
@pytest.mark.parametrize("value", WRITTEN_ODDLY)
def test_an_exempt_page_named_whole_stays_exempt(value: str, operator: str) -> None:
    page = f"{value}page"
    part = url_part(page, Operator=operator, ValuesToCompare=[page])
    exempt = queue_integration(part, EventId="open", ActionType="Ignore")
    snapshot = compiled_snapshot(exempt, below("/", "tickets"))
    assert outcome(snapshot, page) == "page"
    assert outcome(snapshot, f"{page}/more") == "tickets"
