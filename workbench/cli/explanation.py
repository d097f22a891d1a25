"""Why a request is treated as it is: every integration, trigger and part asked with the engine's own code."""

import copy
import re
from base64 import b64encode
from typing import Any, Final, NamedTuple

from edge import event_handling
from edge.cloudfront_event import to_request
from edge.handover import strip_internal_headers
from queueit.candidates import Candidates
from queueit.decision import decide
from queueit.integration import IGNORE, Integration
from queueit.matching import reached_integrations
from queueit.outcome import IGNORED_METHOD, PREFLIGHT, SWITCHED_OFF, Decision
from queueit.percent_encoding import encode_for_header
from queueit.request import Request
from queueit.settings import Settings
from queueit.snapshot import Snapshot
from queueit.triggers import compared_value, compile_part, compile_triggers
from queueit.url_forms import Url, forms
from queueit.url_normalization import normalize_url
from workbench.cli.condition import described

_URL = re.compile(
    r"(?:https?://)?(?!https?:/)([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL | re.IGNORECASE
)

BODY_LIMIT_BYTES: Final = 40 * 1024
"""How much of a request's body CloudFront hands to a function; the rest is cut."""

_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"))
"""Those that CloudFront takes; it refuses any other itself."""

_OWN_DOMAIN: Final = ".cloudfront.net"


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
    """An integration; `matches` is what counts, with every form of the URL that the settings have decided on.

    `matching_form` is a form other than the raw and the normalized one that makes it match, None where there is none.
    """

    name: str
    action: str
    matches: bool
    matches_raw: bool
    matches_normalized: bool
    matching_form: str | None
    triggers: tuple[TriggerExplained, ...]


class Explanation(NamedTuple):
    """`winner` is the index of the integration that counts, None when none does. `outcome` is what the edge function
    gives CloudFront: a response, or the request that goes on. `notes` say what the settings made of the request.
    """

    url: str
    normalized_url: str
    integrations: tuple[IntegrationExplained, ...]
    winner: int | None
    decision: Decision
    outcome: dict[str, Any]
    notes: tuple[str, ...] = ()


def viewer_event(
    url: str,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes | None = None,
    client_ip: str = "",
    own_domain: str = "",
) -> dict[str, Any]:
    """CloudFront's viewer-request event for a request to `url`, its host, path and query as they are on the wire.

    Of a distribution at `own_domain`; a host at CloudFront is taken for that when none is given. Raises ValueError when
    `url` has no host.
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
        request["body"] = {
            "inputTruncated": len(body) > BODY_LIMIT_BYTES,
            "action": "read-only",
            "encoding": "base64",
            "data": b64encode(body[:BODY_LIMIT_BYTES]).decode(),
        }
    sent_host = lines["host"][0]["value"] if lines["host"] else ""
    if not own_domain and sent_host.lower().endswith(_OWN_DOMAIN):
        own_domain = sent_host
    config = {
        "distributionDomainName": own_domain,
        "distributionId": "",
        "eventType": "viewer-request",
        "requestId": "explained",
    }
    return {"Records": [{"cf": {"config": config, "request": request}}]}


class Decided(NamedTuple):
    """What the edge makes of a request: `request` as the engine sees it, and the rest as in `Explanation`."""

    request: Request
    decision: Decision
    outcome: dict[str, Any]
    notes: tuple[str, ...]


def decided(snapshot: Snapshot, event: dict[str, Any], now: float) -> Decided:
    """Decide on the request of `event` as the edge does, at `now` (Unix seconds), with no service to ask."""
    event = copy.deepcopy(event)
    cf = event["Records"][0]["cf"]
    notes = _applied(cf, snapshot.settings)
    seen = copy.deepcopy(cf["request"])
    strip_internal_headers(seen["headers"])
    request = to_request(seen, cf["config"].get("distributionDomainName") or "")
    decision = decide(snapshot, request, now)
    said = (*notes, *_about_decision(decision, request, snapshot.settings))
    return Decided(request, decision, event_handling.handle(event, snapshot, now), said)


def explain(
    snapshot: Snapshot, integrations: list[dict[str, Any]], event: dict[str, Any], now: float
) -> Explanation:
    """Explain the request of `event`; `integrations` are the documents that `snapshot` was compiled from."""
    request, decision, outcome, notes = decided(snapshot, event, now)
    normalized = Url(normalize_url(request.url.text))
    explained = []
    for document, integration in zip(integrations, snapshot.integrations, strict=True):
        alone = snapshot._replace(
            integrations=(integration,), candidates=Candidates([()]), own_domain_candidates=Candidates([()])
        )
        if_cut = _body_if_cut(integration, snapshot.settings)
        matches = any(reached_integrations(alone, request))
        raw, normal = integration.matches(request, request.url), integration.matches(request, normalized)
        explained.append(
            IntegrationExplained(
                integration.name,
                integration.action,
                matches,
                raw,
                normal,
                _matching_form(integration, request) if matches and not raw and not normal else None,
                tuple(
                    _trigger(trigger, request, normalized, if_cut)
                    for trigger in document.get("Triggers") or []
                ),
            )
        )
    deciding = [one is decision.integration for one in snapshot.integrations]
    winner = deciding.index(True) if True in deciding else None
    return Explanation(request.url.text, normalized.text, tuple(explained), winner, decision, outcome, notes)


def _applied(cf: dict[str, Any], settings: Settings) -> list[str]:
    """Change the event's body as the settings say, and note it."""
    request = cf["request"]
    if "body" not in request:
        return []
    if not settings.include_body:
        del request["body"]
        return [
            "The body does not reach the connector (setting include_body): it is compared as an empty text."
        ]
    if request["body"]["inputTruncated"]:
        meant = "counts as met for Queue and Cancel, not for Ignore"
        if settings.truncated_body != "queue":
            meant = "is compared with what is left"
        return [
            f"CloudFront cuts the body to {BODY_LIMIT_BYTES} bytes; a part that compares it {meant} (setting "
            "truncated_body)."
        ]
    return []


