"""The events that CloudFront hands to the functions (protocol section 8), and headers in their shape and out of it."""

import base64
from collections.abc import Iterable
from typing import Any, NamedTuple

from workbench.local_edge.restricted_headers import is_disallowed
from workbench.local_edge.rule_table import Rule

HeaderLines = list[tuple[str, str]]
"""Header lines as sent, (name, value) each; lines of one name stay several."""

DISTRIBUTION_ID = "ELOCALEDGE"
DISTRIBUTION_DOMAIN = "local-edge.cloudfront.net"


class ViewerRequest(NamedTuple):
    """A visitor's request, as sent: a character for each byte; `querystring` without its question mark."""

    request_id: str
    client_ip: str
    method: str
    uri: str
    querystring: str
    headers: HeaderLines
    body: bytes


def shown(received: str) -> str:
    """What a function sees of a value as received, a character for each byte: UTF-8, or ISO-8859-1 where it is not."""
    if received.isascii():
        return received
    try:
        return received.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return received


def sent(text: str) -> str:
    """What goes out, a character for each byte, of a value that a function made: UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def event_headers(lines: Iterable[tuple[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Headers as functions see them: lower-case name → one {key, value} a line, disallowed ones left out."""
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in lines:
        if not is_disallowed(name.lower()):
            headers.setdefault(name.lower(), []).append({"key": name, "value": shown(value)})
    return headers


def sent_lines(lines: HeaderLines, received: HeaderLines) -> HeaderLines:
    """The lines that a function returned as they go out: values that it left alone as received, others in UTF-8."""
    left_alone = {(name.lower(), shown(value)): value for name, value in received if not value.isascii()}
    return [(name, left_alone.get((name.lower(), value)) or sent(value)) for name, value in lines]


def header_lines(headers: dict[str, list[dict[str, str]]]) -> HeaderLines:
    """The lines of headers in a function's shape; a missing key is the name with initial capitals."""
    return [
        (line.get("key") or _initial_capitals(name), line["value"])
        for name, lines in headers.items()
        for line in lines
    ]


def _initial_capitals(name: str) -> str:
    return "-".join([part.capitalize() for part in name.split("-")])


def hidden_lines(lines: Iterable[tuple[str, str]]) -> HeaderLines:
    """The lines that functions do not see."""
    return [(name, value) for name, value in lines if is_disallowed(name.lower())]


def request_document(request: ViewerRequest, *, include_body: bool) -> dict[str, Any]:
    """`Records[0].cf.request` of a viewer-request event."""
    document: dict[str, Any] = {
        "clientIp": request.client_ip,
        "headers": event_headers(request.headers),
        "method": request.method,
        "querystring": shown(request.querystring),
        "uri": shown(request.uri),
    }
    if include_body:
        document["body"] = {
            "inputTruncated": len(request.body) > Rule.INCLUDED_BODY_CUT.limit,
            "action": "read-only",
            "encoding": "base64",
            "data": base64.b64encode(request.body[: Rule.INCLUDED_BODY_CUT.limit]).decode("ascii"),
        }
    return document


def response_document(status: int, reason: str, headers: HeaderLines) -> dict[str, Any]:
    """`Records[0].cf.response` of a viewer-response event: no body."""
    return {"status": str(status), "statusDescription": shown(reason), "headers": event_headers(headers)}


def event(
    event_type: str, request_id: str, request: dict[str, Any], response: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A whole event."""
    cf: dict[str, Any] = {
        "config": {
            "distributionDomainName": DISTRIBUTION_DOMAIN,
            "distributionId": DISTRIBUTION_ID,
            "eventType": event_type,
            "requestId": request_id,
        },
        "request": request,
    }
    if response is not None:
        cf["response"] = response
    return {"Records": [{"cf": cf}]}
