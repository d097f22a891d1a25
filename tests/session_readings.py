"""Genuine session cookies of every shape, and every other way to read the text that their Hash is made over.

The Hash joins a cookie's fields without separators (protocol section 4), so that whoever holds a genuine cookie can
move characters from one field into the next and keep it. Made here apart from the engine.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from tests.builders import ADDRESS, GUID, NOW, mac

OTHER_GUID = "AAAAAAAA-bbbb-cccc-dddd-222222222222"
ROOMS = (
    "t",
    "tickets",
    "tickets1",
    "tickets12",
    "ticketsvip",
    "Tickets-2026",
    f"tickets-{GUID}",
    GUID,
    "queue",
)
"""Prefixes of each other, with digits at the end, with a GUID."""

QUEUE_IDS = (
    GUID, OTHER_GUID, "", "q", "1", "12345", "vip", "queue", f"x{GUID}", f"{GUID}5", f"{GUID}{OTHER_GUID}",
    f"{GUID}queue", f"{GUID}12queue", f"{GUID}queue{NOW}", f"a b/c {GUID}", GUID.replace("-", ""), "\u00e9",
)  # fmt: skip
VALIDITIES = ("", "1", "9", "20", "1440", "99999")
USUAL_TYPES = (
    "queue", "safetynet", "afterevent", "disabled", "directlink", "idle", "debug", "timeout"
)  # fmt: skip
REDIRECT_TYPES = (
    *USUAL_TYPES, "", "1queue", "queue1", "12", "admin", "xqueue", f"{GUID}queue", "queuequeue", "\u00e9t\u00e9",
)  # fmt: skip
KEY_BYTES = (32, 64, 65, 72, 128)
"""Up to, at and over the block of HMAC-SHA256, where keys are shortened first."""


class Fields(NamedTuple):
    """What a session cookie says; empty texts for what is absent."""

    room: str
    queue_id: str = GUID
    validity: str = ""
    redirect_type: str = "queue"
    issued_at: str = str(NOW)
    hip: str = ""

    @property
    def hash_text(self) -> str:
        """What its Hash is made over, as other connectors make it."""
        return "".join([self.room.lower(), *self[1:]])

    @property
    def pairs(self) -> str:
        """The cookie's text up to its Hash, which is what its Mac is made over."""
        return (
            f"EventId={self.room}"
            + (f"&QueueId={self.queue_id}" if self.queue_id else "")
            + (f"&FixedValidityMins={self.validity}" if self.validity else "")
            + f"&RedirectType={self.redirect_type}&IssueTime={self.issued_at}"
            + (f"&Hip={self.hip}" if self.hip else "")
        )

    @property
    def is_usual(self) -> bool:
        """Whether a Hash without a Mac counts."""
        return bool(_GUID.fullmatch(self.queue_id)) and self.redirect_type in USUAL_TYPES

    def is_other_than(self, other: "Fields") -> bool:
        """Whether it says something else; a room is the same however its letters are written."""
        return (self.room.lower(), *self[1:]) != (other.room.lower(), *other[1:])


def key_of(length: int) -> str:
    """An obvious fake of `length` bytes."""
    return ("not-a-real-secret-key-" * 6)[:length]


def genuine(first: int = 0, count: int = 2 * len(QUEUE_IDS)) -> Iterator[tuple[Fields, str]]:
    """So many of all combinations, each with the secret key that signs it; by default each value comes up."""

    def one(values: Sequence[str], place: int) -> str:
        return values[place % len(values)]

    for place in range(first, first + count):
        key = key_of(KEY_BYTES[place % len(KEY_BYTES)])
        queue_id = one(QUEUE_IDS, place)
        redirect_type = one(REDIRECT_TYPES, 5 * place + place // len(QUEUE_IDS))
        hip = mac(ADDRESS, key) if place % 4 < 2 else ""
        yield Fields(one(ROOMS, place), queue_id, one(VALIDITIES, place), redirect_type, str(NOW), hip), key


_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VALIDITY = re.compile(r"|[1-9][0-9]{0,4}")
_HIP = re.compile(r"[0-9a-f]{64}\Z")
_ISSUED_AT = re.compile(r"[0-9]{10}\Z", re.ASCII)


def _room_ends(text: str, room: str) -> Iterator[int]:
    """Where a room's id could end in `text`: a known room's, the genuine one's and near it, and at each GUID."""
    known = {len(other) for other in ROOMS if text.startswith(other.lower())}
    near = {len(room) + distance for distance in range(-3, 4)}
    at_guids = {place for match in _GUID.finditer(text) for place in match.span()}
    for end in sorted(known | near | at_guids):
        if 0 < end <= len(text):
            yield end


def readings(fields: Fields, redirect_types: Collection[str] = ()) -> Iterator[Fields]:
    """The ways to part the Hash's text into fields that the cookie's grammar takes and that say something else.

    With `redirect_types` those alone that have one of them.
    """
    text = fields.hash_text
    for hip in ("", *_HIP.findall(text)):
        timed = text.removesuffix(hip)
        for issued_at in _ISSUED_AT.findall(timed):
            body = timed.removesuffix(issued_at)
            for room_end in _room_ends(body, fields.room):
                for type_begin in range(room_end, len(body) + 1):
                    between, redirect_type = body[room_end:type_begin], body[type_begin:]
                    if redirect_types and redirect_type not in redirect_types:
                        continue
                    for cut in range(len(between), max(-1, len(between) - 6), -1):
                        queue_id, validity = between[:cut], between[cut:]
                        if not _VALIDITY.fullmatch(validity):
                            continue
                        reading = Fields(body[:room_end], queue_id, validity, redirect_type, issued_at, hip)
                        if reading.is_other_than(fields):
                            yield reading


def presentations(fields: Fields, proof: str, second: str) -> Iterator[str]:
    """The cookie texts that say `fields` with what a genuine cookie proves: its Hash, and its Mac if it has one."""
    pairs = fields.pairs
    yield f"{pairs}&Hash={proof}"
    yield f"{pairs}&Hash={proof}&Mac={proof}"
    if second and second != proof:
        yield f"{pairs}&Hash={second}"
        yield f"{pairs}&Hash={proof}&Mac={second}"
        yield f"{pairs}&Hash={second}&Mac={second}"


def other_cookies(fields: Fields, text: str) -> Iterator[tuple[Fields, str]]:
    """What the holder of the genuine cookie `text` of `fields` can make of it: other fields, and a cookie's text."""
    proof, _, second = text.partition("&Hash=")[2].partition("&Mac=")
    for reading in readings(fields):
        for other in presentations(reading, proof, second):
            yield reading, other


def usual_readings(fields: Fields) -> set[Fields]:
    """What the Hash's text of `fields` can also be read as without a Mac being needed."""
    return {reading for reading in readings(fields, USUAL_TYPES) if reading.is_usual}
