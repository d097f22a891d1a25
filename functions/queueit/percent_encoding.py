"""Percent-encoding as browsers and the platform do it (protocol sections 4 and 6)."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
"""What stands for itself in any URL (RFC 3986, 2.3)."""

# Text, as a plain pass needs none of them.
_NOT_VISIBLE_ASCII = "[^!-~]+"
_BROKEN_ESCAPE = "%(?![0-9A-Fa-f]{2})"
_ESCAPES = "(?:%[0-9A-Fa-f]{2})+"


def replace_lone_surrogates(text: str, by: "str | Callable[[re.Match[str]], str]" = "\ufffd") -> str:
    """`text` as UTF-8 can hold it: each surrogate without its other half replaced as `re.sub` does."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", by, text)


def percent_encode(match: "re.Match[str]") -> str:
    """For `re.sub`: the UTF-8 bytes of a match, percent-encoded in upper-case hex."""
    return f"%{match[0].encode().hex('%').upper()}"


def _encoded(text: str, kept: bytes, separators: str) -> str:
    """`text`, percent-encoded but for what is `kept`; besides `separators` there is seldom anything to encode."""
    try:
        if text.encode().translate(None, kept + separators.encode()):
            text = re.sub(f"[^{re.escape(kept.decode() + separators)}]+", percent_encode, text)
    except UnicodeEncodeError:
        return ""
    for separator in separators:
        text = text.replace(separator, f"%{ord(separator):02X}")
    return text


def encode_uri_component(text: str) -> str:
    """Encode `text` as encodeURIComponent does; the empty string when it has a lone surrogate."""
    return _encoded(text, UNRESERVED + b"!*'()", "=&")


def encode_query_value(text: str) -> str:
    """Encode `text` as `enc` of protocol section 6; the empty string when it has a lone surrogate."""
    return _encoded(text, UNRESERVED, ":/?=&").replace("%2A", "%2a")  # as the platform's connectors write it


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
    return re.sub(_NOT_VISIBLE_ASCII, percent_encode, replace_lone_surrogates(url))
