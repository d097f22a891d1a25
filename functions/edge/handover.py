"""What viewer-request tells viewer-response about one request, in a header that no client can forge.

The carrier repeats the event's requestId, which only CloudFront and the functions know, and every copy that a
client sends is deleted first thing (protocol section 8).
"""

import json
from typing import Any, NamedTuple

HEADER = "x-queueit-handover"
CONNECTOR_HEADER = "x-queueit-connector"
FAILED_HEADER = "x-queueit-failed"
INTERNAL_HEADERS = (HEADER, CONNECTOR_HEADER, FAILED_HEADER)

COOKIE_PREFIXES = ("QueueITAccepted-SDFrts345E-V3_", "queueitdebug=")
"""What a cookie that comes out of a carrier may begin with."""


_encode = json.JSONEncoder(separators=(",", ":")).encode


class Handover(NamedTuple):
    """Set-Cookie header values for the response, and whether the connector failed open."""

    set_cookies: tuple[str, ...] = ()
    failed: bool = False


def strip_internal_headers(headers: dict[str, Any]) -> None:
    """Delete every client-sent copy of the headers that the connector uses itself."""
    for name in INTERNAL_HEADERS:
        headers.pop(name, None)


def write(headers: dict[str, Any], request_id: str, handover: Handover) -> None:
    """Add the carrier for the request `request_id` to its headers."""
    carrier: dict[str, Any] = {"id": request_id}
    if handover.set_cookies:
        carrier["cookies"] = handover.set_cookies
    if handover.failed:
        carrier["failed"] = True
    headers[HEADER] = [{"key": HEADER, "value": _encode(carrier)}]


def _is_ours(cookie: object) -> bool:
    return isinstance(cookie, str) and cookie.startswith(COOKIE_PREFIXES) and cookie.isprintable()


def read(headers: dict[str, Any], request_id: str) -> Handover | None:
    """The carrier of the request `request_id`; None without one, or when it is not this request's."""
    try:
        carrier = json.loads(headers[HEADER][0]["value"])
        if not request_id or carrier["id"] != request_id:
            return None
        cookies = tuple([cookie for cookie in carrier.get("cookies", ()) if _is_ours(cookie)])
        return Handover(cookies, carrier.get("failed") is True)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return None
