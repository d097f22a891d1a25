"""Visits for the tests of the gate: one question, whether the visitor gets the page."""

from collections.abc import Iterable
from typing import Any

from edge.event_handling import handle
from queueit.snapshot import Snapshot
from tests.builders import NOW, viewer_request_event

OWN_DOMAIN = "d111111abcdef8.cloudfront.net"
"""The distribution's own domain, as events name it."""


def outcome(
    snapshot: Snapshot,
    target: str = "/tickets",
    *,
    host: str = "shop.example.com",
    headers: Iterable[tuple[str, str]] = (),
    **event: Any,
) -> str:
    """What becomes of a visit to `target`: "page", or the id of the waiting room that the visitor is sent to."""
    uri, _, query = target.partition("?")
    viewer_request = viewer_request_event(uri, query, headers=headers, **event)
    viewer_request["Records"][0]["cf"]["request"]["headers"]["host"] = [{"key": "Host", "value": host}]
    result = handle(viewer_request, snapshot, NOW)
    if "status" not in result:
        return "page"
    location: str = result["headers"]["location"][0]["value"]
    assert location.startswith("https://example.queue-it.net/?c=example&e=")
    return location.partition("&e=")[2].partition("&")[0]
