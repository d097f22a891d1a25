"""Direct pass: asks whether a visitor may go in without waiting (protocol sections 5 and 12)."""

from typing import NamedTuple

from queueit.decision import Decision, set_session_cookie, token_session
from queueit.integration_config import Integration
from queueit.outside import (
    MAX_URL_LENGTH,
    Answer,
    Outside,
    Question,
    header_value,
    json_body,
    json_object,
    question_url,
)
from queueit.queue_token import parse_queue_token, token_error
from queueit.redirect_urls import CONNECTOR, PLATFORM_VERSION
from queueit.request import Request
from queueit.session_cookie import VALID, Session, cookie_name
from queueit.settings import DirectPassSettings
from queueit.snapshot import Snapshot

PASSED, NOT_PASSED, FAILED = "passed", "not passed", "failed"

FAILURE_REDIRECT_TYPE = "timeout"
FAILURE_VALIDITY_MINUTES = 3


class DirectPass(NamedTuple):
    """What came of asking; `token` is that of a visitor who passed, not checked yet."""

    outcome: str
    token: str = ""


def question(
    settings: DirectPassSettings, integration: Integration, request: Request, snapshot: Snapshot
) -> Question:
    """What the service is asked."""
    values = {"customerId": snapshot.customer_id, "eventId": integration.event_id}
    fields = {
        "protectedUrl": request.original_url[:MAX_URL_LENGTH],
        "sdkVersion": CONNECTOR,
        "connectorPlatformVersion": PLATFORM_VERSION,
        "actionName": integration.name,
    }
    headers = {
        "proxy-key": snapshot.service_keys.proxy_key,
        "client-ip": header_value(request.client_ip),
        "User-Agent": header_value(request.header("user-agent")),
        "Referer": header_value(request.header("referer")),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return Question(
        "direct_pass", question_url(settings.url, values), headers, json_body(fields), settings.timeout_ms
    )


def failure_session(event_id: str) -> Session:
    """The short session that a failure gives, where the setting says pass."""
    return Session(
        VALID, event_id, validity_minutes=FAILURE_VALIDITY_MINUTES, redirect_type=FAILURE_REDIRECT_TYPE
    )


def read_answer(answer: Answer | None) -> DirectPass:
    """What the answer means.

    Only a timeout, no HTTP answer and a server's error are failures. What the service refuses, and garbage, is no
    pass, because a strange request could provoke it, and neither is a defect of ours.
    """
    if answer is None or answer.status >= 500:
        return DirectPass(FAILED)
    fields = json_object(answer.body) if answer.status == 200 else {}
    token = fields.get("QueueItToken")
    if fields.get("HasPassed") is True and isinstance(token, str):
        return DirectPass(PASSED, token)
    return DirectPass(NOT_PASSED)


def admission(
    integration: Integration,
    request: Request,
    snapshot: Snapshot,
    now: int,
    outside: Outside | None,
    deleted: tuple[str, ...],
) -> Decision | None:
    """The decision for a visitor who need not wait, None for one who has to, as everybody has without `outside`.

    `deleted` are the invalid cookies to delete, `now` is in Unix seconds.
    """
    settings = snapshot.settings.direct_pass
    if settings is None or outside is None:
        return None
    answer = read_answer(outside.post(question(settings, integration, request, snapshot)))
    if answer.outcome == PASSED:
        token = parse_queue_token(answer.token)
        if not token or token_error(token, snapshot.keys, integration.rooms, request.client_ip, now):
            return None
        session, reason = token_session(token), "direct pass"
    elif answer.outcome == FAILED and settings.on_failure == "pass":
        session, reason = failure_session(integration.event_id), "direct pass failed"
    else:
        return None
    # A browser that gets two cookies of one name need not take the last.
    name = f"{cookie_name(session.event_id)}="
    others = tuple([other for other in deleted if not other.startswith(name)])
    return Decision(integration, "", others + set_session_cookie(integration, session, snapshot, now), reason)
