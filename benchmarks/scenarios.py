"""The requests and configurations that are measured."""

import hashlib
import hmac
import json
from typing import Any, NamedTuple
from urllib.parse import quote

CUSTOMER_ID = "acme"
SECRET_KEY = "a-secret-key-for-measurements"
QUEUE_ID = "6cf23f10-aca7-4fa2-840e-e10f56aecb44"


class Scenario(NamedTuple):
    """A request, as the JSON text of its event, under a configuration; `max_ratio` is ours to the reference's time."""

    name: str
    config: dict[str, Any]
    event: str
    max_ratio: float | None


def _mac(text: str) -> str:
    return hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def integration(number: int, value: str) -> dict[str, Any]:
    """An integration for the pages whose URL contains `value`, as the platform publishes it."""
    part: dict[str, Any] = {
        "ValidatorType": "UrlValidator",
        "Operator": "Contains",
        "ValueToCompare": value,
        "ValuesToCompare": [],
        "UrlPart": "PageUrl",
        "CookieName": None,
        "HttpHeaderName": None,
        "IsNegative": False,
        "IsIgnoreCase": True,
    }
    return {
        "Name": f"Sale {number}",
        "ActionType": "Queue",
        "EventId": f"sale{number}",
        "InvolvedWaitingRoomIds": None,
        "CookieDomain": "",
        "IsCookieHttpOnly": True,
        "IsCookieSecure": True,
        "LayoutName": "Default layout",
        "Culture": "en-GB",
        "ExtendCookieValidity": True,
        "CookieValidityMinute": 20,
        "QueueDomain": "acme.queue-it.net",
        "QueuePathPrefix": None,
        "RedirectLogic": "AllowTParameter",
        "ForcedTargetUrl": "",
        "VerifyQueueIdEnabled": None,
        "QueueIdUsageLimit": None,
        "IsNormalizationEnabled": False,
        "Triggers": [{"LogicalOperator": "And", "TriggerParts": [part]}],
    }


def config(integrations: list[dict[str, Any]]) -> dict[str, Any]:
    """A configuration around `integrations`."""
    return {
        "Description": "measured",
        "Integrations": integrations,
        "CustomerId": CUSTOMER_ID,
        "AccountId": CUSTOMER_ID,
        "Version": 12,
        "PublishDate": "2026-11-24T00:00:00.0000000Z",
        "ConfigDataVersion": "1.0.0.4",
    }


def session_cookie(event_id: str, now: int) -> str:
    """A valid, extendable session cookie."""
    issued_at = now - 60
    proof = _mac(f"{event_id}{QUEUE_ID}queue{issued_at}")
    value = f"EventId={event_id}&QueueId={QUEUE_ID}&RedirectType=queue&IssueTime={issued_at}&Hash={proof}"
    return f"QueueITAccepted-SDFrts345E-V3_{event_id}={quote(value, safe='')}"


def queue_token(event_id: str, now: int) -> str:
    """A valid queue token."""
    text = f"e_{event_id}~q_{QUEUE_ID}~ts_{now + 3600}~ce_true~rt_queue"
    return f"{text}~h_{_mac(text)}"


def event(*, query: str = "id=42&sort=price", cookie: str = "") -> str:
    """A viewer-request event as a browser's page request makes it."""
    names = {
        "Host": "shop.example",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        "Referer": "https://shop.example/",
        "Cookie": f"_ga=GA1.2.1234567890.1700000000; theme=dark; basket=3f2a9c{'; ' + cookie if cookie else ''}",
    }
    request = {
        "clientIp": "203.0.113.178",
        "headers": {name.lower(): [{"key": name, "value": value}] for name, value in names.items()},
        "method": "GET",
        "querystring": query,
        "uri": "/tickets/summer-festival",
    }
    settings = {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
    }
    return json.dumps({"Records": [{"cf": {"config": settings, "request": request}}]})


def snapshot_document(
    integration_config: dict[str, Any], settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The document of a snapshot, with default settings unless others are given."""
    return {
        "format": 1,
        "customer_id": CUSTOMER_ID,
        "integration_config": integration_config,
        "settings": settings or {},
        "published_at": 0,
        "source": "schedule",
    }


def scenarios(now: int) -> list[Scenario]:
    """What is measured against the reference; cookies and tokens are valid around `now`."""
    one = config([integration(1, "/tickets/")])
    others = [integration(number, f"/other-page-{number}/") for number in range(2, 101)]
    last, first = (
        config([*others, integration(1, "/tickets/")]),
        config([integration(1, "/tickets/"), *others]),
    )
    many = config(
        [
            *[integration(number, f"/other-page-{number}/") for number in range(2, 1001)],
            integration(1, "/tickets/"),
        ]
    )
    browsing = event(cookie=session_cookie("sale1", now))
    arriving = event(query=f"id=42&queueittoken={queue_token('sale1', now)}&sort=price")
    return [
        Scenario("1 integration, valid cookie", one, browsing, 1.3),
        Scenario("1 integration, valid token", one, arriving, 1.3),
        Scenario("1 integration, to the queue", one, event(), None),
        Scenario("100 integrations, the last matches, valid cookie", last, browsing, 0.1),
        Scenario("100 integrations, the last matches, valid token", last, arriving, 0.1),
        Scenario("100 integrations, the first matches, valid cookie", first, browsing, 0.1),
        Scenario("100 integrations, none matches", config(others), browsing, 0.1),
        Scenario("1,000 integrations, the last matches, valid cookie", many, browsing, 0.02),
    ]
