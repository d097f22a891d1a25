"""Replaces the secret key at every edge without a moment in which one edge signs what another refuses."""

from collections.abc import Mapping
from typing import Any, Final

from queueit.errors import QueueitError
from queueit.settings import Settings, parse_settings
from queueit.snapshot import SECRET_KEY_NAMES
from queueit.table_items import Current

MARGIN_SECONDS: Final = 10
"""Beyond the time that an edge may decide by what it knows, for replication and for a read under way."""


def _freshness_seconds(settings: object) -> int:
    try:
        return parse_settings(settings, strict=False).freshness_seconds
    except QueueitError:
        return Settings().freshness_seconds


def _secret_keys(keys: Mapping[str, str]) -> set[str]:
    return {keys[name] for name in SECRET_KEY_NAMES if name in keys}


def next_keys(
    wanted: dict[str, str], current: Current | None, *settings: dict[str, Any], now: int
) -> dict[str, str]:
    """The keys to put in force now, on the way from those of `current` to `wanted`, those of the secret.

    The secret's `secret_key` is the one that the platform holds, so at once it signs enqueue tokens and is accepted.
    Session cookies are another matter: edges learn of keys one after the other, as `freshness_seconds` says, and each
    must accept what another one signs. So as long as not every edge has had the time to learn the key, the one that
    signed cookies before goes on doing so, as `session_secret_key`. Where the secret does not accept that one any
    more, it is not to be trusted, and the new one takes over at once. `settings` are those in force and those about to
    be published; `now` is in Unix seconds.
    """
    if current is None:
        return wanted
    signing = current.keys.get("session_secret_key") or current.keys["secret_key"]
    if signing == wanted["secret_key"] or signing not in _secret_keys(wanted):
        return wanted
    seconds = max(map(_freshness_seconds, settings))
    is_known_everywhere = now - current.keys_published_at >= seconds + MARGIN_SECONDS
    if wanted["secret_key"] in _secret_keys(current.keys) and is_known_everywhere:
        return wanted
    return {**wanted, "session_secret_key": signing}
