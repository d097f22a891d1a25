"""The signed session cookie, by which a visitor who has waited browses on (protocol section 4)."""

from __future__ import annotations

import re
from functools import lru_cache

from queueit.light_typing import Struct
from queueit.percent_encoding import decode_uri_component, encode_uri_component, replace_lone_surrogates
from queueit.secret_keys import SecretKeys

NAME_PREFIX = "QueueITAccepted-SDFrts345E-V3_"
LIFETIME_SECONDS = 24 * 60 * 60
"""How long a browser keeps the cookie; how long it counts is the session's own validity."""

VALID, EXPIRED, FORGED, OTHER_ADDRESS = "valid", "expired", "forged", "other address"

_MAX_CLOCK_SKEW_SECONDS = 60
_MAX_FIELD_LENGTH = 256
_COOKIE = re.compile(
    r"(?P<pairs>EventId=(?P<event_id>[^&=]+)(?:&QueueId=(?P<queue_id>[^&=]+))?"
    r"(?:&FixedValidityMins=(?P<validity>[1-9][0-9]{0,4}))?&RedirectType=(?P<redirect_type>[^&=]*)"
    r"&IssueTime=(?P<issued_at>[0-9]{10})(?:&Hip=(?P<hashed_ip>[0-9a-f]{64}))?)"
    r"&Hash=(?P<hash>.{64})(?:&Mac=(?P<mac>.{64}))?",  # both are compared whole with what they must be
    re.DOTALL,
)
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_USUAL_TYPES = ("queue", "safetynet", "afterevent", "disabled", "directlink", "idle", "debug", "timeout")
_USUAL_ENDING = (  # compiled by the first cookie that needs a Mac
    rf"{_GUID.pattern}(?:[1-9][0-9]{{0,4}})?(?:{'|'.join(_USUAL_TYPES)})[0-9]{{10}}(?:[0-9a-f]{{64}})?\Z"
)


class Session(Struct):
    """What a cookie says of a visitor's session in the room `event_id`, spelled as the integration spells it.

    `status` is VALID, EXPIRED, FORGED (which includes anything malformed) or OTHER_ADDRESS; the text fields are
    empty when absent, and to be trusted unless FORGED.
    """

    status: str
    event_id: str
    queue_id: str = ""
    validity_minutes: int | None = None
    redirect_type: str = ""
    hashed_ip: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the visitor may browse on."""
        return self.status == VALID

    @property
    def is_extendable(self) -> bool:
        """Whether the session may be issued again with the present time."""
        return self.validity_minutes is None


def cookie_name(event_id: str) -> str:
    """The name of the session cookie of the room `event_id`."""
    return NAME_PREFIX + event_id


def _is_usual(queue_id: str, redirect_type: str) -> bool:
    """Whether the Hash alone binds the fields of a cookie, so that it needs no Mac (section 4).

    Read from its end, the Hash's text of a usual cookie falls apart in one way: no usual redirect type ends another
    or is of hex digits, so an address and the issue time are told from it; and of a GUID with digits behind it only
    the GUID has its dashes where they belong. What is left is the room.
    """
    return redirect_type in _USUAL_TYPES and _GUID.fullmatch(queue_id) is not None


def _reads_as_usual(hash_text: str) -> bool:
    """Whether `hash_text`, of a cookie that needs a Mac, is also that of a usual one: any room, then the rest."""
    return re.compile(_USUAL_ENDING).search(hash_text, 1) is not None


def _representable(text: str) -> str:
    """`text` without what the cookie's grammar has no place for, and no longer than a cookie can hold."""
    if text.isalnum() and len(text) <= _MAX_FIELD_LENGTH:
        return text
    return replace_lone_surrogates(text.replace("&", "").replace("=", ""), "")[:_MAX_FIELD_LENGTH]


_encoded_room = lru_cache(encode_uri_component)  # an account has few


def issue(session: Session, keys: SecretKeys, now: int) -> str:
    """The cookie's value for a session that begins at `now` (Unix seconds), percent-encoded."""
    room, queue_id, redirect_type = session.event_id, session.queue_id, session.redirect_type.lower()
    is_usual = _is_usual(queue_id, redirect_type)
    if not is_usual:  # what is usual is representable
        queue_id, redirect_type = _representable(queue_id), _representable(redirect_type)
        is_usual = _is_usual(queue_id, redirect_type)
    validity = "" if session.validity_minutes is None else str(session.validity_minutes)
    encode = str if is_usual else encode_uri_component  # a GUID and a usual type stay as they are
    pairs = (
        f"EventId%3D{_encoded_room(room)}"
        + (f"%26QueueId%3D{encode(queue_id)}" if queue_id else "")
        + (f"%26FixedValidityMins%3D{validity}" if validity else "")
        + f"%26RedirectType%3D{encode(redirect_type)}%26IssueTime%3D{now}"
        + (f"%26Hip%3D{encode_uri_component(session.hashed_ip)}" if session.hashed_ip else "")
    )
    hash_text = f"{room.lower()}{queue_id}{validity}{redirect_type}{now}{session.hashed_ip}"
    if is_usual:
        return f"{pairs}%26Hash%3D{keys.sign(hash_text)}"
    mac = keys.sign(decode_uri_component(pairs) or "")
    proof = mac if _reads_as_usual(hash_text) else keys.sign(hash_text)
    return f"{pairs}%26Hash%3D{proof}%26Mac%3D{mac}"


def read(
    value: str, event_id: str, keys: SecretKeys, client_ip: str, now: int, validity_minutes: int | None
) -> Session:
    """Read and verify the cookie's `value`, as the browser sent it, for the room `event_id`.

    `validity_minutes` is the integration's, for a session without a fixed one; with None the session's age does
    not count, which is what the Cancel action asks for.
    """
    decoded = decode_uri_component(value)
    match = _COOKIE.fullmatch(decoded) if decoded else None
    if match is None:
        return Session(FORGED, event_id)
    pairs, room, queue_id, validity, redirect_type, issued_at, hashed_ip, proof, mac = match.groups("")
    hash_text = f"{room.lower()}{queue_id}{validity}{redirect_type}{issued_at}{hashed_ip}"
    if _is_usual(queue_id, redirect_type):
        is_genuine = not mac and keys.verify(hash_text, proof)
    else:
        is_genuine = (
            bool(mac)
            and keys.verify(pairs, mac)
            and keys.verify(pairs if _reads_as_usual(hash_text) else hash_text, proof)
        )
    if not is_genuine or room.lower() != event_id.lower():
        return Session(FORGED, event_id)
    begun = int(issued_at)
    if begun > now + _MAX_CLOCK_SKEW_SECONDS:
        return Session(FORGED, event_id)
    minutes = int(validity) if validity else None
    if validity_minutes is not None and begun + 60 * (minutes or validity_minutes) < now:
        status = EXPIRED
    elif hashed_ip and client_ip and not keys.verify(client_ip, hashed_ip):
        status = OTHER_ADDRESS
    else:
        status = VALID
    return Session(status, event_id, queue_id, minutes, redirect_type, hashed_ip)
