"""CloudFront's viewer-request event as the engine's request (protocol section 8)."""

from __future__ import annotations

from functools import partial

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


def _is_body_cut(body: dict[str, Any] | None) -> bool:
    return bool(body and body.get("inputTruncated"))


def to_request(request: dict[str, Any], own_domain: str = "") -> Request:
    """The engine's view of `Records[0].cf.request`, of a distribution at `own_domain`.

    Nothing is read before the engine asks for it.
    """
    headers = request["headers"]
    return Request(
        method=request["method"],
        host=_joined(headers, "host"),
        path=request["uri"],
        query=request.get("querystring") or "",
        client_ip=request.get("clientIp") or "",
        own_domain=own_domain,
        header=partial(_joined, headers),
        body=lambda: _body(request.get("body")),
        is_body_cut=lambda: _is_body_cut(request.get("body")),
    )
