"""Every parser takes every input: what is strange is told as absent, invalid or wrong, and never raised."""

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from queueit import session_cookie
from queueit.cookies import parse_cookies
from queueit.decision import decide
from queueit.errors import InvalidIntegrationConfig, InvalidSettings, QueueitError
from queueit.integration_config import compile_integration_config
from queueit.percent_encoding import (
    decode_uri_component,
    encode_for_header,
    encode_query_value,
    encode_uri_component,
)
from queueit.queue_token import parse_queue_token, token_error
from queueit.redirect_urls import MAX_LENGTH
from queueit.secret_keys import secret_keys
from queueit.session_cookie import FORGED, VALID, Session
from queueit.settings import parse_settings
from queueit.snapshot import compile_snapshot
from queueit.url_forms import Url
from queueit.url_normalization import normalize_url
from tests.builders import (
    ADDRESS,
    GUID,
    NOW,
    SECRET_KEY,
    integration_config,
    mac,
    queue_integration,
    queue_token,
    session_pair,
    snapshot_document,
)
from tests.property.strategies import any_text, foreign_sessions, foreign_tokens, hostile_text, spoiled
from tests.unit.queueit.visits import visit

KEYS = secret_keys(SECRET_KEY)
SETTINGS = {
    "enabled": True,
    "url_matching": "as_configured",
    "own_domain": "as_sent",
    "preflight": "decide",
    "ignored_methods": ["TRACE"],
    "session_cookie": {"same_site": "Lax", "secure": True, "http_only": False},
    "poll_interval_seconds": 30,
    "replica_regions": ["eu-west-1"],
}

strange_text = st.one_of(any_text, hostile_text)
encodable_text = st.text(max_size=60)


@given(foreign_tokens)
def test_any_text_is_a_token_with_an_error_or_none(text: str) -> None:
    token = parse_queue_token(text)

    assert token is None or token_error(token, KEYS, ("tickets",), ADDRESS, NOW) == "hash"


@given(
    st.sampled_from(["tickets", "sale", "Tickets"]),
    st.integers(min_value=0, max_value=2 * NOW),
    st.sampled_from(["", ADDRESS, "198.51.100.1"]),
    st.sampled_from(["queue", "idle", "debug"]),
)
def test_a_signed_token_is_valid_exactly_when_room_time_and_address_are(
    room: str, expires_at: int, address: str, redirect_type: str
) -> None:
    token = parse_queue_token(
        queue_token(room, expires_at=expires_at, address=address, redirect_type=redirect_type)
    )
    assert token
    is_good = room == "tickets" and expires_at >= NOW and address in ("", ADDRESS)

    assert (token_error(token, KEYS, ("tickets",), ADDRESS, NOW) is None) is is_good


@given(foreign_sessions, st.sampled_from(["tickets", "Tickets"]), st.sampled_from([None, 1, 99_999]))
def test_any_text_but_a_signed_one_is_a_forged_session(value: str, room: str, minutes: int | None) -> None:
    assert session_cookie.read(value, room, KEYS, ADDRESS, NOW, minutes) == Session(FORGED, room)


@given(
    st.from_regex(re.compile(r"[A-Za-z0-9.\-_]{1,40}", re.ASCII), fullmatch=True),
    st.one_of(st.just(GUID), st.just(""), encodable_text),
    st.one_of(st.none(), st.integers(min_value=1, max_value=99_999)),
    st.one_of(st.just("queue"), encodable_text),
    st.booleans(),
)
def test_a_session_that_is_issued_is_read_back(
    room: str, queue_id: str, minutes: int | None, redirect_type: str, is_bound: bool
) -> None:
    sent = Session(VALID, room, queue_id, minutes, redirect_type, mac(ADDRESS) if is_bound else "")
    value = session_cookie.issue(sent, KEYS, NOW)
    found = session_cookie.read(value, room, KEYS, ADDRESS, NOW, 20)

    assert found.is_valid
    assert found == sent._replace(
        queue_id=re.sub("[&=]", "", queue_id)[:256],
        redirect_type=re.sub("[&=]", "", redirect_type.lower())[:256],
    )


@given(st.one_of(any_text, hostile_text), st.one_of(any_text, hostile_text))
def test_a_session_of_any_token_can_be_issued_and_is_read_back_as_valid(
    queue_id: str, redirect_type: str
) -> None:
    value = session_cookie.issue(Session(VALID, "tickets", queue_id, None, redirect_type), KEYS, NOW)

    assert session_cookie.read(value, "tickets", KEYS, ADDRESS, NOW, 20).is_valid
    assert re.fullmatch(r"[A-Za-z0-9\-_.!~*'()%]+", value)


