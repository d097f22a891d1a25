"""The session cookies that the reference issues: the genuine count, and none of them can be read in another way."""

from functools import cache
from typing import Any

import pytest

from queueit import session_cookie
from queueit.secret_keys import secret_keys
from queueit.session_cookie import FORGED, VALID
from tests.conformance.case_generator import COOKIE_PREFIX, sign_token
from tests.conformance.comparison import ask
from tests.conformance.oracle import Oracle
from tests.conformance.pins import ADDRESS, NOW, group, with_token
from tests.session_readings import Fields, genuine, other_cookies, usual_readings

keys = cache(secret_keys)


def status(text: str, room: str, key: str) -> str:
    return session_cookie.read(text, room, keys(key), ADDRESS, int(NOW), 20).status


def issued_by_the_reference(oracle: Oracle, fields: Fields, key: str) -> str:
    """The text of the cookie that the reference sets for a token of `fields`."""
    parts = [("e", fields.room), ("q", fields.queue_id), ("ts", str(int(NOW) + 60)), ("cv", fields.validity),
             ("rt", fields.redirect_type), ("hip", fields.hip)]  # fmt: skip
    token = sign_token([part for part in parts if part[1] or part[0] == "rt"], key)
    asked = group(with_token(token), EventId=fields.room)._replace(secret_key=key)
    (answer,) = ask(oracle, asked)
    (text,) = [cookie[1] for cookie in answer["cookies"] if cookie[0] == COOKIE_PREFIX + fields.room]
    return str(text)


@pytest.fixture(scope="module")
def cookies(oracle: Oracle) -> list[tuple[Fields, str, str]]:
    """Fields, key and text of a cookie of the reference, for each of the genuine ones."""
    return [(fields, key, issued_by_the_reference(oracle, fields, key)) for fields, key in genuine()]


def test_the_reference_signs_as_the_protocol_says(cookies: Any) -> None:
    for fields, _, text in cookies:
        assert text.startswith(f"{fields.pairs}&Hash=")
        assert "&Mac=" not in text


def test_a_cookie_counts_where_its_hash_alone_binds_it(cookies: Any) -> None:
    counted = [(status(text, fields.room, key) == VALID, fields.is_usual) for fields, key, text in cookies]

    assert {*counted} == {(True, True), (False, False)}


def test_no_cookie_has_a_second_reading(cookies: Any) -> None:
    tried = 0
    for fields, key, text in cookies:
        if usual_readings(fields):
            continue  # ambiguous by its making, see the tests of our own cookies
        for reading, other in other_cookies(fields, text):
            tried += 1
            assert status(other, reading.room, key) == FORGED, (fields, reading)
    assert tried > 5_000
