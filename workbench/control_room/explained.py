"""Why a request was decided as it was, by the snapshot that its worker had."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from queueit.snapshot import compile_snapshot
from workbench.cli.explanation import IntegrationExplained, explain
from workbench.control_room.activity import Seen
from workbench.local_edge.viewer_event import event, request_document

Stored = tuple[str, dict[str, Any], Mapping[str, str]]
"""A snapshot's digest, its document, and the keys in force beside it."""


class NotKnown(Exception):
    """The request cannot be explained; the text says why."""


class Snapshots:
    """The snapshots that were in force when the control room looked, by digest. Safe to use from several threads."""

    def __init__(self, read: Callable[[], Stored | None]) -> None:
        """`read` gives what is in force now, None when that cannot be told."""
        self._read = read
        self._lock = threading.Lock()
        self._known: dict[str, Stored] = {}

    def look(self) -> None:
        """Remember what is in force now."""
        stored = self._read()
        if stored:
            with self._lock:
                self._known.pop(stored[0], None)
                self._known[stored[0]] = stored
                while len(self._known) > 50:
                    del self._known[next(iter(self._known))]

    def of(self, digest: str | None) -> Stored | None:
        """The one of that digest."""
        with self._lock:
            return self._known.get(digest or "")


def explained(seen: Seen, snapshots: Snapshots, *, include_body: bool) -> dict[str, Any]:
    """The explanation as JSON. Raises NotKnown."""
    stored = snapshots.of(seen.snapshot)
    if stored is None:
        snapshots.look()
        stored = snapshots.of(seen.snapshot)
    if stored is None:
        raise NotKnown(
            "The worker had no snapshot, or one that is not known here: it could not decide by anything."
        )
    _, document, keys = stored
    request = seen.request
    asked = event("viewer-request", request.request_id, request_document(request, include_body=include_body))
    integrations = document["integration_config"]["Integrations"]
    found = explain(compile_snapshot(document, dict(keys)), integrations, asked, seen.at)
    return {
        "url": found.url,
        "normalized_url": found.normalized_url,
        "version": document["integration_config"]["Version"],
        "reason": found.decision.reason.name,
        "passes": not found.decision.redirect_url,
        "winner": found.winner,
        "cookies": [cookie.partition("=")[0] for cookie in found.decision.set_cookies],
        "integrations": [_integration(one) for one in found.integrations],
    }


def _integration(one: IntegrationExplained) -> dict[str, Any]:
    return {
        "name": one.name,
        "action": one.action,
        "matches": one.matches,
        "triggers": [
            {
                "operator": trigger.operator,
                "matches": trigger.matches or trigger.matches_normalized,
                "parts": [
                    {
                        "text": part.text,
                        "matches": part.matches or part.matches_normalized,
                        "value": part.value[:200],
                    }
                    for part in trigger.parts
                ],
            }
            for trigger in one.triggers
        ],
    }