@given(strange_text)
def test_any_text_decodes_to_text_or_nothing(text: str) -> None:
    decoded = decode_uri_component(text)

    assert decoded is None or "%" in text or decoded == text


@given(encodable_text)
def test_what_is_encoded_decodes_to_what_it_was(text: str) -> None:
    assert decode_uri_component(encode_uri_component(text)) == text
    assert decode_uri_component(encode_query_value(text)) == text


@given(strange_text)
def test_encoded_text_is_of_characters_that_any_url_can_hold(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9\-_.!~*'()%]*", encode_uri_component(text))
    assert re.fullmatch(r"[A-Za-z0-9\-_.~%]*", encode_query_value(text))
    assert re.fullmatch(r"[!-~]*", encode_for_header(text))


@given(strange_text)
def test_any_text_has_a_normal_form_of_the_url_alphabet(text: str) -> None:
    for url in (text, f"https://shop.example.com/{text}", f"https://shop.example.com/?{text}"):
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#%\[\]@!$&'()*+,;=]*", normalize_url(url))


@given(strange_text)
def test_any_text_has_the_parts_of_a_url(text: str) -> None:
    url = Url(text)

    assert url.host in text
    assert url.path in text


@given(strange_text, st.lists(st.one_of(st.just("a=1"), strange_text), max_size=4))
def test_any_cookie_header_gives_the_values_of_a_name(name: str, pairs: list[str]) -> None:
    header = "; ".join(pairs)

    assert all([value in header for value in parse_cookies(header).get(name, [])])
    assert parse_cookies(header, name).get(name) == parse_cookies(header).get(name)
    assert parse_cookies("; ".join([*pairs, "; our=1"]))["our"][-1] == "1"


@given(st.lists(hostile_text, max_size=5))
def test_cutting_the_token_keeps_every_other_segment_in_its_order(segments: list[str]) -> None:
    query = "&".join(segments).replace("?", "")
    request = visit(f"https://shop.example.com/tickets?{query}")
    kept = [segment for segment in query.split("&") if segment.partition("=")[0].lower() != "queueittoken"]

    assert request.query_without_token == "&".join(kept)


def refusal(kind: type[QueueitError], act: Callable[[], object]) -> QueueitError | None:
    """The error of this kind that `act` raises, None when it succeeds; any other error is a failure."""
    try:
        act()
    except kind as error:
        return error
    return None


@given(data=st.data())
def test_any_configuration_compiles_or_is_refused_with_a_reason(data: st.DataObject) -> None:
    sound = integration_config(
        queue_integration(InvolvedWaitingRoomIds=["sale"]), queue_integration(ActionType="Cancel")
    )
    document = data.draw(spoiled(sound))
    error = refusal(InvalidIntegrationConfig, lambda: compile_integration_config(document))

    assert error is None or (str(error).startswith("invalid integration") and str(error).isprintable())


@given(data=st.data())
def test_what_compiles_decides_on_any_request(data: st.DataObject) -> None:
    integration = data.draw(spoiled(queue_integration(InvolvedWaitingRoomIds=["sale"])))
    document = snapshot_document(integration_config=integration_config(integration))
    if refusal(InvalidIntegrationConfig, lambda: compile_snapshot(document, {"secret_key": SECRET_KEY})):
        return
    snapshot = compile_snapshot(document, {"secret_key": SECRET_KEY})
    for request in (
        visit(),
        visit(f"https://shop.example.com/tickets?queueittoken={queue_token()}"),
        visit(cookie=session_pair()),
    ):
        decision = decide(snapshot, request, NOW)
        assert len(decision.redirect_url) <= MAX_LENGTH


@given(data=st.data(), strict=st.booleans())
def test_any_settings_are_read_or_refused_with_a_reason(data: st.DataObject, strict: bool) -> None:
    document = data.draw(spoiled(SETTINGS))
    error = refusal(InvalidSettings, lambda: parse_settings(document, strict=strict))

    assert error is None or (str(error).startswith("invalid settings: ") and str(error).isprintable())


@given(data=st.data())
def test_any_document_is_a_snapshot_or_is_refused_without_showing_a_key(data: st.DataObject) -> None:
    document = data.draw(spoiled(snapshot_document()))
    error = refusal(QueueitError, lambda: compile_snapshot(document, {"secret_key": SECRET_KEY}))

    assert error is None or (str(error) and SECRET_KEY not in str(error))
