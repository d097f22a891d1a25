"""CloudFront's viewer-request event as the engine's request (protocol section 8)."""

from __future__ import annotations

from queueit.request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _joined(headers: dict[str, Any], name: str) -> str:
    """All lines of a header as one value; empty when there is none."""
    lines = headers.get(name)
    if not lines:
        return ""
    if len(lines) == 1:
        return lines[0]["value"] or ""
    return ("; " if name == "cookie" else ", ").join([line["value"] or "" for line in lines])


def _body(body: dict[str, Any] | None) -> str:
    """The body as text, as far as CloudFront passed it on; empty when it is not included."""
    data = (body or {}).get("data") or ""
    if not data or not body or body.get("encoding") != "base64":
        return str(data)
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(data).decode("utf-8", "replace")
    except (Error, ValueError):
        return ""


def to_request(request: dict[str, Any], own_domain: str = "") -> Request:
    """The engine's view of `Records[0].cf.request`, of a distribution at `own_domain`.

    Nothing is read before the engine asks for it.
    """
    headers = request["headers"]
    return Request(  # by place: names would cost every request a microsecond
        request["method"],
        _joined(headers, "host"),
        request["uri"],
        request.get("querystring") or "",
        request.get("clientIp") or "",
        lambda name: _joined(headers, name),
        lambda: _body(request.get("body")),
        lambda: bool((request.get("body") or {}).get("inputTruncated")),
        own_domain,
    )
