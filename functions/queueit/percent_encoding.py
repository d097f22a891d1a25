"""Percent-encoding as browsers and the platform do it (protocol sections 4 and 6)."""

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
"""RFC 3986, 2.3."""

_URI_COMPONENT = UNRESERVED + b"!*'()=&"  # the last two are replaced apart
_QUERY_VALUE = UNRESERVED + b":/?=&"  # the last five too
_VISIBLE_ASCII = bytes(range(0x21, 0x7F))
_BROKEN_ESCAPE = "%(?![0-9A-Fa-f]{2})"
_ESCAPES = "(?:%[0-9A-Fa-f]{2})+"


def replace_lone_surrogates(text: str, by: "str | Callable[[re.Match[str]], str]" = "\ufffd") -> str:
    """`text` as UTF-8 can hold it: each surrogate without its other half replaced as `re.sub` does."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", by, text)


def percent_encode(match: "re.Match[str]") -> str:
    """For `re.sub`: the UTF-8 bytes of a match, percent-encoded in upper-case hex."""
    return f"%{match[0].encode().hex('%').upper()}"


@lru_cache(maxsize=3)
def _all_but(kept: bytes) -> "re.Pattern[str]":
    return re.compile(f"[^{re.escape(kept.decode())}]+")


def _percent_encoded(text: str, kept: bytes) -> str:
    """`text` with all but `kept` percent-encoded; the empty string when it has a lone surrogate."""
    try:
        others = text.encode().translate(None, kept)
    except UnicodeEncodeError:
        return ""
    return _all_but(kept).sub(percent_encode, text) if others else text


def encode_uri_component(text: str) -> str:
    """Encode `text` as encodeURIComponent does; the empty string when it has a lone surrogate."""
    return _percent_encoded(text, _URI_COMPONENT).replace("=", "%3D").replace("&", "%26")


def encode_query_value(text: str) -> str:
    """Encode `text` as `enc` of protocol section 6; the empty string when it has a lone surrogate."""
    text = _percent_encoded(text, _QUERY_VALUE).replace(":", "%3A").replace("/", "%2F")
    text = text.replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
    return text.replace("%2A", "%2a")  # as the platform's connectors do


def decode_uri_component(text: str) -> str | None:
    """Decode `text` as decodeURIComponent does; None for a broken escape or bytes that are not UTF-8."""
    if "%" not in text:
        return text
    text = text.replace("%3D", "=").replace("%26", "&")  # nearly always all there is in a session cookie
    if "%" not in text:
        return text
    if re.search(_BROKEN_ESCAPE, text):
        return None
    try:
        return re.sub(_ESCAPES, lambda match: bytes.fromhex(match[0].replace("%", "")).decode(), text)
    except UnicodeDecodeError:
        return None


def encode_for_header(url: str) -> str:
    """Make `url` fit for a header: everything but visible ASCII is percent-encoded, the rest unchanged.

    A lone surrogate, which has no UTF-8 form, becomes `%EF%BF%BD` (the replacement character).
    """
    return _percent_encoded(replace_lone_surrogates(url), _VISIBLE_ASCII)
