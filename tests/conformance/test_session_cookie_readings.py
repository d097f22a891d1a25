"""The session cookies that the reference issues are those that the tests of our own reader make.

What else they could be read as is told there (tests/unit/queueit/test_session_cookie_readings.py).
"""

from tests.builders import mac
from tests.conformance.case_generator import COOKIE_PREFIX, sign_token
from tests.conformance.comparison import ask
from tests.conformance.oracle import Oracle
from tests.conformance.pins import NOW, group, with_token
from tests.session_readings import Fields, genuine


def issued_by_the_reference(oracle: Oracle, fields: Fields, key: str) -> str:
    """The text of the cookie that the reference sets for a token of `fields`."""
    parts = [("e", fields.room), ("q", fields.queue_id), ("ts", str(int(NOW) + 60)), ("cv", fields.validity),
             ("rt", fields.redirect_type), ("hip", fields.hip)]  # fmt: skip
    token = sign_token([part for part in parts if part[1] or part[0] == "rt"], key)
    asked = group(with_token(token), EventId=fields.room)._replace(secret_key=key)
    (answer,) = ask(oracle, asked)
    (text,) = [cookie[1] for cookie in answer["cookies"] if cookie[0] == COOKIE_PREFIX + fields.room]
    return str(text)


def test_the_reference_signs_as_the_protocol_says(oracle: Oracle) -> None:
    for fields, key in genuine():
        assert issued_by_the_reference(oracle, fields, key) == (
            f"{fields.pairs}&Hash={mac(fields.hash_text, key)}"
        )
