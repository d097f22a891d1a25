"""The Queue action: who has waited passes, everybody else is sent to the waiting room (protocol section 5).

The features that only some settings switch on are imported where they are used.
"""

from queueit import redirect_urls, session_cookie
from queueit.outcome import OTHER_ADDRESS, QUEUED, SESSION, TOKEN, Decision, token_refused
from queueit.queue_token import QueueToken, token_error
from queueit.room_sessions import delete_cookies, read_sessions, set_session_cookie, token_session
from queueit.session_cookie import Session
from queueit.visit import Visit


def _other_address(client_ip: str, hashed_ip: str) -> str:
    return f"ip,cip:{''.join([f'{ord(character):02x}' for character in client_ip])},hip:{hashed_ip}"


def _session_state(session: Session, visit: Visit) -> str:
    return (
        _other_address(visit.request.client_ip, session.hashed_ip)
        + (f",r:{session.redirect_type}" if session.redirect_type else "")
        + (f",q:{session.queue_id}" if session.queue_id else "")
        + f",st:{round(visit.now * 1000)}"
    )


def _with_session(visit: Visit, session: Session, sessions: dict[str, Session]) -> Decision:
    integration = visit.integration
    if integration.verifies:
        from queueit.verify_action import denial

        if denied := denial(visit, session.queue_id, delete_cookies(visit, sessions)):
            return denied
    extends = session.is_extendable and integration.extends_session
    return Decision(integration, "", set_session_cookie(visit, session) if extends else (), SESSION)


def _with_token(visit: Visit, token: QueueToken) -> Decision:
    if visit.integration.verifies:
        from queueit.verify_action import denial

        if denied := denial(visit, token.queue_id, ()):
            return denied
    return Decision(visit.integration, "", set_session_cookie(visit, token_session(token)), TOKEN)


def _error(visit: Visit, code: str, reason: str, token: QueueToken | None) -> str:
    integration = visit.integration
    text = token.text if token else None
    return redirect_urls.error_url(
        integration.base_url, integration.query, code, reason, text, visit.target, visit.seconds
    )


def _enqueue_token(visit: Visit) -> str:
    """The token that a visitor takes along to the queue, "" where there is none (section 10)."""
    signing, services = visit.snapshot.enqueue_key, visit.services
    if signing is None or services is None:
        return ""
    from queueit.enqueue_token import enqueue_token

    settings, request = visit.snapshot.settings.enqueue_token, visit.request
    return enqueue_token(
        visit.snapshot.customer_id,
        visit.integration.event_id,
        signing,
        issued_at_ms=int(visit.now * 1000),
        token_id=services.new_uuid(),
        validity_ms=settings.validity_seconds * 1000,
        client_ip=request.client_ip if settings.client_ip else "",
        forwarded_for=request.header("x-forwarded-for") if settings.x_forwarded_for else "",
        key=services.new_uuid() if settings.key else "",
    )


def _to_the_queue(visit: Visit, deleted: tuple[str, ...]) -> Decision:
    integration = visit.integration
    if visit.snapshot.settings.direct_pass:
        from queueit.direct_pass import admission

        if admitted := admission(visit, deleted):
            return admitted
    url = redirect_urls.queue_url(
        integration.base_url, integration.query, visit.target, _enqueue_token(visit)
    )
    return Decision(integration, url, deleted, QUEUED)


def decide_queue(visit: Visit) -> Decision:
    """Steps 1 to 9 of section 5."""
    integration, request, keys = visit.integration, visit.request, visit.snapshot.keys
    sessions = read_sessions(visit, integration.validity_minutes)
    for session in sessions.values():
        if session.is_valid:
            return _with_session(visit, session, sessions)
    token = request.token()
    if token:
        error = token_error(token, keys, integration.rooms, request.client_ip, visit.seconds)
        if not error:
            return _with_token(visit, token)
        if error == "eventid" and token.event_id in visit.other_rooms:
            token = None
    deleted = delete_cookies(visit, sessions) if sessions else ()
    if token and error and not token.is_debug:
        reason = _other_address(request.client_ip, token.hashed_ip) if error == "ip" else ""
        return Decision(integration, _error(visit, error, reason, token), deleted, token_refused(error))
    last = [*sessions.values()][-1:]
    if last and last[0].status == session_cookie.OTHER_ADDRESS:
        url = _error(visit, "connector/sessionstate", _session_state(last[0], visit), token)
        return Decision(integration, url, deleted, OTHER_ADDRESS)
    return _to_the_queue(visit, deleted)
