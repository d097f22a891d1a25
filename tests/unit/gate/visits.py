"""Visits for the tests of the gate: one question, whether the visitor gets the page."""

from typing import Any

from edge.event_handling import handle
from queueit.snapshot import Snapshot
from tests.builders import NOW, viewer_request_event

OWN_DOMAIN = "d111111abcdef8.cloudfront.net"
"""The distribution's own domain, as events name it."""


def outcome(snapshot: Snapshot, target: str = "/tickets", **event: Any) -> str:
    """What becomes of a visit to `target`: "page", or the id of the waiting room that the visitor is sent to."""
    uri, _, query = target.partition("?")
    result = handle(viewer_request_event(uri, query, **event), snapshot, NOW)
    if "status" not in result:
        return "page"
    location: str = result["headers"]["location"][0]["value"]
    assert location.startswith("https://example.queue-it.net/?c=example&e=")
    return location.partition("&e=")[2].partition("&")[0]
