"""Tokens and sessions that one of the account's keys signed, and for whom each of them counts."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.builders import ADDRESS, GUID, NOW, queue_token, session_text
from tests.fuzz.choices import Choices

ROOMS = ["tickets", "vip", "vip1", "sale", "Tickets", "a-b"]
OFFICE = "198.51.100.9"
ADDRESSES = [ADDRESS, ADDRESS, OFFICE, "2001:db8::1", ""]
TOKEN, SESSION = "token", "session"

_QUEUE_IDS = [GUID, GUID, GUID.upper(), "", "q1", "queue1"]
_VALIDITIES = ["", "", "3", "1", "99999"]
_TYPES = ["queue", "queue", "safetynet", "debug", "idle", "", "Queue", "mine"]
_AGES = [0, 59, 61, 600, 1200, 1201, 90_000, -59, -61, -9_999]


class Proof(NamedTuple):
    """A token or session that one of the account's keys signed; times in Unix seconds, `validity` in minutes."""

    kind: str
    text: str
    room: str
    time: int
    validity: str
    address: str

    def is_meant(self, kind: str, text: str) -> bool:
        """Whether `text` says what this proof says: a room's case in a cookie and the hash's place say nothing."""
        if kind != self.kind:
            return False
        if kind == TOKEN:
            signed, _, proof = self.text.rpartition("~h_")
            return text == self.text or text.replace(f"~h_{proof}", "", 1) == signed
        end = len("EventId=") + len(self.room)
        return text[:end].lower() == self.text[:end].lower() and text[end:] == self.text[end:]

    def opens(self, rooms: Sequence[str], validity_minutes: int, client_ip: str) -> bool:
        """Whether it lets a visitor at `client_ip` into one of `rooms` now (protocol sections 3 and 4)."""
        if self.address and client_ip and self.address != client_ip:
            return False
        if self.kind == TOKEN:
            return self.room in rooms and self.time >= NOW
        minutes = int(self.validity or validity_minutes)
        is_young = NOW - 60 * minutes <= self.time <= NOW + 60
        return is_young and self.room.lower() in [room.lower() for room in rooms]


def proof(choices: Choices, keys: Sequence[str]) -> Proof:
    """A proof of these choices, signed by one of `keys`."""
    room, validity = choices.pick(ROOMS), choices.pick(_VALIDITIES)
    queue_id, redirect_type = choices.pick(_QUEUE_IDS), choices.pick(_TYPES)
    address, key = choices.pick(["", "", *ADDRESSES]), choices.pick(keys)
    if choices.once_in(2):
        time = NOW + choices.pick([60, 60, 0, -1, 9_999])
        text = queue_token(
            room,
            queue_id=queue_id,
            expires_at=time,
            validity=validity,
            redirect_type=redirect_type,
            address=address,
            key=key,
            extra=choices.pick(["", "", "x_1", "e", "z_~"]),
        )
        return Proof(TOKEN, text, room, time, validity, address)
    time = NOW - choices.pick(_AGES)
    text = session_text(
        room,
        queue_id=queue_id,
        validity=validity,
        redirect_type=redirect_type.lower(),
        issued_at=time,
        address=address,
        key=key,
        with_mac=choices.once_in(2),
    )
    return Proof(SESSION, text, room, time, validity, address)
