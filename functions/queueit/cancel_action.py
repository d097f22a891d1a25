"""The Cancel action: ends a visitor's session and says so to the platform (protocol section 5)."""

from queueit import redirect_urls
from queueit.outcome import CANCELLED, NOTHING_TO_CANCEL, Decision
from queueit.room_sessions import delete_cookies, read_sessions
from queueit.visit import Visit


def decide_cancel(visit: Visit) -> Decision:
    """A redirect that cancels the sessions whose cookies the request carries, of whatever age; without one a pass."""
    integration = visit.integration
    sessions = read_sessions(visit, None)
    valid = [session for session in sessions.values() if session.is_valid]
    if not valid:
        return Decision(integration, "", (), NOTHING_TO_CANCEL)
    url = redirect_urls.cancel_url(
        integration.base_url,
        visit.snapshot.customer_id,
        integration.rooms,
        {session.event_id: session.queue_id for session in valid if session.queue_id},
        visit.page_url,
    )
    return Decision(integration, url, delete_cookies(visit, sessions), CANCELLED)
