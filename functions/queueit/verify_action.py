"""The verify action: asks whether a queue id has been used too often (protocol sections 5 and 12)."""

from queueit import redirect_urls
from queueit.decision import Decision, queue_target
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
from queueit.request import Request
from queueit.settings import VerifySettings
from queueit.snapshot import Snapshot

REFUSING_STATUSES = frozenset((400, 413, 414, 422, 431))
"""Answers that a strange request can provoke, so they must not let it off: they deny."""


def question(
    settings: VerifySettings, integration: Integration, request: Request, snapshot: Snapshot, queue_id: str
) -> Question:
    """What the service is asked for a visitor with `queue_id`."""
    values = {
        "customerId": snapshot.customer_id,
        "eventId": integration.event_id,
        "queueId": queue_id,
        "usageLimit": "" if integration.usage_limit is None else str(integration.usage_limit),
    }
    fields = {
        "url": request.original_url[:MAX_URL_LENGTH],
        "ip": request.client_ip,
        "actionName": integration.name,
        "userAgent": header_value(request.header("user-agent")),
    }
    headers = {
        "api-key": snapshot.service_keys.api_key,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return Question(
        "verify", question_url(settings.url, values), headers, json_body(fields), settings.timeout_ms
    )


def allows(answer: Answer | None) -> bool:
    """Whether the visitor may go on.

    A plain `"actionAllowed": false` denies, and so does an answer that a strange request can provoke. No answer, a
    server's error and garbage do not: the visitor holds a valid session or token, which is what lets them in
    wherever this service is not used, and an outage must not send everybody back who has waited.
    """
    if answer is None:
        return True
    if answer.status == 200:
        return json_object(answer.body).get("actionAllowed") is not False
    return answer.status not in REFUSING_STATUSES


def denial(
    integration: Integration,
    request: Request,
    snapshot: Snapshot,
    now: int,
    outside: Outside | None,
    queue_id: str,
    deleted: tuple[str, ...],
) -> Decision | None:
    """The decision for a visitor whose queue id is used up, None for one who may go on.

    `deleted` are the cookies to delete then, `now` is in Unix seconds. Without a queue id, or `outside`, nobody is
    asked.
    """
    settings = snapshot.settings.verify
    if not queue_id or settings is None or outside is None:
        return None
    if allows(outside.post(question(settings, integration, request, snapshot, queue_id))):
        return None
    token = request.token()
    url = redirect_urls.error_url(
        integration.base_url,
        integration.query,
        "qidlimit",
        "",
        token.text if token else None,
        queue_target(integration, request),
        now,
    )
    return Decision(integration, url, deleted, "queue id used up")
