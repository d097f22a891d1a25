"""Who holds a genuine session passes exactly while it is valid, however strange the rest of the request is.

That nobody else passes and that no request raises is what tests/fuzz looks for.
"""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import event_handling, handover, viewer_response
from queueit.snapshot import Snapshot
from tests.answers import is_pass
from tests.builders import (
    COOKIE_PREFIX,
    GUID,
    NOW,
    compiled_snapshot,
    cookie_header,
    encode_component,
    part,
    queue_integration,
    session_pair,
    session_text,
    url_part,
    viewer_request_event,
)
from tests.property.strategies import any_text, header_lines, hostile_text, hosts, spellings

PATH = "/tickets/row"
SETTINGS = [{}, {"url_matching": "as_configured"}]
BOTH_KEYS = {"secret_key": "the-new-key", "previous_secret_key": "not-a-real-secret-key"}


class Snapshots(list[Snapshot]):
    """Several snapshots, which a failing example does not print."""

    def __repr__(self) -> str:
        return f"<{len(self)} snapshots>"


@pytest.fixture(scope="session")
def queueing() -> Snapshots:
    """Queue for /tickets in every way that may decide differently."""
    integrations = [
        queue_integration(),
        queue_integration(InvolvedWaitingRoomIds=["sale", "Tickets"], ExtendCookieValidity=False),
        queue_integration(RedirectLogic="EventTargetUrl", IsNormalizationEnabled=True),
        queue_integration(RedirectLogic="ForcedTargetUrl", ForcedTargetUrl="https://x.example/"),
    ]
    return Snapshots(
        [
            compiled_snapshot(integration, settings=settings, keys=BOTH_KEYS)
            for integration in integrations
            for settings in SETTINGS
        ]
    )


@pytest.fixture(scope="session")
def guarded() -> Snapshots:
    """The room for /tickets/ behind everything that lets others pass: exemptions, a Cancel, another room."""
    office = part("HttpHeader", "198.51.100.9", HttpHeaderName="X-Queueit-ClientIP")
    before = [
        queue_integration(office, ActionType="Ignore", EventId="open"),
        queue_integration(url_part("/static/"), ActionType="Ignore", EventId="open"),
        queue_integration(url_part("/x/"), ActionType="Cancel", EventId="gone"),
        queue_integration(url_part("/free/"), EventId="free"),
    ]
    host = url_part("shop.example.com", UrlPart="HostName", Operator="Equals")
    paths = [
        url_part("/tickets/"),
        url_part(PATH, Operator="Equals"),
        url_part("", Operator="EqualsAny", ValuesToCompare=["/other", PATH]),
        url_part("/TICKETS/", IsIgnoreCase=True),
    ]
    return Snapshots([compiled_snapshot(*before, queue_integration(host, path)) for path in paths])


@given(uri=spellings(PATH), host=hosts, others=st.lists(st.sampled_from(["free", "gone", "open", "ticket"])))
def test_in_every_spelling_a_visitor_passes_with_a_session_of_every_room_and_not_without(
    guarded: Snapshots, uri: str, host: str, others: list[str]
) -> None:
    for rooms, passes in ((others, False), (["tickets", "free"], True)):
        event = viewer_request_event(uri, host=host, headers=cookie_header(*map(session_pair, rooms)))
        for snapshot in guarded:
            assert is_pass(event_handling.handle(copy.deepcopy(event), snapshot, NOW)) is passes


@given(
    room=st.sampled_from(["tickets", "sale", "Tickets", "concert"]),
    queue_id=st.sampled_from([GUID, ""]),
    issued_at=st.integers(min_value=NOW - 2 * 86_400, max_value=NOW + 3_600),
    validity=st.sampled_from(["", "1", "20", "1440"]),
    # A debug token asks for diagnostics before anything else, and is an error of its own (protocol section 11).
    noise=header_lines.filter(lambda lines: "debug" not in str(lines).lower()),
)
def test_a_genuine_session_passes_exactly_while_it_is_valid_whatever_else_is_sent(
    queueing: Snapshots, room: str, queue_id: str, issued_at: int, validity: str, noise: Any
) -> None:
    has_mac = not queue_id  # a session without a GUID in it has one (protocol section 4)
    text = session_text(room, queue_id=queue_id, issued_at=issued_at, validity=validity, with_mac=has_mac)
    headers = [*noise, ("Cookie", session_pair(room, text))]
    event = viewer_request_event(headers=headers)
    is_young = NOW - 60 * int(validity or 20) <= issued_at <= NOW + 60
    for snapshot in queueing:
        rooms = snapshot.integrations[0].rooms
        result = event_handling.handle(copy.deepcopy(event), snapshot, NOW)
        assert is_pass(result) is (is_young and room in rooms)


@given(carrier=st.one_of(any_text, hostile_text, hostile_text.map("request-1 | ok | ".__add__)))
def test_no_carrier_raises_or_sets_a_cookie_that_is_not_the_connectors(carrier: str) -> None:
    event = viewer_request_event(request_id="request-1")
    cf = event["Records"][0]["cf"]
    cf["request"]["headers"][handover.HEADER] = [{"key": handover.HEADER, "value": carrier}]
    cf["response"] = {"status": "200", "statusDescription": "OK", "headers": {}}
    response = viewer_response.handler(event, None)

    for line in response["headers"].get("set-cookie", []):
        assert line["value"].startswith((COOKIE_PREFIX, "queueitdebug="))
        assert line["value"].isprintable()


@given(text=st.sampled_from([session_text(), session_text(validity="20")]), value=any_text)
def test_noise_beside_a_genuine_cookie_does_not_lock_its_visitor_out(
    queueing: Snapshots, text: str, value: str
) -> None:
    cookies = [
        f"a={value}",
        f"{COOKIE_PREFIX}tickets={value}",
        f"{COOKIE_PREFIX}tickets={encode_component(text)}",
    ]
    event = viewer_request_event(headers=[("Cookie", "; ".join(cookies))])
    for snapshot in queueing:
        assert is_pass(event_handling.handle(copy.deepcopy(event), snapshot, NOW))
