"""What becomes of a request (protocol section 5), decided from a snapshot and the present time.

Two optional features ask a service, one needs randomness; what they need comes in as `Outside`. What a plain decision
does not use is imported where it is used.
"""

from typing import TYPE_CHECKING, NamedTuple

from queueit import redirect_urls, session_cookie
from queueit.integration_config import CANCEL, QUEUE, Integration
from queueit.percent_encoding import decode_uri_component
from queueit.queue_token import DEBUG, QueueToken, token_error
from queueit.request import TOKEN_HEADER, Request, Url
from queueit.session_cookie import Session
from queueit.snapshot import Snapshot
from queueit.url_normalization import normalize_url

if TYPE_CHECKING:
    from queueit.outside import Outside

_HTTP = ("http://", "https://")


class Decision(NamedTuple):
    """The outcome: `redirect_url` is empty when the request passes.

    `integration` is the one that matched, None when the request is none of the connector's business (diagnostics may
    all the same set a cookie, or redirect). `set_cookies` are Set-Cookie header values for the response, whichever it
    is. `reason` says in a word or two why, for logs: it names no visitor.
    """

    integration: Integration | None
    redirect_url: str
    set_cookies: tuple[str, ...]
    reason: str


QUEUED = "queue"
"""The reason of a redirect to the queue."""

_NO_MATCH = Decision(None, "", (), "no match")
_SWITCHED_OFF = Decision(None, "", (), "switched off")
_PREFLIGHT = Decision(None, "", (), "preflight")
_IGNORED_METHOD = Decision(None, "", (), "ignored method")


def matching_integration(snapshot: Snapshot, request: Request) -> Integration | None:
    """The first integration that is for `request`, its URL taken raw, normalized or both as section 9 says."""
    raw = request.url
    text = normalize_url(raw.text)
    if text is raw.text:
        upper = raw.text_upper
        for required, place in snapshot.by_required_text:
            if required in upper and snapshot.integrations[place].matches(request, raw):
                return snapshot.integrations[place]
        return None
    normalized = Url(text)
    either = snapshot.settings.url_matching == "every_form"
    for required, place in snapshot.by_required_text:
        if required not in raw.text_upper and required not in normalized.text_upper:
            continue
        integration = snapshot.integrations[place]
        matches = integration.matches
        if not either:
            matched = matches(request, normalized if integration.is_normalized else raw)
        elif integration.action in (QUEUE, CANCEL):
            matched = matches(request, raw) or matches(request, normalized)
        else:
            matched = matches(request, raw) and matches(request, normalized)
        if matched:
            return integration
    return None


def page_url(request: Request) -> str:
    """Where the visitor should come back to: the page, which on an AJAX call is not the URL requested.

    A script names the page, so it is one only as an http or https URL.
    """
    if request.ajax_page_url:
        page = decode_uri_component(request.ajax_page_url) or ""
        return page if page[:8].lower().startswith(_HTTP) else ""
    return request.url.text


def queue_target(integration: Integration, request: Request) -> str:
    """Where a visitor who is queued should come back to, empty for where the waiting room sends them."""
    if integration.redirect_logic == "ForcedTargetUrl":
        return integration.forced_target_url
    if integration.redirect_logic == "EventTargetUrl":
        return ""
    return page_url(request)


def _room_sessions(
    integration: Integration, request: Request, snapshot: Snapshot, now: int, validity_minutes: int | None
) -> dict[str, Session]:
    """The session of each room whose cookie the request carries.

    A browser can hold several cookies of one name, set for different domains: a valid one counts, wherever it
    stands, else the first.
    """
    sessions: dict[str, Session] = {}
    for room in integration.rooms:
        for value in request.cookies(session_cookie.cookie_name(room)):
            session = session_cookie.read(
                value, room, snapshot.keys, request.client_ip, now, validity_minutes
            )
            if session.is_valid or room not in sessions:
                sessions[room] = session
            if session.is_valid:
                break
    return sessions


def _delete_cookies(integration: Integration, sessions: dict[str, Session]) -> tuple[str, ...]:
    return tuple(
        [integration.cookies.set_cookie(session_cookie.cookie_name(room), "", 0) for room in sessions]
    )


def set_session_cookie(
    integration: Integration, session: Session, snapshot: Snapshot, now: int
) -> tuple[str, ...]:
    """The Set-Cookie header value that begins or extends `session` at `now` (Unix seconds)."""
    return (
        integration.cookies.set_cookie(
            session_cookie.cookie_name(session.event_id),
            session_cookie.issue(session, snapshot.keys, now),
            now + session_cookie.LIFETIME_SECONDS,
        ),
    )


def _other_address_reason(client_ip: str, hashed_ip: str) -> str:
    return f"ip,cip:{''.join([f'{ord(character):02x}' for character in client_ip])},hip:{hashed_ip}"


def _session_state_reason(session: Session, client_ip: str, now: float) -> str:
    return (
        _other_address_reason(client_ip, session.hashed_ip)
        + (f",r:{session.redirect_type}" if session.redirect_type else "")
        + (f",q:{session.queue_id}" if session.queue_id else "")
        + f",st:{round(now * 1000)}"
    )


