"""What a visitor's browser and the origin get to see of a case: ours, and what the reference's decision asks for.

The reference decides; what CloudFront answers then follows from protocol sections 4, 6 and 7, which are written down
here once more, independently of `functions/`.
"""

import copy
from email.utils import formatdate
from typing import Any, NamedTuple
from urllib.parse import quote

from edge import viewer_request, viewer_response
from edge.cloudfront_event import to_request
from queueit import __version__
from queueit.decision import matching_integration
from queueit.snapshot import Snapshot, compile_snapshot
from tests.conformance.case_generator import Case, Group, encode_component

REFERENCE_VERSION = "javascript-5.0.1"
OUR_VERSION = f"cloudfront-python-{__version__}"
PLATFORM_SUFFIX = f"&kupver=cloudfront-{__version__}"
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
    """

    status: str
    matched: int | None
    headers: dict[str, str]
    cookies: tuple[str, ...]
    request: dict[str, Any] | None


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


def page_url(request: dict[str, Any]) -> str:
    """The URL that triggers see (protocol section 2)."""
    query = query_without_token(request["querystring"])
    return f"https://{request['headers']['host'][0]['value']}{request['uri']}" + (
        f"?{query}" if query else ""
    )


def set_cookie(cookie: list[Any]) -> str:
    """A cookie as the reference hands it to its platform, as a Set-Cookie value (protocol section 4)."""
    name, value, domain, expires_at, http_only, secure = cookie
    return (
        f"{name}={encode_component(value)}; Path=/; Expires={formatdate(expires_at, usegmt=True)}"
        + (f"; Domain={domain}" if domain else "")
        + ("; HttpOnly" if http_only else "")
        + ("; Secure" if secure else "")
    )


def expected_outcome(answer: dict[str, Any], case: Case) -> Outcome:
    """What the reference's answer on `case` means at CloudFront."""
    if answer["error"]:
        return Outcome("error", answer["matched"], {"error": answer["error"]}, (), None)
    request = copy.deepcopy(case.event["Records"][0]["cf"]["request"])
    for name in INTERNAL_HEADERS:
        request["headers"].pop(name, None)
    cookies = tuple(sorted(map(set_cookie, answer["cookies"])))
    matched, ajax = answer["matched"], answer["ajax"]
    if matched is None:
        return Outcome("pass", None, {}, (), request)
    if answer["redirect"]:
        url = (
            answer["redirect"].replace(f"&ver={REFERENCE_VERSION}&", f"&ver={OUR_VERSION}&", 1)
            + PLATFORM_SUFFIX
        )
        if ajax:
            headers = {"x-queueit-redirect": enc(url), "access-control-expose-headers": "x-queueit-redirect"}
            return Outcome("200", matched, {**headers, **NOT_CACHED, **TOUCHED}, cookies, None)
        return Outcome("302", matched, {"location": url, **NOT_CACHED, **TOUCHED}, cookies, None)
    if answer["action"] == "Queue" and any(map(token_segment, request["querystring"].split("&"))):
        if request["method"] in ("GET", "HEAD") and not ajax:
            return Outcome(
                "302", matched, {"location": page_url(request), **NOT_CACHED, **TOUCHED}, cookies, None
            )
        request["querystring"] = query_without_token(request["querystring"])
    return Outcome("pass", matched, TOUCHED, cookies, request)


def compile_group(group: Group, settings: dict[str, Any]) -> Snapshot:
    """Our snapshot of a group's configuration."""
    return compile_snapshot({
        "format": 1,
        "customer_id": group.customer_id,
        "credentials": {"secret_key": group.secret_key},
        "integration_config": group.config,
        "settings": settings,
        "published_at": 0,
        "source": "schedule",
    })  # fmt: skip


def _headers(lines: dict[str, Any]) -> dict[str, str]:
    """Header values by lower-case name, cookies left out; a key of another spelling shows as a difference."""
    return {
        name: ", ".join([line["value"] for line in several if line["key"].lower() == name])
        for name, several in lines.items()
        if name != "set-cookie"
    }


def _cookies(lines: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted([line["value"] for line in lines.get("set-cookie", [])]))


def our_outcome(snapshot: Snapshot, case: Case) -> Outcome:
    """What our two functions do with `case`; the event is left as it was."""
    event = copy.deepcopy(case.event)
    integration = matching_integration(snapshot, to_request(event["Records"][0]["cf"]["request"]))
    matched = None if integration is None else snapshot.integrations.index(integration)
    result = viewer_request.handle(event, snapshot, case.now)
    if "status" in result:
        return Outcome(
            result["status"], matched, _headers(result["headers"]), _cookies(result["headers"]), None
        )
    cf = event["Records"][0]["cf"]
    response_event = {"Records": [{"cf": {
        "config": {**cf["config"], "eventType": "viewer-response"},
        "request": result,
        "response": {"status": "200", "statusDescription": "OK", "headers": {}},
    }}]}  # fmt: skip
    headers = viewer_response.handler(response_event, None)["headers"]
    request = copy.deepcopy(result)
    request["headers"].pop("x-queueit-handover", None)
    return Outcome("pass", matched, _headers(headers), _cookies(headers), request)
