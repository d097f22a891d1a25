"""The verify action: asks whether a queue id has been used too often (protocol sections 5 and 12)."""

from queueit import redirect_urls
from queueit.outcome import QUEUE_ID_USED_UP, Decision
from queueit.services import (
    ServiceRequest,
    ServiceResponse,
    json_body,
    json_object,
    sent_url,
    sent_user_agent,
    service_url,
)
from queueit.settings import VerifySettings
from queueit.visit import Visit

REFUSING_STATUSES = frozenset((400, 413, 414, 422, 431))
"""What a strange request can provoke, so it denies."""


def service_request(settings: VerifySettings, visit: Visit, queue_id: str) -> ServiceRequest:
    """What the service is asked for a visitor with `queue_id`."""
    integration, request, snapshot = visit.integration, visit.request, visit.snapshot
    values = {
        "customerId": snapshot.customer_id,
        "eventId": integration.event_id,
        "queueId": queue_id,
        "usageLimit": "" if integration.usage_limit is None else str(integration.usage_limit),
    }
    fields = {
        "url": sent_url(request.original_url),
        "ip": request.client_ip,
        "actionName": integration.name,
        "userAgent": sent_user_agent(request.header("user-agent")),
    }
    headers = {
        "api-key": snapshot.service_keys.api_key,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return ServiceRequest(
        "verify", service_url(settings.url, values), headers, json_body(fields), settings.timeout_ms
    )


def allows(response: ServiceResponse | None) -> bool:
    """Whether the visitor may go on.

    A plain `"actionAllowed": false` denies, and so does a status that a strange request can provoke. No response, a
    server's error and garbage do not: the visitor holds a valid session or token, which is what lets them in
    wherever this service is not used, and an outage must not send everybody back who has waited.
    """
    if response is None:
        return True
    if response.status == 200:
        return json_object(response.body).get("actionAllowed") is not False
    return response.status not in REFUSING_STATUSES


def denial(visit: Visit, queue_id: str, deleted: tuple[str, ...]) -> Decision | None:
    """The decision for a visitor whose queue id is used up, None for one who may go on.

    `deleted` are the cookies to delete then. Without a queue id, or services, nobody is asked.
    """
    settings, services = visit.snapshot.settings.verify, visit.services
    if not queue_id or settings is None or services is None:
        return None
    if allows(services.post(service_request(settings, visit, queue_id))):
        return None
    integration, token = visit.integration, visit.request.token()
    url = redirect_urls.error_url(
        integration.base_url,
        integration.query,
        "qidlimit",
        "",
        token.text if token else None,
        visit.target,
        visit.seconds,
    )
    return Decision(integration, url, deleted, QUEUE_ID_USED_UP)