def _about_decision(decision: Decision, request: Request, settings: Settings) -> list[str]:
    said = []
    if request.method not in _METHODS:
        said.append(f"CloudFront refuses the method {request.method} itself; the connector never sees it.")
    if decision.reason is SWITCHED_OFF:
        said.append("The connector is switched off (setting enabled): triggers are not asked.")
    elif decision.reason is IGNORED_METHOD:
        said.append(f"Triggers are not asked for {request.method} (setting ignored_methods).")
    elif decision.reason is PREFLIGHT:
        said.append('Triggers are not asked for a CORS preflight (setting preflight is "pass").')
    elif request.is_own_domain and settings.own_domain == "queue":
        said.append(
            'The host is the distribution\'s own domain (setting own_domain is "queue"): Queue integrations match as '
            "if for any site behind it."
        )
    if settings.url_matching == "every_form" and not forms(request.url).are_all:
        said.append("The URL has more forms than are told apart: every Queue integration may match.")
    integration = decision.integration
    if integration is not None and integration.verifies:
        said.append("The verify service is not asked here; at the edge it may refuse a queue id.")
    if decision.redirect_url and settings.direct_pass is not None:
        said.append("The direct-pass service is not asked here; at the edge it may let the visitor in.")
    return said


def _body_if_cut(integration: Integration, settings: Settings) -> bool | None:
    return integration.action != IGNORE if settings.truncated_body == "queue" else None


def _matching_form(integration: Integration, request: Request) -> str | None:
    """The first form of the URL that makes the integration match, None where no form alone does."""
    return next((url.text for url in forms(request.url).urls if integration.matches(request, url)), None)


def _trigger(
    trigger: dict[str, Any], request: Request, normalized: Url, if_cut: bool | None
) -> TriggerExplained:
    matches = compile_triggers([trigger], if_cut)
    return TriggerExplained(
        "Or" if trigger.get("LogicalOperator") == "Or" else "And",
        matches(request, request.url),
        matches(request, normalized),
        tuple(_part(part, request, normalized, if_cut) for part in trigger.get("TriggerParts") or []),
    )


def _part(part: dict[str, Any], request: Request, normalized: Url, if_cut: bool | None) -> PartExplained:
    matches = compile_part(part, if_cut)
    value = compared_value(part)
    return PartExplained(
        described(part),
        matches(request, request.url),
        matches(request, normalized),
        value(request, request.url) if value else "",
        value(request, normalized) if value else "",
    )
