"""The requests and configurations that are measured."""

import json
from typing import Any, NamedTuple

from tests import builders
from tests.builders import queue_integration, queue_token, url_part, viewer_request_event

CUSTOMER_ID = "acme"


class Scenario(NamedTuple):
    """A request, as the JSON text of its event, under a configuration; `max_ratio` is ours to the reference's time."""

    name: str
    config: dict[str, Any]
    event: str
    max_ratio: float | None


def integration(number: int, value: str) -> dict[str, Any]:
    """An integration for the pages whose URL contains `value`, as the platform publishes it."""
    part = url_part(value, UrlPart="PageUrl", CookieName=None, HttpHeaderName=None, IsIgnoreCase=True)
    return queue_integration(
        part,
        Name=f"Sale {number}",
        EventId=f"sale{number}",
        IsCookieHttpOnly=True,
        IsCookieSecure=True,
        LayoutName="Default layout",
        Culture="en-GB",
        QueueDomain="acme.queue-it.net",
        VerifyQueueIdEnabled=None,
        QueueIdUsageLimit=None,
    )


def config(integrations: list[dict[str, Any]]) -> dict[str, Any]:
    """A configuration around `integrations`."""
    return builders.integration_config(*integrations, version=12) | {
        "CustomerId": CUSTOMER_ID,
        "AccountId": CUSTOMER_ID,
        "PublishDate": "2026-11-24T00:00:00.0000000Z",
        "ConfigDataVersion": "1.0.0.4",
    }


def event(*, query: str = "id=42&sort=price", cookie: str = "") -> str:
    """A viewer-request event as a browser's page request makes it."""
    names = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        "Referer": "https://shop.example/",
        "Cookie": f"_ga=GA1.2.1234567890.1700000000; theme=dark; basket=3f2a9c{'; ' + cookie if cookie else ''}",
    }
    made = viewer_request_event(
        "/tickets/summer-festival",
        query,
        host="shop.example",
        headers=names.items(),
        request_id="4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
    )
    return json.dumps(made)


def snapshot_document(
    integration_config: dict[str, Any], settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The document of a snapshot, with default settings unless others are given."""
    return builders.snapshot_document(
        settings=settings, integration_config=integration_config, customer_id=CUSTOMER_ID, published_at=0
    )


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
    session = builders.session_text("sale1", issued_at=now - 60)
    browsing = event(cookie=builders.session_pair("sale1", session))
    arriving = event(query=f"id=42&queueittoken={queue_token('sale1', expires_at=now + 3600)}&sort=price")
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
