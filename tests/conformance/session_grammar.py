"""Which session cookies protocol section 4 accepts under its **stricter** rules, written from the page alone."""

import hashlib
import hmac
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

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

USUAL_TYPES = ("queue", "safetynet", "afterevent", "disabled", "directlink", "idle", "debug", "timeout")
GUID_LENGTH = 36


def mac(key: str, text: str) -> str:
    """HMAC-SHA256 of `text` in lower-case hex (protocol section 1)."""
    return hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


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

    def signed(self, room: str) -> str:
        """The text under the Hash, with the room written as `room`."""
        return f"{room}{self.queue_id}{self.fixed}{self.redirect_type}{self.issued_at}{self.hip}"

    def fits(self, key: str, room: str) -> bool:
        """Whether the Hash is right with the room written as `room`."""
        return mac(key, self.signed(room)) == self.hash

    @property
    def others(self) -> str:
        """The text under the Mac."""
        return self.text.partition("&Hash=")[0]

    @property
    def hash_is_over_mac_text(self) -> bool:
        """Whether its Hash has to be made over the text of its Mac."""
        return needs_mac(self.queue_id, self.redirect_type) and is_ambiguous(self.signed(self.room.lower()))


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
    """Whether the Hash alone leaves more than one reading of a cookie."""
    return not (_GUID.fullmatch(queue_id) and redirect_type in USUAL_TYPES)


def is_ambiguous(signed: str) -> bool:
    """Whether the text under a Hash ends as that of a cookie which needs no Mac, some room's id before it."""
    ending = re.fullmatch(r"(.*?)([0-9]{10})([0-9a-f]{64})?", signed, re.ASCII | re.DOTALL)
    if not ending:
        return False
    for kind in USUAL_TYPES:
        if ending[1].endswith(kind):
            before = ending[1].removesuffix(kind)
            for digits in range(6):
                rest, validity = before[: len(before) - digits], before[len(before) - digits :]
                is_validity = not digits or re.fullmatch(r"[1-9][0-9]*", validity, re.ASCII)
                if is_validity and len(rest) > GUID_LENGTH and _GUID.fullmatch(rest[-GUID_LENGTH:]):
                    return True
    return False


def with_mac(text: str, key: str) -> str:
    """The text of a cookie to be set, with the last key that its shape may call for."""
    pairs = [pair.partition("=") for pair in text.split("&")]
    values = {name: value for name, _, value in pairs}
    if not needs_mac(values.get("QueueId", ""), values.get("RedirectType", "")):
        return text
    others = "&".join(["".join(pair) for pair in pairs if pair[0] != "Hash"])
    signed = "".join([value for name, _, value in pairs if name not in ("EventId", "Hash")])
    proof = mac(key, others) if is_ambiguous(values["EventId"].lower() + signed) else values["Hash"]
    return f"{others}&Hash={proof}&Mac={mac(key, others)}"


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
    return mac(key, cookie.others) == cookie.mac
