"""Which session cookies protocol section 4 accepts under its **stricter** rules, written from the page alone."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from tests.conformance.case_generator import mac

_PAIRS = re.compile(
    r"EventId=(?P<room>[^&=]+)"
    r"(&QueueId=(?P<queue_id>[^&=]+))?"
    r"(&FixedValidityMins=(?P<fixed>[1-9][0-9]{0,4}))?"
    r"&RedirectType=(?P<redirect_type>[^&=]*)"
    r"&IssueTime=(?P<issued_at>[0-9]{10})"
    r"(&Hip=(?P<hip>[0-9a-f]{64}))?"
    r"&Hash=(?P<hash>[0-9a-f]{64})"
    r"(&Mac=(?P<mac>[0-9a-f]{64}))?",
    re.ASCII,
)
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class SessionCookie(NamedTuple):
    """A session cookie's text, decoded, and the fields of it; empty strings for what is absent."""

    text: str
    room: str
    queue_id: str
    fixed: str
    redirect_type: str
    issued_at: int
    hip: str
    hash: str
    mac: str

    def fits(self, key: str, room: str) -> bool:
        """Whether the Hash is right with the room written as `room`."""
        signed = f"{room}{self.queue_id}{self.fixed}{self.redirect_type}{self.issued_at}{self.hip}"
        return mac(key, signed) == self.hash


@lru_cache(maxsize=1024)  # each difference asks again about the same texts
def decode(value: str) -> str | None:
    """decodeURIComponent; None where that throws."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", value):
        return None
    try:
        return re.sub(r"(%[0-9A-Fa-f]{2})+", lambda escapes: unquote_to_bytes(escapes[0]).decode(), value)
    except UnicodeDecodeError:
        return None


def needs_mac(queue_id: str, redirect_type: str) -> bool:
    """Whether queue id or redirect type have another shape than the strict one."""
    digits = tuple("0123456789")
    odd_queue_id = bool(queue_id) and not _GUID.fullmatch(queue_id)
    return odd_queue_id or redirect_type.startswith(digits) or redirect_type.endswith(digits)


def with_mac(text: str, key: str) -> str:
    """The text of a cookie to be set, with the last key that its shape may call for."""
    pairs = [pair.partition("=") for pair in text.split("&")]
    values = {name: value for name, _, value in pairs}
    if not needs_mac(values.get("QueueId", ""), values.get("RedirectType", "")):
        return text
    others = "&".join(["".join(pair) for pair in pairs if pair[0] != "Hash"])
    return f"{text}&Mac={mac(key, others)}"


@lru_cache(maxsize=1024)
def parse(value: str) -> SessionCookie | None:
    """A cookie's value as sent; None when it is not exactly of the grammar."""
    text = decode(value)
    match = _PAIRS.fullmatch(text) if text else None
    if text is None or match is None:
        return None
    fields = match.groupdict("")
    return SessionCookie(
        text, fields["room"], fields["queue_id"], fields["fixed"], fields["redirect_type"],
        int(fields["issued_at"]), fields["hip"], fields["hash"], fields["mac"],
    )  # fmt: skip


def mac_is_right(cookie: SessionCookie, key: str) -> bool:
    """Whether a Mac is there exactly where the shape calls for it, and fits."""
    if not needs_mac(cookie.queue_id, cookie.redirect_type):
        return not cookie.mac
    return mac(key, cookie.text.partition("&Hash=")[0]) == cookie.mac
