"""No request raises, and none turns a Queue decision into a pass (design: at the edge)."""

import copy
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge import event_handling, handover, viewer_response
from queueit.snapshot import Snapshot
from tests.answers import is_pass, is_to_the_waiting_room
from tests.builders import (
    COOKIE_PREFIX,
    GUID,
    NOW,
    compiled_snapshot,
    cookie_header,
    encode_component,
    part,
    queue_integration,
    queue_token,
    session_pair,
    session_text,
    triggers,
    url_part,
    viewer_request_event,
)
from tests.property.strategies import (
    addresses,
    any_text,
    bodies,
    claims,
    header_lines,
    hostile_text,
    hosts,
    methods,
    query_strings,
    spellings,
)
from workbench.local_edge.rules import check_viewer_request_result

Event = dict[str, Any]

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
def mixed() -> Snapshot:
    """All three actions, with triggers on every part of a request."""
    cookie = part("Cookie", "1", CookieName="a", Operator="Contains")
    header = part("HttpHeader", "*", HttpHeaderName="Accept", Operator="Contains")
    agent = part("UserAgent", "", Operator="ContainsAny", ValuesToCompare=["e", "%"], IsIgnoreCase=True)
    body = part("RequestBody", "b", Operator="Contains")
    return compiled_snapshot(
        queue_integration(ActionType="Ignore", Triggers=triggers(cookie)),
        queue_integration(ActionType="Cancel", Triggers=triggers(header)),
        queue_integration(Triggers=triggers(agent, body, operator="Or")),
        queue_integration(),
    )


@given(
    uri=hostile_text.map("/".__add__),
    query=query_strings,
    headers=header_lines,
    method=methods,
    client_ip=addresses,
    body=bodies,
)
def test_no_request_raises_and_every_answer_keeps_cloudfronts_rules(
    mixed: Snapshot, queueing: Snapshots, **parts: Any
) -> None:
    event = viewer_request_event(parts.pop("uri"), parts.pop("query"), **parts)
    for snapshot in (mixed, queueing[0]):
        given_event = copy.deepcopy(event)
        sent = copy.deepcopy(given_event["Records"][0]["cf"]["request"])
        result = event_handling.handle(given_event, snapshot, NOW)
        if is_pass(result):
            others = {**result, "headers": {**result["headers"]}, "querystring": sent["querystring"]}
            for name in handover.INTERNAL_HEADERS:
                sent["headers"].pop(name, None)
                others["headers"].pop(name, None)
            assert others == sent
        else:
            check_viewer_request_result(result, sent)


def assert_queued(event: Event, snapshots: list[Snapshot]) -> None:
    """Each of the snapshots sends the visitor to the waiting room, with no session."""
    for snapshot in snapshots:
        result = event_handling.handle(copy.deepcopy(event), snapshot, NOW)
        assert not is_pass(result)
        assert is_to_the_waiting_room(result)
        assert all(["=;" in line["value"] for line in result["headers"].get("set-cookie", [])])


@given(
    uri=st.sampled_from(["/tickets", "/tickets/row/1", "/a/tickets"]),
    query=query_strings,
    headers=header_lines,
    method=methods,
    client_ip=addresses,
    body=bodies,
)
def test_no_request_passes_without_a_genuine_token_or_session(queueing: Snapshots, **parts: Any) -> None:
    assert_queued(viewer_request_event(parts.pop("uri"), parts.pop("query"), **parts), queueing)


PATH = "/tickets/row"


@given(uri=spellings(PATH), query=query_strings, headers=header_lines, method=methods, body=bodies)
def test_no_spelling_of_a_protected_path_passes(queueing: Snapshots, **parts: Any) -> None:
    every_form = [one for one in queueing if one.settings.url_matching == "every_form"]

    assert every_form
    assert_queued(viewer_request_event(parts.pop("uri"), parts.pop("query"), **parts), every_form)


@pytest.fixture(scope="session")
def guarded() -> Snapshots:
    """The room for /tickets/ behind everything that lets others pass: exemptions, a Cancel, a weaker room."""
    office = part("HttpHeader", "198.51.100.9", HttpHeaderName="X-Queueit-ClientIP")
    before = [
        queue_integration(ActionType="Ignore", EventId="open", Triggers=triggers(office)),
        queue_integration(ActionType="Ignore", EventId="open", Triggers=triggers(url_part("/static/"))),
        queue_integration(ActionType="Cancel", EventId="gone", Triggers=triggers(url_part("/x/"))),
        queue_integration(EventId="free", Triggers=triggers(url_part("/free/"))),
    ]
    host = url_part("shop.example.com", UrlPart="HostName", Operator="Equals")
    paths = [
        url_part("/tickets/"),
        url_part(PATH, Operator="Equals"),
        url_part("", Operator="EqualsAny", ValuesToCompare=["/other", PATH]),
        url_part("/TICKETS/", IsIgnoreCase=True),
    ]
    return Snapshots(
        [compiled_snapshot(*before, queue_integration(Triggers=triggers(host, path))) for path in paths]
    )


@given(
    uri=spellings(PATH),
    query=query_strings,
    host=hosts,
    noise=header_lines,
    claimed=claims,
    method=methods,
    rooms=st.lists(st.sampled_from(["free", "gone", "open", "ticket", "tickets2"]), max_size=3),
    body=bodies,
)
def test_no_request_passes_without_a_proof_for_the_room_of_every_form(
    guarded: Snapshots,
    uri: str,
    query: str,
    host: str,
    noise: list[tuple[str, str]],
    claimed: list[tuple[str, str]],
    method: str,
    rooms: list[str],
    body: Any,
) -> None:
    headers = [*noise, *claimed, *cookie_header(*[session_pair(room) for room in rooms])]
    assert_queued(
        viewer_request_event(uri, query, host=host, headers=headers, method=method, body=body), guarded
    )


@given(uri=spellings(PATH), host=hosts)
def test_a_visitor_with_a_session_of_every_room_passes_in_every_spelling(
    guarded: Snapshots, uri: str, host: str
) -> None:
    held = cookie_header(session_pair("tickets"), session_pair("free"))
    event = viewer_request_event(uri, host=host, headers=held)
    for snapshot in guarded:
        assert is_pass(event_handling.handle(copy.deepcopy(event), snapshot, NOW))


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """`text` with something put in, taken out, replaced or repeated."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 3)))
    new = draw(st.one_of(st.text(string.printable, max_size=3), hostile_text))
    return text[:start] + new + text[end:]


@given(token=changed(queue_token()))
def test_no_changed_token_passes(queueing: Snapshots, token: str) -> None:
    assume(token != queue_token())
    written = quote(token, safe="", errors="replace")
    for event in (
        viewer_request_event(querystring=f"queueittoken={written}"),
        viewer_request_event(headers=[("x-queueittoken", token)]),
    ):
        assert_queued(event, queueing)


@given(text=changed(session_text()))
def test_no_changed_session_passes(queueing: Snapshots, text: str) -> None:
    # A room is the same in any case (protocol section 4).
    assume(text.lower() != session_text().lower())
    cookie = f"{COOKIE_PREFIX}tickets={quote(text, safe='', errors='replace')}"
    assert_queued(viewer_request_event(headers=[("Cookie", cookie)]), queueing)


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
    text = session_text(room, queue_id=queue_id, issued_at=issued_at, validity=validity)
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
