"""Lambda@Edge's viewer-response function: puts on the response what viewer-request decided."""

from __future__ import annotations

from edge import handover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The response of `event`, with the connector's cookies and headers where viewer-request asked for them.

    A response that gets a cookie is not for shared caches (protocol section 4).

    Needs no snapshot and calls nobody. A response to a request that the connector did not touch stays as it is.
    """
    cf = event["Records"][0]["cf"]
    response: dict[str, Any] = cf["response"]
    carried = handover.read(cf["request"]["headers"], cf["config"].get("requestId") or "")
    if carried is None:
        return response
    headers = response["headers"]
    headers[handover.CONNECTOR_HEADER] = [{"key": handover.CONNECTOR_HEADER, "value": "cloudfront"}]
    if carried.failed:
        headers[handover.FAILED_HEADER] = [{"key": handover.FAILED_HEADER, "value": "true"}]
    if carried.set_cookies:
        from edge.shared_caches import keep_private

        keep_private(headers)
        headers.setdefault("set-cookie", []).extend(
            [{"key": "Set-Cookie", "value": cookie} for cookie in carried.set_cookies]
        )
    return response
