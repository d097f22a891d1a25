"""What a visitor's browser and the origin get to see of a case: ours, and what the reference's decision asks for.

The reference decides; what CloudFront answers then follows from protocol sections 4, 6 and 7, which are written down
here once more, independently of `functions/`.
"""

import json
import marshal
from email.utils import formatdate
from typing import Any, NamedTuple
from urllib.parse import quote

from edge import event_handling, viewer_response
from edge.cloudfront_event import to_request
from queueit import __version__
from queueit.decision import decide
from queueit.matching import reached_integrations
from queueit.services import ServiceRequest as Asked
from queueit.services import ServiceResponse
from queueit.services import Services as Reached
from queueit.snapshot import Snapshot, compile_snapshot
from tests.conformance.case_generator import API_KEY, PROXY_KEY, Case, Group, Services, encode_component

REFERENCE_VERSION = "javascript-5.0.1"
OUR_VERSION = f"cloudfront-python-{__version__}"
PLATFORM_VERSION = f"cloudfront-{__version__}"
PLATFORM_SUFFIX = f"&kupver={PLATFORM_VERSION}"
DEBUG_COOKIE = "queueitdebug"
INTERNAL_HEADERS = ("x-queueit-handover", "x-queueit-connector", "x-queueit-failed")
NOT_CACHED = {
    "cache-control": "no-cache, no-store, must-revalidate, max-age=0",
    "pragma": "no-cache",
    "expires": "Fri, 01 Jan 1990 00:00:00 GMT",
}
TOUCHED = {"x-queueit-connector": "cloudfront"}


class Outcome(NamedTuple):
    """`status` is "pass" for a request that goes on to the cache or origin, as `request` says.

    `matched` is the place of the integration in the configuration, None for none. `headers` are those of the
    generated response, or those that viewer-response adds, by lower-case name; `cookies` are Set-Cookie values, sorted.
    `asked` is what the verify and direct-pass services were asked, in order.
    """

    status: str
    matched: int | None
    headers: dict[str, str]
    cookies: tuple[str, ...]
    request: dict[str, Any] | None
    asked: tuple[dict[str, Any], ...] = ()


def copied(document: Any) -> Any:
    """A deep copy of parsed JSON, much faster than by `copy`."""
    return marshal.loads(marshal.dumps(document))


def enc(text: str) -> str:
    """`enc` of protocol section 6."""
    try:
        return quote(text, safe="-_.~").replace("%2A", "%2a")
    except UnicodeEncodeError:
        return ""


def token_segment(segment: str) -> bool:
    """Whether a segment of a query string is named queueittoken."""
    return segment.partition("=")[0].lower() == "queueittoken"


def query_without_token(query: str) -> str:
    """Protocol section 7: exact raw segments cut, the rest untouched."""
    segments = query.split("&")
    if not any(map(token_segment, segments)):
        return query
    return "&".join([segment for segment in segments if not token_segment(segment)])


def url_with(query: str, request: dict[str, Any]) -> str:
    """A request's URL, with `query` in place of its own."""
    url = f"https://{request['headers']['host'][0]['value']}{request['uri']}"
    return f"{url}?{query}" if query else url


def page_url(request: dict[str, Any]) -> str:
    """The URL that triggers see (protocol section 2)."""
    return url_with(query_without_token(request["querystring"]), request)


def set_cookie(cookie: list[Any]) -> str:
    """A cookie as the reference hands it to its platform, as a Set-Cookie value (protocol section 4)."""
    name, value, domain, expires_at, http_only, secure = cookie
    return (
        f"{name}={encode_component(value)}; Path=/; Expires={formatdate(expires_at, usegmt=True)}"
        + (f"; Domain={domain}" if domain else "")
        + ("; HttpOnly" if http_only else "")
        + ("; Secure" if secure else "")
    )


def direct_pass_body(services: Services) -> str:
    """What the double of the direct-pass service answers."""
    fields = {"HasPassed": services.direct_pass == "passed", "QueueItToken": services.direct_pass_token}
    return json.dumps(fields)


