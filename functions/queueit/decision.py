"""What becomes of a request (protocol section 5), decided from a snapshot and the present time.

Some features ask a service or need randomness; what they need comes in as `Services`. What a plain decision does not
use is imported where it is used.
"""

from typing import TYPE_CHECKING

from queueit.cancel_action import decide_cancel
from queueit.integration_config import Integration
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

if TYPE_CHECKING:
    from queueit.services import Services


def _decide(snapshot: Snapshot, request: Request, now: float, services: "Services | None") -> Decision:
    reached = reached_integrations(snapshot, request)

    def decided(integration: Integration | None, other_rooms: tuple[str, ...] = ()) -> Decision:
        if integration is None:
            return untouched(NO_MATCH)
        visit = Visit(integration, request, snapshot, now, services, other_rooms)
        if integration.is_queue:
            return decide_queue(visit)
        if integration.is_cancel:
            return decide_cancel(visit)
        return Decision(integration, "", (), IGNORED)

    if len(reached) == 1:
        return decided(reached[0])
    rooms = tuple([room for one in reached if one and one.is_queue for room in one.rooms])
    decisions = []
    for integration in reached:
        decisions.append(decided(integration, rooms))
        if decisions[-1].redirect_url:
            break
    return combined(decisions)


def decide(snapshot: Snapshot, request: Request, now: float, services: "Services | None" = None) -> Decision:
    """Decide on `request` at `now` (Unix seconds). Total: a strange part of it counts as absent.

    Without `services` it is a decision on paper: no service is asked, so the verify action denies nobody and direct
    pass lets nobody in, and the redirect to the queue has no enqueue token.
    """
    settings = snapshot.settings
    if not settings.enabled:
        return untouched(SWITCHED_OFF)
    if request.method in settings.ignored_methods:
        return untouched(IGNORED_METHOD)
    if settings.preflight == "pass" and request.is_preflight:
        return untouched(PREFLIGHT)
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
