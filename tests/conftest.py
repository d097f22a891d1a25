"""What all tests share: the event of a visitor's request, a snapshot to decide by, tokens of the waiting room."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings

from queueit.snapshot import Snapshot, compile_snapshot

# Property tests try the same examples on every run; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("reproducible", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile("explore", deadline=None, max_examples=3000)
settings.load_profile("reproducible")

Document = dict[str, Any]

NOW = 1_790_000_000
"""The clock of tests that need none of their own, Unix seconds."""

SECRET_KEY = "not-a-real-secret-key"  # an obvious fake


def url_part(path: str, **changes: Any) -> Document:
    """A trigger part that asks for `path` in the page's path."""
    return {
        "ValidatorType": "UrlValidator",
        "UrlPart": "PagePath",
        "Operator": "Contains",
        "ValueToCompare": path,
        "ValuesToCompare": [],
        "IsNegative": False,
        "IsIgnoreCase": False,
    } | changes


def queue_integration(**changes: Any) -> Document:
    """An integration that queues for /tickets, as the platform writes one."""
    return {
        "Name": "Tickets",
        "ActionType": "Queue",
        "EventId": "tickets",
        "InvolvedWaitingRoomIds": None,
        "CookieDomain": "",
        "IsCookieHttpOnly": False,
        "IsCookieSecure": False,
        "LayoutName": "",
        "Culture": "",
        "ExtendCookieValidity": True,
        "CookieValidityMinute": 20,
        "QueueDomain": "example.queue-it.net",
        "QueuePathPrefix": None,
        "RedirectLogic": "AllowTParameter",
        "ForcedTargetUrl": "",
        "IsNormalizationEnabled": False,
        "Triggers": [{"LogicalOperator": "And", "TriggerParts": [url_part("/tickets")]}],
    } | changes


def integration_config(*integrations: Document, version: int = 7) -> Document:
    """A configuration of `integrations`, of one that queues for /tickets by default."""
    return {
        "Description": "test",
        "CustomerId": "example",
        "Version": version,
        "Integrations": list(integrations or [queue_integration()]),
    }


def snapshot_document(*integrations: Document, settings: Document | None = None, **changes: Any) -> Document:
    """A snapshot document as config_refresh publishes it."""
    return {
        "format": 1,
        "customer_id": "example",
        "credentials": {"secret_key": SECRET_KEY},
        "integration_config": integration_config(*integrations),
        "settings": settings or {},
        "published_at": NOW,
        "source": "schedule",
    } | changes


def snapshot(*integrations: Document, settings: Document | None = None, **changes: Any) -> Snapshot:
    """A compiled snapshot of `integrations`."""
    return compile_snapshot(snapshot_document(*integrations, settings=settings, **changes))


def viewer_request(
    uri: str = "/tickets",
    querystring: str = "",
    *,
    headers: Iterable[tuple[str, str]] = (),
    method: str = "GET",
    client_ip: str = "203.0.113.7",
    body: Document | None = None,
    request_id: str = "request-1",
) -> Document:
    """CloudFront's event for a request; `headers` are lines, those of one name stay several."""
    lines: dict[str, list[dict[str, str]]] = {"host": [{"key": "Host", "value": "shop.example.com"}]}
    for name, value in headers:
        lines.setdefault(name.lower(), []).append({"key": name, "value": value})
    request: Document = {
        "clientIp": client_ip,
        "headers": lines,
        "method": method,
        "querystring": querystring,
        "uri": uri,
    }
    if body is not None:
        request["body"] = body
    config = {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": request_id,
    }
    return {"Records": [{"cf": {"config": config, "request": request}}]}


class Builders:
    """The builders above, for tests of any directory."""

    now = NOW
    secret_key = SECRET_KEY
    url_part = staticmethod(url_part)
    queue_integration = staticmethod(queue_integration)
    integration_config = staticmethod(integration_config)
    snapshot_document = staticmethod(snapshot_document)
    snapshot = staticmethod(snapshot)
    viewer_request = staticmethod(viewer_request)


@pytest.fixture(scope="session")
def build() -> type[Builders]:
    """Builders of documents, events and snapshots."""
    return Builders


def header(response: Document, name: str) -> str | None:
    """The one value of a header of an event's request or response; None without one."""
    lines = response["headers"].get(name.lower())
    assert lines is None or len(lines) == 1
    return lines[0]["value"] if lines else None


@pytest.fixture(scope="session")
def read_header() -> Callable[[Document, str], str | None]:
    """Reads a header that occurs at most once."""
    return header
