"""Why a request is treated as it is: every integration, trigger and part asked with the engine's own code."""

import copy
import re
from typing import Any, NamedTuple

from edge import event_handling
from edge.cloudfront_event import to_request
from queueit.decision import decide
from queueit.matching import reached_integrations
from queueit.outcome import Decision
from queueit.percent_encoding import encode_for_header
from queueit.request import Request
from queueit.snapshot import Snapshot
from queueit.triggers import compared_value, compile_part, compile_triggers
from queueit.url_forms import Url
from queueit.url_normalization import normalize_url
from workbench.cli.condition import described

_URL = re.compile(
    r"(?:https?://)?(?!https?:/)([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL | re.IGNORECASE
)


class PartExplained(NamedTuple):
    """A trigger part; `value` is what it compared, of the URL as sent and of the normalized one."""

    text: str
    matches: bool
    matches_normalized: bool
    value: str
    normalized_value: str


class TriggerExplained(NamedTuple):
    """A trigger and its parts."""

    operator: str
    matches: bool
    matches_normalized: bool
    parts: tuple[PartExplained, ...]


class IntegrationExplained(NamedTuple):
    """An integration; `matches` is what counts, raw and normalized taken together as the settings say."""

    name: str
    action: str
    matches: bool
    matches_raw: bool
    matches_normalized: bool
    triggers: tuple[TriggerExplained, ...]


class Explanation(NamedTuple):
    """`winner` is the index of the integration that counts, None when none does. `outcome` is what the edge function
    gives CloudFront: a response, or the request that goes on.
    """

    url: str
    normalized_url: str
    integrations: tuple[IntegrationExplained, ...]
    winner: int | None
    decision: Decision
    outcome: dict[str, Any]


def viewer_event(
    url: str,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: str | None = None,
    client_ip: str = "",
) -> dict[str, Any]:
    """CloudFront's viewer-request event for a request to `url`, its host, path and query as they are on the wire.

    Raises ValueError when `url` has no host.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("an address needs a host, such as https://shop.example.com/tickets")
    host, path, query = match[1], match[2] or "/", match[3] or ""
    lines: dict[str, list[dict[str, str]]] = {"host": [{"key": "Host", "value": host}]}
    for name, value in headers:
        if name.lower() == "host":
            lines["host"] = []
        lines.setdefault(name.lower(), []).append({"key": name, "value": value})
    request: dict[str, Any] = {
        "clientIp": client_ip,
        "headers": lines,
        "method": method,
        "uri": encode_for_header(path),
        "querystring": encode_for_header(query),
    }
    if body is not None:
        from base64 import b64encode

        request["body"] = {
            "inputTruncated": False,
            "action": "read-only",
            "encoding": "base64",
            "data": b64encode(body.encode()).decode(),
        }
    config = {"distributionId": "", "eventType": "viewer-request", "requestId": "explained"}
    return {"Records": [{"cf": {"config": config, "request": request}}]}


def explain(
    snapshot: Snapshot, integrations: list[dict[str, Any]], event: dict[str, Any], now: float
) -> Explanation:
    """Explain the request of `event`; `integrations` are the documents that `snapshot` was compiled from."""
    request = to_request(event["Records"][0]["cf"]["request"])
    normalized = Url(normalize_url(request.url.text))
    explained = []
    for document, integration in zip(integrations, snapshot.integrations, strict=True):
        alone = snapshot._replace(
            integrations=(integration,), by_required_text=(("", 0),), by_own_domain_text=(("", 0),)
        )
        explained.append(
            IntegrationExplained(
                integration.name,
                integration.action,
                any(reached_integrations(alone, request)),
                integration.matches(request, request.url),
                integration.matches(request, normalized),
                tuple(_trigger(trigger, request, normalized) for trigger in document.get("Triggers") or []),
            )
        )
    decision = decide(snapshot, request, now)
    deciding = [one is decision.integration for one in snapshot.integrations]
    winner = deciding.index(True) if True in deciding else None
    return Explanation(
        request.url.text,
        normalized.text,
        tuple(explained),
        winner,
        decision,
        event_handling.handle(copy.deepcopy(event), snapshot, now),
    )


def _trigger(trigger: dict[str, Any], request: Request, normalized: Url) -> TriggerExplained:
    matches = compile_triggers([trigger])
    return TriggerExplained(
        "Or" if trigger.get("LogicalOperator") == "Or" else "And",
        matches(request, request.url),
        matches(request, normalized),
        tuple(_part(part, request, normalized) for part in trigger.get("TriggerParts") or []),
    )


def _part(part: dict[str, Any], request: Request, normalized: Url) -> PartExplained:
    matches = compile_part(part)
    value = compared_value(part)
    return PartExplained(
        described(part),
        matches(request, request.url),
        matches(request, normalized),
        value(request, request.url) if value else "",
        value(request, normalized) if value else "",
    )
