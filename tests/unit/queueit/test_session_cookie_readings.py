"""One text, one meaning: a genuine session cookie can be read in one way alone (protocol section 4)."""

from functools import cache
from urllib.parse import unquote

import pytest

from queueit import session_cookie
from queueit.secret_keys import secret_keys
from queueit.session_cookie import FORGED, VALID, Session
from tests.builders import ADDRESS, GUID, NOW, mac
from tests.session_readings import (
    KEY_BYTES,
    QUEUE_IDS,
    REDIRECT_TYPES,
    ROOMS,
    USUAL_TYPES,
    VALIDITIES,
    Fields,
    genuine,
    key_of,
    other_cookies,
    usual_readings,
)

COOKIES = [*genuine()]
# Of two with the same queue id one is tried in every run.
in_turn = pytest.mark.parametrize(
    ("fields", "key"),
    [
        *COOKIES[: len(QUEUE_IDS)],
        *(pytest.param(*one, marks=pytest.mark.full) for one in COOKIES[len(QUEUE_IDS) :]),
    ],
)
keys = cache(secret_keys)


def session_of(fields: Fields) -> Session:
    minutes = int(fields.validity) if fields.validity else None
    return Session(VALID, fields.room, fields.queue_id, minutes, fields.redirect_type, fields.hip)


def read(text: str, room: str, key: str) -> Session:
    return session_cookie.read(text, room, keys(key), ADDRESS, NOW, 20)


def issued(fields: Fields, key: str) -> str:
    """The text of the cookie that we issue."""
    return unquote(session_cookie.issue(session_of(fields), keys(key), NOW))


def issued_elsewhere(fields: Fields, key: str) -> str:
    """The text of the cookie that another connector issues."""
    return f"{fields.pairs}&Hash={mac(fields.hash_text, key)}"


def accepted(fields: Fields, text: str, key: str) -> set[Fields]:
    """Everything else that the holder of a genuine cookie can make us believe."""
    return {
        reading
        for reading, other in other_cookies(fields, text)
        if read(other, reading.room, key).status != FORGED
    }


def test_every_value_of_every_dimension_comes_up() -> None:
    fields = [fields for fields, _ in COOKIES]

    assert {one.room for one in fields} == {*ROOMS}
    assert {one.queue_id for one in fields} == {*QUEUE_IDS}
    assert {one.validity for one in fields} == {*VALIDITIES}
    assert {one.redirect_type for one in fields} == {*REDIRECT_TYPES}
    assert {bool(one.hip) for one in fields} == {True, False}
    assert {one.is_usual for one in fields} == {True, False}
    assert {len(key) for _, key in COOKIES} == {*KEY_BYTES}
    others = [len([*other_cookies(one, issued(one, key))]) for one, key in COOKIES]
    assert all(others)
    assert sum(others) > 30_000


@in_turn
def test_a_cookie_that_we_issue_has_its_own_meaning_and_no_other(fields: Fields, key: str) -> None:
    text = issued(fields, key)

    assert read(text, fields.room, key) == session_of(fields)
    assert accepted(fields, text, key) == set()


@in_turn
def test_a_cookie_without_the_mac_that_it_needs_or_with_one_that_it_does_not_need_is_forged(
    fields: Fields, key: str
) -> None:
    text = issued(fields, key)
    stripped = text.partition("&Mac=")[0]

    assert (text == stripped) is fields.is_usual
    for other in (stripped, stripped[: -len("Hash=") - 64] + f"Hash={mac(fields.hash_text, key)}"):
        assert fields.is_usual or read(other, fields.room, key).status == FORGED
    own_hash = f"{issued_elsewhere(fields, key)}&Mac={mac(fields.pairs, key)}"
    is_unambiguous = not fields.is_usual and not usual_readings(fields)
    assert (read(own_hash, fields.room, key).status == VALID) is is_unambiguous


@in_turn
def test_a_cookie_of_another_connector_counts_where_its_hash_binds_it_and_has_no_other_meaning(
    fields: Fields, key: str
) -> None:
    text = issued_elsewhere(fields, key)

    assert (read(text, fields.room, key).status == VALID) is fields.is_usual
    # Where there is one, the cookie is ambiguous by its making.
    assert accepted(fields, text, key) == usual_readings(fields)
    assert len(usual_readings(fields)) <= (not fields.is_usual)


@pytest.mark.parametrize("queue_id", [GUID, GUID.upper(), ""])
@pytest.mark.parametrize("kind", USUAL_TYPES)
def test_a_cookie_of_the_platforms_values_is_ambiguous_only_in_a_room_whose_id_holds_a_guid(
    queue_id: str, kind: str
) -> None:
    for room in ROOMS:
        for validity in VALIDITIES:
            ambiguous = bool(usual_readings(Fields(room, queue_id, validity, kind)))
            assert ambiguous is (GUID in room and room != GUID and not queue_id)


@pytest.mark.parametrize(
    "room",
    [
        f"tickets-{GUID}",
        pytest.param(GUID * 2, marks=pytest.mark.full),
        pytest.param(f"{GUID}x{GUID}", marks=pytest.mark.full),
    ],
)
@pytest.mark.parametrize("queue_id", ["", "7", GUID, f"{GUID}1"])
@pytest.mark.parametrize("redirect_type", ["queue", "safetynet", "admin", f"{GUID}3idle"])
def test_in_a_room_whose_id_holds_a_guid_our_own_cookies_still_have_one_meaning(
    room: str, queue_id: str, redirect_type: str
) -> None:
    fields = Fields(room, queue_id, "", redirect_type)
    text = issued(fields, key_of(32))

    assert read(text, room, key_of(32)) == session_of(fields)
    assert accepted(fields, text, key_of(32)) == set()


def test_no_usual_redirect_type_can_be_taken_for_the_end_of_another_or_for_an_address() -> None:
    for one in USUAL_TYPES:
        assert [other for other in USUAL_TYPES if other.endswith(one)] == [one]
        assert set(one) - set("0123456789abcdef")
