"""Percent-encoding as browsers and the platform do it (protocol sections 4 and 6)."""

import re

_NOT_URI_COMPONENT = re.compile(r"[^A-Za-z0-9\-_.!~*'()=&]")  # these last two are replaced apart
_NOT_UNRESERVED = re.compile(r"[^A-Za-z0-9\-_.~:/?=&]")  # these last five are replaced apart
_NOT_VISIBLE_ASCII = re.compile(r"[^!-~]")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# The engine's one spelling that differs: the platform's `enc` writes these five in lower-case hex (section 6).
_STRICT = {"!": "%21", "'": "%27", "(": "%28", ")": "%29", "*": "%2a"}


def percent_encode(match: "re.Match[str]") -> str:
    """For `re.sub`: the UTF-8 bytes of a one-character match, percent-encoded in upper-case hex."""
    character = match[0]
    code = ord(character)
    if code < 0x80:
        return f"%{code:02X}"
    return "".join([f"%{byte:02X}" for byte in character.encode()])


def _percent_encode_strict(match: "re.Match[str]") -> str:
    return _STRICT.get(match[0]) or percent_encode(match)


def encode_uri_component(text: str) -> str:
    """Encode `text` as encodeURIComponent does; the empty string when it has a lone surrogate."""
    try:
        return _NOT_URI_COMPONENT.sub(percent_encode, text).replace("=", "%3D").replace("&", "%26")
    except UnicodeEncodeError:
        return ""


def encode_query_value(text: str) -> str:
    """Encode `text` as `enc` of protocol section 6; the empty string when it has a lone surrogate."""
    try:
        text = _NOT_UNRESERVED.sub(_percent_encode_strict, text).replace(":", "%3A").replace("/", "%2F")
        return text.replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
    except UnicodeEncodeError:
        return ""


def decode_uri_component(text: str) -> str | None:
    """Decode `text` as decodeURIComponent does; None for a broken escape or bytes that are not UTF-8."""
    if "%" not in text:
        return text
    text = text.replace("%3D", "=").replace(
        "%26", "&"
    )  # nearly always all there is to do in a session cookie
    if "%" not in text:
        return text
    if _BROKEN_ESCAPE.search(text):
        return None
    try:
        return _ESCAPES.sub(lambda match: bytes.fromhex(match[0].replace("%", "")).decode(), text)
    except UnicodeDecodeError:
        return None


def encode_for_header(url: str) -> str:
    """Make `url` fit for a header: everything but visible ASCII is percent-encoded, the rest unchanged.

    A lone surrogate, which has no UTF-8 form, becomes `%EF%BF%BD` (the replacement character).
    """
    if not _NOT_VISIBLE_ASCII.search(url):
        return url
    return _NOT_VISIBLE_ASCII.sub(percent_encode, LONE_SURROGATE.sub("\ufffd", url))
