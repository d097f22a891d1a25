"""The sessions that a visitor's cookies prove, and the cookies that begin, extend and end them (section 4)."""

from queueit import session_cookie
from queueit.queue_token import QueueToken
from queueit.session_cookie import Session
from queueit.visit import Visit


def read_sessions(visit: Visit, validity_minutes: int | None) -> dict[str, Session]:
    """The session of each room whose cookie the request carries; `validity_minutes` as `session_cookie.read` takes it.

    A browser can hold several cookies of one name, set for different domains: a valid one counts, wherever it
    stands, else the first.
    """
    sessions: dict[str, Session] = {}
    request, keys, now = visit.request, visit.snapshot.keys, visit.seconds
    for room in visit.integration.rooms:
        for value in filter(None, request.session_cookies.get(session_cookie.cookie_name(room), ())):
            session = session_cookie.read(value, room, keys, request.client_ip, now, validity_minutes)
            if session.is_valid:
                sessions[room] = session
                break
            sessions.setdefault(room, session)
    return sessions


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


def set_session_cookie(visit: Visit, session: Session) -> tuple[str, ...]:
    """The Set-Cookie header value that begins or extends `session` now."""
    now = visit.seconds
    return (
        visit.integration.cookies.set_cookie(
            session_cookie.cookie_name(session.event_id),
            session_cookie.issue(session, visit.snapshot.keys, now),
            now + session_cookie.LIFETIME_SECONDS,
        ),
    )


def delete_cookies(visit: Visit, sessions: dict[str, Session]) -> tuple[str, ...]:
    """The Set-Cookie header values that delete the cookies of `sessions`."""
    set_cookie = visit.integration.cookies.set_cookie
    return tuple([set_cookie(session_cookie.cookie_name(room), "", 0) for room in sessions])
