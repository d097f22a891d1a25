"""What becomes of a request (protocol section 5), decided from a snapshot and the present time.

Some features ask a service or need randomness; what they need comes in as `Services`. What a plain decision does not
use is imported where it is used.
"""

from __future__ import annotations

from queueit.cancel_action import decide_cancel
from queueit.matching import reached_integrations
from queueit.outcome import (
    IGNORED,
    IGNORED_METHOD,
    NO_MATCH,
    PREFLIGHT,
    SWITCHED_OFF,
    Decision,
    combined,
    untouched,
)
from queueit.queue_action import decide_queue
from queueit.queue_token import DEBUG
from queueit.request import TOKEN_HEADER, Request
from queueit.snapshot import Snapshot
from queueit.visit import Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queueit.services import Services

_NO_MATCH = untouched(NO_MATCH)
_SWITCHED_OFF = untouched(SWITCHED_OFF)
_IGNORED_METHOD = untouched(IGNORED_METHOD)
_PREFLIGHT = untouched(PREFLIGHT)


def _decide_visit(visit: Visit) -> Decision:
    integration = visit.integration
    if integration.is_queue:
        return decide_queue(visit)
    if integration.is_cancel:
        return decide_cancel(visit)
    return Decision(integration, "", (), IGNORED)


def _decide(snapshot: Snapshot, request: Request, now: float, services: Services | None) -> Decision:
    reached = reached_integrations(snapshot, request)
    if len(reached) == 1:
        (integration,) = reached
        if integration is None:
            return _NO_MATCH
        return _decide_visit(Visit(integration, request, snapshot, now, services))
    rooms = tuple([room for one in reached if one and one.is_queue for room in one.rooms])
    decisions = []
    for one in reached:
        decisions.append(
            _decide_visit(Visit(one, request, snapshot, now, services, rooms)) if one else _NO_MATCH
        )
        if decisions[-1].redirect_url:
            break
    return combined(decisions)


def decide(snapshot: Snapshot, request: Request, now: float, services: Services | None = None) -> Decision:
    """Decide on `request` at `now` (Unix seconds). Total: a strange part of it counts as absent.

    Without `services` it is a decision on paper: no service is asked, so the verify action denies nobody and direct
    pass lets nobody in, and the redirect to the queue has no enqueue token.
    """
    settings = snapshot.settings
    if not settings.enabled:
        return _SWITCHED_OFF
    if request.method in settings.ignored_methods:
        return _IGNORED_METHOD
    if settings.preflight == "pass" and request.is_preflight:
        return _PREFLIGHT
    if settings.diagnostics and (request.has_query_token or request.header(TOKEN_HEADER)):
        token = request.token()
        if token and token.redirect_type == DEBUG:
            from queueit.diagnostics import diagnose

            return diagnose(_decide, snapshot, request, now, services, token)
    return _decide(snapshot, request, now, services)


def import_features(snapshot: Snapshot) -> None:
    """Import what decisions by `snapshot` will use, to be called while there is CPU to spare."""
    settings = snapshot.settings
    if settings.verify:
        import queueit.verify_action
    if settings.direct_pass:
        import queueit.direct_pass  # noqa: F401
