"""What strange requests and documents are made of, for the property tests."""

import copy
from typing import Any

from hypothesis import strategies as st

from tests.builders import (
    ADDRESS,
    COOKIE_PREFIX,
    GUID,
    NOW,
    OTHER_KEY,
    encode_component,
    mac,
    queue_token,
    session_text,
)
from tests.spelling import spelled

any_text = st.text(st.characters(codec=None), max_size=60)
"""Text of any code points, lone surrogates included."""

_pieces = st.sampled_from(
    [
        "~", "_", "&", "=", "%", "%25", "%3D", "%26", "%7E", "%5F", "%00", "%FF", "%C3%A9", "%2e", "/", "..", ";", " ",
        "+", "?", "#", "\\", "\r\n", "\0", "\ud800", "🎟", "e_tickets", "h_", "~h_", f"ts_{NOW + 60}", "rt_debug",
        "q_1", "cv_99999", "hip_", "queueittoken", "QueueItToken=", "queueittoken=", "EventId=tickets", "QueueId=",
        "RedirectType=queue", f"IssueTime={NOW}", "Hash=", "Mac=", "Hip=", GUID, mac("anything"), "0" * 64, "9" * 30,
        COOKIE_PREFIX, "tickets", "Tickets", "TICKETS",
    ]
)  # fmt: skip

hostile_text = st.lists(st.one_of(_pieces, any_text), max_size=8).map("".join)
"""Text of the pieces that tokens, cookies and URLs are made of, in any order."""

foreign_tokens = st.one_of(
    hostile_text,
    st.builds(
        queue_token,
        st.sampled_from(["tickets", "sale", "Tickets", ""]),
        expires_at=st.sampled_from([None, 0, NOW - 1, NOW + 60]),
        validity=st.sampled_from(["", "3", "99999"]),
        redirect_type=st.sampled_from(["queue", "debug", "safetynet", ""]),
        address=st.sampled_from(["", ADDRESS]),
        key=st.just(OTHER_KEY),
    ),
)
"""Tokens that nobody with the account's key signed."""

foreign_sessions = st.one_of(
    hostile_text,
    st.builds(
        session_text,
        st.sampled_from(["tickets", "sale", "Tickets"]),
        queue_id=st.sampled_from(["", GUID, "q1"]),
        validity=st.sampled_from(["", "3", "99999"]),
        redirect_type=st.sampled_from(["queue", "1", ""]),
        issued_at=st.sampled_from([NOW, NOW - 60, "1000000000", "9999999999"]),
        address=st.sampled_from(["", ADDRESS]),
        key=st.just(OTHER_KEY),
        with_mac=st.booleans(),
    ).map(encode_component),
)
"""Session cookies' values that nobody with the account's key signed."""

_session_pairs = st.tuples(st.sampled_from(["tickets", "sale", "Tickets"]), foreign_sessions).map(
    lambda pair: f"{COOKIE_PREFIX}{pair[0]}={pair[1]}"
)
_cookie_lines = st.lists(st.one_of(_session_pairs, hostile_text), max_size=4).map("; ".join)
header_lines = st.lists(
    st.one_of(
        st.tuples(st.just("Cookie"), _cookie_lines),
        st.tuples(st.just("x-queueittoken"), foreign_tokens),
        st.tuples(
            st.sampled_from(
                [
                    "x-queueit-ajaxpageurl", "X-Queueit-Handover", "x-queueit-connector", "x-queueit-failed",
                    "User-Agent", "X-Forwarded-For", "Accept",
                ]
            ),
            hostile_text,
        ),
    ),
    max_size=5,
)  # fmt: skip

HOSTS = (
    "shop.example.com",
    "Shop.EXAMPLE.com",
    "shop.example.com.",
    "shop.example.com:443",
    "d111111abcdef8.cloudfront.net",
    "D111111ABCDEF8.cloudfront.net.",
)
"""Names of shop.example.com, and of the distribution's own domain."""

QUERIES = ("", "?a=1", "?a=1&b=%2F", "?next=//tickets/../sale;v=1")

hosts = st.sampled_from(HOSTS)


@st.composite
def spellings(draw: st.DrawFn, path: str) -> str:
    """A path that some origin takes for `path` (section 9)."""
    uri = spelled(path, lambda options: draw(st.sampled_from(options)))
    return uri if uri[0] == "/" else f"/{uri}"


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_text, inner, max_size=3)),
    max_leaves=8,
)


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every place in `document` that holds a value: the object or list, and the key or index in it."""
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for place, value in inside:
        found.append((document, place))
        if isinstance(value, (dict, list)):
            found += _places(value)
    return found


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """A copy of `document`, an object, with up to three of its values left out or replaced by any other JSON."""
    copied = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        places = _places(copied)
        if places:
            holder, place = draw(st.sampled_from(places))
            if draw(st.booleans()):
                del holder[place]
            else:
                holder[place] = draw(json_values)
    return copied