def token_session(token: QueueToken) -> Session:
    """The session that a valid token begins."""
    return Session(
        session_cookie.VALID,
        token.event_id,
        token.queue_id,
        token.validity_minutes,
        token.redirect_type,
        token.hashed_ip,
    )


def _enqueue_token(
    integration: Integration, request: Request, snapshot: Snapshot, now: float, outside: "Outside | None"
) -> str:
    """The token that goes with the visitor to the queue, if one is wanted (section 10)."""
    signing = snapshot.enqueue_key
    if signing is None or outside is None:
        return ""
    settings = snapshot.settings.enqueue_token
    from queueit.enqueue_token import enqueue_token

    return enqueue_token(
        snapshot.customer_id,
        integration.event_id,
        signing,
        issued_at_ms=int(now * 1000),
        token_id=outside.new_uuid(),
        validity_ms=settings.validity_seconds * 1000,
        client_ip=request.client_ip if settings.client_ip else "",
        forwarded_for=request.header("x-forwarded-for") if settings.x_forwarded_for else "",
        key=outside.new_uuid() if settings.key else "",
    )


def _decide_queue(
    integration: Integration, request: Request, snapshot: Snapshot, now: float, outside: "Outside | None"
) -> Decision:
    seconds = int(now)
    sessions = _room_sessions(integration, request, snapshot, seconds, integration.validity_minutes)
    for session in sessions.values():
        if session.is_valid:
            if integration.verifies:
                from queueit.verify_action import denial

                deleted = _delete_cookies(integration, sessions)
                denied = denial(integration, request, snapshot, seconds, outside, session.queue_id, deleted)
                if denied:
                    return denied
            extends = session.is_extendable and integration.extends_session
            cookies = set_session_cookie(integration, session, snapshot, seconds) if extends else ()
            return Decision(integration, "", cookies, "session")
    token = request.token()
    error = token and token_error(token, snapshot.keys, integration.rooms, request.client_ip, seconds)
    if token and not error:
        if integration.verifies:
            from queueit.verify_action import denial

            denied = denial(integration, request, snapshot, seconds, outside, token.queue_id, ())
            if denied:
                return denied
        cookie = set_session_cookie(integration, token_session(token), snapshot, seconds)
        return Decision(integration, "", cookie, "token")
    deleted = _delete_cookies(integration, sessions)
    target = queue_target(integration, request)
    if token and error and not token.is_debug:
        reason = _other_address_reason(request.client_ip, token.hashed_ip) if error == "ip" else ""
        url = redirect_urls.error_url(
            integration.base_url, integration.query, error, reason, token.text, target, seconds
        )
        return Decision(integration, url, deleted, f"token error: {error}")
    last = [*sessions.values()][-1:]
    if last and last[0].status == session_cookie.OTHER_ADDRESS:
        url = redirect_urls.error_url(
            integration.base_url,
            integration.query,
            "connector/sessionstate",
            _session_state_reason(last[0], request.client_ip, now),
            token.text if token else None,
            target,
            seconds,
        )
        return Decision(integration, url, deleted, "session of another address")
    signed = ""
    if snapshot.needs_outside:
        if snapshot.settings.direct_pass:
            from queueit.direct_pass import admission

            admitted = admission(integration, request, snapshot, seconds, outside, deleted)
            if admitted:
                return admitted
        signed = _enqueue_token(integration, request, snapshot, now, outside)
    url = redirect_urls.queue_url(integration.base_url, integration.query, target, signed)
    return Decision(integration, url, deleted, QUEUED)


def _decide_cancel(integration: Integration, request: Request, snapshot: Snapshot, now: float) -> Decision:
    sessions = _room_sessions(integration, request, snapshot, int(now), None)
    valid = [session for session in sessions.values() if session.is_valid]
    if not valid:
        return Decision(integration, "", (), "nothing to cancel")
    url = redirect_urls.cancel_url(
        integration.base_url,
        snapshot.customer_id,
        integration.rooms,
        {session.event_id: session.queue_id for session in valid if session.queue_id},
        page_url(request),
    )
    return Decision(integration, url, _delete_cookies(integration, sessions), "cancel")


def _decide(snapshot: Snapshot, request: Request, now: float, outside: "Outside | None") -> Decision:
    integration = matching_integration(snapshot, request)
    if integration is None:
        return _NO_MATCH
    if integration.action == QUEUE:
        return _decide_queue(integration, request, snapshot, now, outside)
    if integration.action == CANCEL:
        return _decide_cancel(integration, request, snapshot, now)
    return Decision(integration, "", (), "ignore")


def decide(snapshot: Snapshot, request: Request, now: float, outside: "Outside | None" = None) -> Decision:
    """Decide on `request` at `now` (Unix seconds). Total: a strange part of it counts as absent.

    Without `outside` it is a decision on paper: no service is asked, so the verify action denies nobody and direct
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

            return diagnose(_decide, snapshot, request, now, outside, token)
    return _decide(snapshot, request, now, outside)
