"""What viewer-request tells viewer-response about one request, in a header that no client can forge.

The carrier repeats the event's requestId, which only CloudFront and the functions know, and every copy that a
client sends is deleted first thing (protocol section 8). It is the id, `ok` or `failed`, and Set-Cookie header
values, with a separator between them that none of these can hold.
"""

from __future__ import annotations

from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HEADER = "x-queueit-handover"
CONNECTOR_HEADER = "x-queueit-connector"
FAILED_HEADER = "x-queueit-failed"
INTERNAL_HEADERS = (HEADER, CONNECTOR_HEADER, FAILED_HEADER)

COOKIE_PREFIXES = ("QueueITAccepted-SDFrts345E-V3_", "queueitdebug=")
"""What a cookie that comes out of a carrier may begin with."""

_SEPARATOR = " | "  # a cookie has spaces only after `;` and `,` and in its date
_OK, _FAILED = "ok", "failed"


class Handover(Struct):
    """Set-Cookie header values for the response, and whether the connector failed open."""

    set_cookies: tuple[str, ...] = ()
    failed: bool = False


def strip_internal_headers(headers: dict[str, Any]) -> None:
    """Delete every client-sent copy of the headers that the connector uses itself."""
    for name in INTERNAL_HEADERS:
        headers.pop(name, None)


def write(
    headers: dict[str, Any], request_id: str, set_cookies: tuple[str, ...], failed: bool = False
) -> None:
    """Add the carrier for the request `request_id` to its headers."""
    carrier = _SEPARATOR.join((request_id, _FAILED if failed else _OK, *set_cookies))
    headers[HEADER] = [{"key": HEADER, "value": carrier}]


def read(headers: dict[str, Any], request_id: str) -> Handover | None:
    """The carrier of the request `request_id`; None without one, or when it is not this request's."""
    lines = headers.get(HEADER)
    if not lines or not request_id:
        return None
    carried_id, *rest = lines[0]["value"].split(_SEPARATOR)
    if carried_id != request_id or not rest:
        return None
    state, *cookies = rest
    ours = [cookie for cookie in cookies if cookie.startswith(COOKIE_PREFIXES) and cookie.isprintable()]
    return Handover(tuple(ours), state == _FAILED)
