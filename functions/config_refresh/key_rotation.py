"""Replaces the secret key at every edge without a moment in which one edge signs what another refuses."""

from typing import Any, Final

from queueit.errors import QueueitError
from queueit.settings import Settings, parse_settings
from queueit.table_items import Current

MARGIN_SECONDS: Final = 10
"""Beyond the poll interval, for replication and for polls that fail once."""


def _poll_interval_seconds(settings: object) -> int:
    try:
        return parse_settings(settings, strict=False).poll_interval_seconds
    except QueueitError:
        return Settings().poll_interval_seconds


def next_keys(
    wanted: dict[str, str], current: Current | None, *settings: dict[str, Any], now: int
) -> dict[str, str]:
    """The keys to put in force now, on the way from those of `current` to `wanted`, those of the secret.

    Edges learn of keys one after the other, within a poll. So a new key is first accepted and not yet used, as the
    previous one, and signs only when every edge has had the time to learn it. A secret without the key in force as
    its previous one wants no such care: it is taken as it is. `settings` are those in force and those about to be
    published; `now` is in Unix seconds.
    """
    if current is None:
        return wanted
    signing, new = current.keys["secret_key"], wanted["secret_key"]
    if signing == new or signing != wanted.get("previous_secret_key"):
        return wanted
    seconds = max(map(_poll_interval_seconds, settings))
    is_known_everywhere = now - current.keys_published_at >= seconds + MARGIN_SECONDS
    if current.keys.get("previous_secret_key") == new and is_known_everywhere:
        return wanted
    return {**wanted, "secret_key": signing, "previous_secret_key": new}
