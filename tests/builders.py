"""What tests are made of: a configuration, a snapshot, an event, a token, a cookie.

Tokens and cookies are signed here apart from the engine, as the platform would, or the connector at an earlier visit.
"""

import hmac
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from queueit.snapshot import FORMAT, Snapshot, compile_snapshot
from queueit.stored_snapshot import COMPILER

Document = dict[str, Any]

NOW = 1_790_000_000
"""The clock of tests that need none of their own, Unix seconds."""

SECRET_KEY = "not-a-real-secret-key"  # an obvious fake
OTHER_KEY = "the-key-of-somebody-else"
ADDRESS = "203.0.113.7"
GUID = "11111111-2222-3333-4444-555555555555"
COOKIE_PREFIX = "QueueITAccepted-SDFrts345E-V3_"


def url_part(path: str, **changes: Any) -> Document:
    """A trigger part that asks for `path` in the page's path."""
    return {
        "ValidatorType": "UrlValidator",
        "UrlPart": "PagePath",
        "Operator": "Contains",
        "ValueToCompare": path,
        "ValuesToCompare": [],
        "IsNegative": False,
        "IsIgnoreCase": False,
    } | changes


def part(kind: str, value: str, **changes: Any) -> Document:
    """A trigger part of the validator `kind`, such as HttpHeader, that asks for `value`."""
    return {"ValidatorType": f"{kind}Validator", "Operator": "Equals", "ValueToCompare": value} | changes


def triggers(*parts: Document, operator: str = "And") -> list[Document]:
    """One trigger of these parts."""
    return [{"LogicalOperator": operator, "TriggerParts": list(parts)}]


def queue_integration(*parts: Document, **changes: Any) -> Document:
    """An integration that queues for `parts`, for /tickets by default, as the platform writes one."""
    return {
        "Name": "Tickets",
        "ActionType": "Queue",
        "EventId": "tickets",
        "InvolvedWaitingRoomIds": None,
        "CookieDomain": "",
        "IsCookieHttpOnly": False,
        "IsCookieSecure": False,
        "LayoutName": "",
        "Culture": "",
        "ExtendCookieValidity": True,
        "CookieValidityMinute": 20,
        "QueueDomain": "example.queue-it.net",
        "QueuePathPrefix": None,
        "RedirectLogic": "AllowTParameter",
        "ForcedTargetUrl": "",
        "IsNormalizationEnabled": False,
        "Triggers": triggers(*parts or [url_part("/tickets")]),
    } | changes


def integration_config(*integrations: Document, version: int = 7) -> Document:
    """A configuration of `integrations`, of one that queues for /tickets by default."""
    return {
        "Description": "test",
        "CustomerId": "example",
        "Version": version,
        "Integrations": list(integrations or [queue_integration()]),
    }


def snapshot_document(*integrations: Document, settings: Document | None = None, **changes: Any) -> Document:
    """A snapshot document as config_refresh publishes it."""
    return {
        "format": FORMAT,
        "compiler": COMPILER,
        "customer_id": "example",
        "integration_config": integration_config(*integrations),
        "settings": settings or {},
        "published_at": NOW,
        "source": "schedule",
    } | changes


def compiled_snapshot(
    *integrations: Document, settings: Document | None = None, keys: Document | None = None, **changes: Any
) -> Snapshot:
    """A snapshot of `integrations` as the edge has it; `keys` are the account's, one secret key by default."""
    document = snapshot_document(*integrations, settings=settings, **changes)
    return compile_snapshot(document, keys or {"secret_key": SECRET_KEY})


def viewer_request_event(
    uri: str = "/tickets",
    querystring: str = "",
    *,
    host: str = "shop.example.com",
    headers: Iterable[tuple[str, str]] = (),
    method: str = "GET",
    client_ip: str = ADDRESS,
    body: Document | None = None,
    request_id: str = "request-1",
) -> Document:
    """CloudFront's event for a request; `headers` are lines, those of one name stay several."""
    lines: dict[str, list[dict[str, str]]] = {"host": [{"key": "Host", "value": host}]}
    for name, value in headers:
        lines.setdefault(name.lower(), []).append({"key": name, "value": value})
    request: Document = {
        "clientIp": client_ip,
        "headers": lines,
        "method": method,
        "querystring": querystring,
        "uri": uri,
    }
    if body is not None:
        request["body"] = body
    config = {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": request_id,
    }
    return {"Records": [{"cf": {"config": config, "request": request}}]}


def header_of(message: Document, name: str) -> str:
    """The value of a header that an event's request or response has exactly once."""
    (line,) = message["headers"][name.lower()]
    value: str = line["value"]
    return value


def mac(text: str, key: str = SECRET_KEY) -> str:
    """HMAC-SHA256 of `text`, lower-case hex (protocol section 1)."""
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


def encode_component(text: str) -> str:
    """encodeURIComponent."""
    return quote(text, safe="-_.!~*'()")


def queue_token(
    room: str = "tickets",
    *,
    queue_id: str = GUID,
    expires_at: int | None = NOW + 60,
    validity: str = "",
    redirect_type: str = "queue",
    address: str = "",
    extra: str = "",
    key: str = SECRET_KEY,
) -> str:
    """A queue token (protocol section 3); empty for a field leaves it out, `extra` is put before the hash."""
    fields = [
        ("e", room),
        ("q", queue_id),
        ("ts", "" if expires_at is None else str(expires_at)),
        ("ce", "true"),
        ("cv", validity),
        ("rt", redirect_type),
        ("hip", mac(address, key) if address else ""),
    ]
    text = "~".join([f"{name}_{value}" for name, value in fields if value] + ([extra] if extra else []))
    return f"{text}~h_{mac(text, key)}"


def session_text(
    room: str = "tickets",
    *,
    queue_id: str = GUID,
    validity: str = "",
    redirect_type: str = "queue",
    issued_at: int | str = NOW - 60,
    address: str = "",
    key: str = SECRET_KEY,
    with_mac: bool = False,
) -> str:
    """A session cookie's value before its percent-encoding (protocol section 4), whatever shape its fields have."""
    hashed_ip = mac(address, key) if address else ""
    pairs = [
        f"EventId={room}",
        f"QueueId={queue_id}" if queue_id else "",
        f"FixedValidityMins={validity}" if validity else "",
        f"RedirectType={redirect_type}",
        f"IssueTime={issued_at}",
        f"Hip={hashed_ip}" if hashed_ip else "",
    ]
    text = "&".join([pair for pair in pairs if pair])
    proof = mac(f"{room.lower()}{queue_id}{validity}{redirect_type}{issued_at}{hashed_ip}", key)
    return f"{text}&Hash={proof}" + (f"&Mac={mac(text, key)}" if with_mac else "")


def session_pair(room: str = "tickets", text: str | None = None) -> str:
    """A pair for the Cookie header; `text` is the value before its percent-encoding, a valid session by default."""
    return f"{COOKIE_PREFIX}{room}={encode_component(session_text(room) if text is None else text)}"


def cookie_header(*pairs: str) -> Sequence[tuple[str, str]]:
    """One Cookie header line with these pairs."""
    return [("Cookie", "; ".join(pairs))]
