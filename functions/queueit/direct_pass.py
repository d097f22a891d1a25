"""Direct pass: asks whether a visitor may go in without waiting (protocol sections 5 and 12)."""

from typing import NamedTuple

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
from queueit.redirect_urls import CONNECTOR, PLATFORM_VERSION
from queueit.request import Request
from queueit.session_cookie import VALID, Session
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


def ask(
    settings: DirectPassSettings,
    integration: Integration,
    request: Request,
    snapshot: Snapshot,
    outside: Outside | None,
) -> DirectPass:
    """Ask the service; without `outside` nobody passes."""
    if outside is None:
        return DirectPass(NOT_PASSED)
    return read_answer(outside.post(question(settings, integration, request, snapshot)))
