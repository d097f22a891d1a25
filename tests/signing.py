"""What the platform, and the connector at an earlier visit, would have signed: made here apart from the engine."""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote

NOW = 1_790_000_000
"""The clock of tests that need none of their own, Unix seconds."""

SECRET_KEY = "not-a-real-secret-key"  # an obvious fake
OTHER_KEY = "the-key-of-somebody-else"
ADDRESS = "203.0.113.7"
GUID = "11111111-2222-3333-4444-555555555555"
COOKIE_PREFIX = "QueueITAccepted-SDFrts345E-V3_"


def mac(text: str, key: str = SECRET_KEY) -> str:
    """HMAC-SHA256 of `text`, lower-case hex (protocol section 1)."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def encode_component(text: str) -> str:
    """encodeURIComponent."""
    return quote(text, safe="-_.!~*'()")


def queue_token(
    room: str = "tickets",
    *,
    queue_id: str = GUID,
    expires_at: int | None = NOW + 60,
    validity: str = "",
    redirect_type: str = "queue",
    address: str = "",
    extra: str = "",
    key: str = SECRET_KEY,
) -> str:
    """A queue token (protocol section 3); empty for a field leaves it out, `extra` is put before the hash."""
    fields = [
        ("e", room),
        ("q", queue_id),
        ("ts", "" if expires_at is None else str(expires_at)),
        ("ce", "true"),
        ("cv", validity),
        ("rt", redirect_type),
        ("hip", mac(address, key) if address else ""),
    ]
    text = "~".join([f"{name}_{value}" for name, value in fields if value] + ([extra] if extra else []))
    return f"{text}~h_{mac(text, key)}"


def session_text(
    room: str = "tickets",
    *,
    queue_id: str = GUID,
    validity: str = "",
    redirect_type: str = "queue",
    issued_at: int | str = NOW - 60,
    address: str = "",
    key: str = SECRET_KEY,
    with_mac: bool = False,
) -> str:
    """A session cookie's value before its percent-encoding (protocol section 4), whatever shape its fields have."""
    hashed_ip = mac(address, key) if address else ""
    pairs = [
        f"EventId={room}",
        f"QueueId={queue_id}" if queue_id else "",
        f"FixedValidityMins={validity}" if validity else "",
        f"RedirectType={redirect_type}",
        f"IssueTime={issued_at}",
        f"Hip={hashed_ip}" if hashed_ip else "",
    ]
    text = "&".join([pair for pair in pairs if pair])
    proof = mac(f"{room.lower()}{queue_id}{validity}{redirect_type}{issued_at}{hashed_ip}", key)
    return f"{text}&Hash={proof}" + (f"&Mac={mac(text, key)}" if with_mac else "")


def session_cookie(room: str = "tickets", text: str | None = None) -> str:
    """A pair for the Cookie header; `text` is the value before its percent-encoding, a valid session by default."""
    return f"{COOKIE_PREFIX}{room}={encode_component(session_text(room) if text is None else text)}"


def cookie_header(*pairs: str) -> Sequence[tuple[str, str]]:
    """One Cookie header line with these pairs."""
    return [("Cookie", "; ".join(pairs))]
