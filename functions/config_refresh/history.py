"""The connector's history: who changed what when, the newest first, bounded."""

import json
from typing import Any, Final, NamedTuple

from config_refresh.operator_state import OperatorDecision

MAX_ENTRIES: Final = 200
MAX_BYTES: Final = 200_000
"""Half of what an item of the table may take."""


class Cause(NamedTuple):
    """Why something changes: `source` is schedule, apply, publish (a push of the platform) or operator."""

    action: str
    source: str
    decision: OperatorDecision | None = None


class History(NamedTuple):
    """`entries` are JSON objects, see `entry`, the newest first."""

    entries: tuple[dict[str, Any], ...] = ()

    def with_entry(self, added: dict[str, Any]) -> "History":
        """This history with one entry more, at the cost of the oldest ones where it would be too long."""
        entries = [added, *self.entries][:MAX_ENTRIES]
        while len(entries) > 1 and len(_json(entries)) > MAX_BYTES:
            entries.pop()
        return History(tuple(entries))

    def with_expiry(self, digest: str, expires_at: int | None) -> "History":
        """This history with every entry of the snapshot `digest` kept until `expires_at`; None while it is in force."""
        entries = [
            {**one, "expires_at": expires_at} if one["snapshot"] == digest else one for one in self.entries
        ]
        return History(tuple(entries))

    def encoded(self) -> str:
        """The stored form of the entries."""
        return _json(self.entries).decode()


def _json(entries: object) -> bytes:
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decoded(text: str) -> History:
    """A history from its stored form; one that cannot be read begins anew."""
    try:
        return History(tuple(one for one in json.loads(text) if "snapshot" in one))
    except (TypeError, ValueError):
        return History()


def entry(
    cause: Cause,
    now: int,
    *,
    snapshot: str,
    previous_snapshot: str | None,
    version: int,
    size: int | None = None,
    difference: list[str] | None = None,
) -> dict[str, Any]:
    """One entry: `size` in bytes as stored, `difference` to the snapshot before; both none when the pointer stays."""
    decision = cause.decision
    return {
        "at": now,
        "action": cause.action,
        "source": cause.source,
        "actor": decision.actor if decision else None,
        "reason": decision.reason if decision else None,
        "snapshot": snapshot,
        "previous_snapshot": previous_snapshot,
        "version": version,
        "size": size,
        "difference": difference or [],
        "expires_at": None,
    }
