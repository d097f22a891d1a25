"""The names of tests/builders.py that tests still import from here."""

from tests.builders import (
    ADDRESS,
    COOKIE_PREFIX,
    GUID,
    NOW,
    OTHER_KEY,
    SECRET_KEY,
    cookie_header,
    encode_component,
    mac,
    queue_token,
    session_text,
)
from tests.builders import session_pair as session_cookie

__all__ = [
    "ADDRESS",
    "COOKIE_PREFIX",
    "GUID",
    "NOW",
    "OTHER_KEY",
    "SECRET_KEY",
    "cookie_header",
    "encode_component",
    "mac",
    "queue_token",
    "session_cookie",
    "session_text",
]
