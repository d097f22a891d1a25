"""Direct pass: asks whether a visitor may go in without waiting (protocol sections 5 and 12)."""

from __future__ import annotations

from queueit.light_typing import Struct
from queueit.outcome import DIRECT_PASS, DIRECT_PASS_FAILED, Decision
from queueit.queue_token import parse_queue_token, token_error
from queueit.redirect_urls import CONNECTOR, PLATFORM_VERSION
from queueit.room_sessions import set_session_cookie, token_session
from queueit.services import (
    MAX_HEADER_LENGTH,
    ServiceRequest,
    ServiceResponse,
    json_body,
    json_object,
    sent_url,
    sent_user_agent,
    service_url,
)
from queueit.session_cookie import VALID, Session, cookie_name
from queueit.settings import DirectPassSettings
from queueit.visit import Visit

PASSED, NOT_PASSED, FAILED = "passed", "not passed", "failed"

FAILURE_REDIRECT_TYPE = "timeout"
FAILURE_VALIDITY_MINUTES = 3


class DirectPass(Struct):
    """What came of it; `token` is that of a visitor who passed, not checked yet."""

    outcome: str
    token: str = ""


def service_request(settings: DirectPassSettings, visit: Visit) -> ServiceRequest:
    """What the service is asked."""
    integration, request, snapshot = visit.integration, visit.request, visit.snapshot
    values = {"customerId": snapshot.customer_id, "eventId": integration.event_id}
    fields = {
        "protectedUrl": sent_url(request.original_url),
        "sdkVersion": CONNECTOR,
        "connectorPlatformVersion": PLATFORM_VERSION,
        "actionName": integration.name,
    }
    headers = {
        "proxy-key": snapshot.service_keys.proxy_key,
        "client-ip": sent_user_agent(request.client_ip),
        "User-Agent": sent_user_agent(request.header("user-agent")),
        "Referer": sent_url(request.header("referer"), MAX_HEADER_LENGTH),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return ServiceRequest(
        "direct_pass", service_url(settings.url, values), headers, json_body(fields), settings.timeout_ms
    )


def failure_session(event_id: str) -> Session:
    """The short session that a failure gives, where the setting says pass."""
    return Session(
        VALID, event_id, validity_minutes=FAILURE_VALIDITY_MINUTES, redirect_type=FAILURE_REDIRECT_TYPE
    )


def read_response(response: ServiceResponse | None) -> DirectPass:
    """What the response means.

    Only a timeout, no HTTP response and a server's error are failures. What the service refuses, and garbage, is no
    pass, because a strange request could provoke it, and neither is a defect of ours.
    """
    if response is None or response.status >= 500:
        return DirectPass(FAILED)
    fields = json_object(response.body) if response.status == 200 else {}
    token = fields.get("QueueItToken")
    if fields.get("HasPassed") is True and isinstance(token, str):
        return DirectPass(PASSED, token)
    return DirectPass(NOT_PASSED)


def admission(visit: Visit, deleted: tuple[str, ...]) -> Decision | None:
    """The decision for a visitor who need not wait, None for one who has to, as everybody has without services.

    `deleted` are the invalid cookies to delete.
    """
    settings, services = visit.snapshot.settings.direct_pass, visit.services
    if settings is None or services is None:
        return None
    integration = visit.integration
    passed = read_response(services.post(service_request(settings, visit)))
    if passed.outcome == PASSED:
        token = parse_queue_token(passed.token)
        if not token or token_error(
            token, visit.snapshot.keys, integration.rooms, visit.request.client_ip, visit.seconds
        ):
            return None
        session, reason = token_session(token), DIRECT_PASS
    elif passed.outcome == FAILED and settings.on_failure == "pass":
        session, reason = failure_session(integration.event_id), DIRECT_PASS_FAILED
    else:
        return None
    # A browser that gets two cookies of one name need not take the last.
    name = f"{cookie_name(session.event_id)}="
    others = tuple([other for other in deleted if not other.startswith(name)])
    return Decision(integration, "", others + set_session_cookie(visit, session), reason)
