"""The signed `queueittoken` that a visitor brings back from the waiting room (protocol section 3)."""

from __future__ import annotations

import re

from queueit.light_typing import Struct
from queueit.secret_keys import SecretKeys

MAX_LENGTH = 4096
"""A token over this many characters is treated as absent."""

DEBUG = "debug"
"""The redirect type of a token that asks for diagnostics (section 11)."""

_LEADING_INTEGER = re.compile(r"\s*([+-]?[0-9]+)")
_MAX_VALIDITY_MINUTES = 99_999


class QueueToken(Struct):
    """The fields of a token as it claims them; nothing is proven before `token_error` is None.

    `expires_at` is in Unix seconds, 0 when absent; `validity_minutes` is the fixed validity of the session or
    None; text fields are empty when absent.
    """

    text: str
    event_id: str = ""
    queue_id: str = ""
    expires_at: int = 0
    validity_minutes: int | None = None
    redirect_type: str = ""
    hashed_ip: str = ""
    hash: str = ""

    @property
    def is_debug(self) -> bool:
        """Whether it asks for diagnostics rather than for a session (section 11)."""
        return self.redirect_type.lower() == DEBUG

    def is_signed(self, keys: SecretKeys) -> bool:
        """Whether the hash is that of the rest of the token."""
        return bool(self.hash) and keys.verify(self.text.replace(f"~h_{self.hash}", "", 1), self.hash)


def _integer(text: str) -> int:
    if text.isdecimal() and text.isascii():
        return int(text)
    match = _LEADING_INTEGER.match(text)
    return int(match[1]) if match else 0


def _validity_minutes(text: str) -> int | None:
    minutes = min(_integer(text), _MAX_VALIDITY_MINUTES) if text else 0
    return minutes if minutes > 0 else None


def parse_queue_token(text: str) -> QueueToken | None:
    """Read any text as a token; None when it is empty or too long to be one.

    A field that does not split at `_` in exactly two is skipped, the last of equal keys wins, and a number ends
    at its first other character.
    """
    if not text or len(text) > MAX_LENGTH:
        return None
    fields = {}
    for field in text.split("~"):
        name, separator, value = field.partition("_")
        if separator and "_" not in value:
            fields[name] = value
    read = fields.get
    return QueueToken(
        text,
        read("e", ""),
        read("q", ""),
        _integer(read("ts", "")),
        _validity_minutes(read("cv", "")),
        read("rt", ""),
        read("hip", ""),
        read("h", ""),
    )


def token_error(
    token: QueueToken, keys: SecretKeys, rooms: tuple[str, ...], client_ip: str, now: int
) -> str | None:
    """The error code of the first check that `token` fails, None when it is valid.

    Checks in order: `hash`, `eventid` (not of one of `rooms`), `timestamp` (`expires_at` before `now`), `ip`.
    """
    if not token.is_signed(keys):
        return "hash"
    if token.event_id not in rooms:
        return "eventid"
    if token.expires_at < now:
        return "timestamp"
    if token.hashed_ip and client_ip and not keys.verify(client_ip, token.hashed_ip):
        return "ip"
    return None