def expected_question(asked: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """What the reference hands to its platform for a service, as an HTTP request (protocol section 12)."""
    service = asked["service"]
    places = {
        "customerId": asked["customerId"],
        "eventId": asked["waitingRoomId"],
        "queueId": asked.get("queueId") or "",
        "usageLimit": "" if asked.get("limit") is None else str(asked["limit"]),
    }
    url = settings[service]["url"]
    for name, value in places.items():
        url = url.replace(f"{{{name}}}", enc(value))
    fields = {name: value or "" for name, value in asked["fields"].items()}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if service == "verify":
        headers["api-key"] = asked["key"]
    else:
        fields |= {"sdkVersion": OUR_VERSION, "connectorPlatformVersion": PLATFORM_VERSION}
        headers |= {"proxy-key": asked["key"], "client-ip": asked["clientIp"]}
        headers |= {"User-Agent": asked["userAgent"], "Referer": asked["referer"]}
    timeout_ms = settings[service]["timeout_ms"]
    return {"service": service, "url": url, "headers": headers, "fields": fields, "timeout_ms": timeout_ms}


def _our_question(asked: Asked) -> dict[str, Any]:
    return {
        "service": asked.service,
        "url": asked.url,
        "headers": dict(asked.headers),
        "fields": json.loads(asked.body),
        "timeout_ms": asked.timeout_ms,
    }


def _with_our_version(cookie: list[Any], answer: dict[str, Any]) -> list[Any]:
    if cookie[0] != DEBUG_COOKIE:
        return cookie
    entries = {**answer["entries"], "SdkVersion": OUR_VERSION}
    return [DEBUG_COOKIE, "|".join([f"{name}={value}" for name, value in entries.items()]), *cookie[2:]]


def _redirect_url(answer: dict[str, Any]) -> str:
    url: str = answer["redirect"]
    if answer["action"] not in ("Queue", "Cancel"):  # to the platform's diagnostics page
        return url
    return url.replace(f"&ver={REFERENCE_VERSION}&", f"&ver={OUR_VERSION}&", 1) + PLATFORM_SUFFIX


def expected_outcome(answer: dict[str, Any], group: Group, case: Case) -> Outcome:
    """What the reference's answer on `case` means at CloudFront."""
    asked = tuple([expected_question(one, group.settings) for one in answer["asked"]])
    matched, ajax = answer["matched"], answer["ajax"]
    if answer["error"]:
        return Outcome("error", matched, {"error": answer["error"]}, (), None, asked)
    cookies = tuple(sorted([set_cookie(_with_our_version(cookie, answer)) for cookie in answer["cookies"]]))
    if answer["redirect"]:
        url = _redirect_url(answer)
        if ajax:
            headers = {"x-queueit-redirect": enc(url), "access-control-expose-headers": "x-queueit-redirect"}
            return Outcome("200", matched, {**headers, **NOT_CACHED, **TOUCHED}, cookies, None, asked)
        return Outcome("302", matched, {"location": url, **NOT_CACHED, **TOUCHED}, cookies, None, asked)
    request = copied(case.event["Records"][0]["cf"]["request"])
    for name in INTERNAL_HEADERS:
        request["headers"].pop(name, None)
    if matched is None:
        return Outcome("pass", None, TOUCHED if cookies else {}, cookies, request, asked)
    if answer["action"] == "Queue" and any(map(token_segment, request["querystring"].split("&"))):
        if request["method"] in ("GET", "HEAD") and not ajax:
            headers = {"location": page_url(request), **NOT_CACHED, **TOUCHED}
            return Outcome("302", matched, headers, cookies, None, asked)
        request["querystring"] = query_without_token(request["querystring"])
    return Outcome("pass", matched, TOUCHED, cookies, request, asked)


def compile_group(group: Group, settings: dict[str, Any]) -> Snapshot:
    """Our snapshot of a group's configuration under `settings` and the group's own."""
    keys = {"secret_key": group.secret_key, "api_key": API_KEY, "proxy_key": PROXY_KEY}
    if group.previous_secret_key:
        keys["previous_secret_key"] = group.previous_secret_key
    return compile_snapshot({
        "format": 1,
        "customer_id": group.customer_id,
        "integration_config": group.config,
        "settings": {**group.settings, **settings},
        "published_at": 0,
        "source": "schedule",
    }, keys)  # fmt: skip


def _headers(lines: dict[str, Any]) -> dict[str, str]:
    """Header values by lower-case name, cookies left out; a key of another spelling shows as a difference."""
    return {
        name: ", ".join([line["value"] for line in several if line["key"].lower() == name])
        for name, several in lines.items()
        if name != "set-cookie"
    }


def _cookies(lines: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted([line["value"] for line in lines.get("set-cookie", [])]))


class _World:
    """The doubles of the services, and the case's own random numbers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ids = [services.token_id, services.key]
        self.asked: list[dict[str, Any]] = []

    def post(self, asked: Asked) -> ServiceResponse | None:
        """What the service answers, None when it fails."""
        self.asked.append(_our_question(asked))
        if asked.service == "verify":
            allowed = {"allowed": b'{"actionAllowed": true}', "denied": b'{"actionAllowed": false}'}
            body = allowed.get(self._services.verify)
            return ServiceResponse(200, body) if body else None
        if self._services.direct_pass == "failed":
            return None
        return ServiceResponse(200, direct_pass_body(self._services).encode())

    def new_uuid(self) -> str:
        """The token's id, then its key."""
        return self._ids.pop(0)


def _deciding(snapshot: Snapshot, case: Case) -> int | None:
    """The place of the integration that our decision comes from."""
    request = to_request(case.event["Records"][0]["cf"]["request"])
    first, *others = reached_integrations(snapshot, request)
    integration = first
    if others:
        world = _World(case.services)
        decided = decide(snapshot, request, case.now, Reached(world.post, world.new_uuid))
        integration = decided.integration or first  # diagnostics may answer before any integration does
    return None if integration is None else snapshot.integrations.index(integration)


def our_outcome(snapshot: Snapshot, case: Case) -> Outcome:
    """What our two functions do with `case`; the event is left as it was."""
    event = copied(case.event)
    matched = _deciding(snapshot, case)
    world = _World(case.services)
    result = event_handling.handle(event, snapshot, case.now, Reached(world.post, world.new_uuid))
    asked = tuple(world.asked)
    if "status" in result:
        headers, cookies = _headers(result["headers"]), _cookies(result["headers"])
        return Outcome(result["status"], matched, headers, cookies, None, asked)
    cf = event["Records"][0]["cf"]
    response_event = {"Records": [{"cf": {
        "config": {**cf["config"], "eventType": "viewer-response"},
        "request": result,
        "response": {"status": "200", "statusDescription": "OK", "headers": {}},
    }}]}  # fmt: skip
    headers = viewer_response.handler(response_event, None)["headers"]
    request = copied(result)
    request["headers"].pop("x-queueit-handover", None)
    return Outcome("pass", matched, _headers(headers), _cookies(headers), request, asked)
