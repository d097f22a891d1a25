"""A request's way through the edge: behavior, viewer-request, cache or origin, viewer-response."""

import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from workbench.local_edge import viewer_event
from workbench.local_edge.cache import Cache, OriginResponse, cache_key, time_to_live
from workbench.local_edge.distribution import Association, Behavior, Distribution
from workbench.local_edge.error_page import error_page
from workbench.local_edge.origin import OriginUnreachable, fetch
from workbench.local_edge.request_log import Exchange, RequestLog, RuleBreach
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.rules import (
    GeneratedResponse,
    RuleBroken,
    check_viewer_request_result,
    check_viewer_response_result,
)
from workbench.local_edge.viewer_event import HeaderLines, ViewerRequest, sent, sent_lines
from workbench.local_edge.visitor_server import VisitorRequest, VisitorResponse
from workbench.local_edge.websocket import SWITCHED, asks_for_websocket
from workbench.local_edge.worker_pool import WorkerPool

_Checked = TypeVar("_Checked")
_GRPC = re.compile(r"application/grpc(?:$|[+;\s])")
_REDIRECTING = frozenset({"location", "x-queueit-redirect"})


class _Failed(Exception):
    """The visitor gets `response`, an error page, and nothing more happens."""

    def __init__(self, response: VisitorResponse) -> None:
        self.response = response
        super().__init__(response.status)


class _FromBehavior(NamedTuple):
    """A response of the cache or the origin, and what X-Cache says about it."""

    response: OriginResponse
    x_cache: str
    age_seconds: int | None


class RequestFlow:
    """Answers visitors' requests as the distribution says."""

    def __init__(
        self,
        distribution: Distribution,
        pools: Mapping[str, WorkerPool],
        cache: Cache,
        request_log: RequestLog,
        rewrite_locations: Callable[[str], str] | None,
    ) -> None:
        self._distribution = distribution
        self._pools = pools
        self._cache = cache
        self._request_log = request_log
        self._rewrite_locations = rewrite_locations

    def respond(self, visitor_request: VisitorRequest) -> VisitorResponse:
        """The response to one request."""
        at, started_at = time.time(), time.monotonic()
        uri, _, querystring = visitor_request.target.partition("?")
        request = ViewerRequest(
            request_id=uuid.uuid4().hex,
            client_ip=visitor_request.client_ip,
            method=visitor_request.method,
            uri=uri,
            querystring=querystring,
            headers=visitor_request.headers,
            body=visitor_request.body,
        )
        behavior = self._distribution.route(uri)
        try:
            response = self._through(behavior, request)
        except _Failed as failed:
            response = failed.response
        else:
            response = response._replace(headers=self._rewritten(response.headers))
        self._observe(request, at, time.monotonic() - started_at, response)
        return response

    def refuse(self, status: int, detail: str) -> VisitorResponse:
        """The page for a request that cannot be understood."""
        response = error_page(status, uuid.uuid4().hex, why=detail or None)
        self._observe(None, time.time(), 0.0, response)
        return response

    def _observe(
        self, request: ViewerRequest | None, at: float, seconds: float, response: VisitorResponse
    ) -> None:
        x_cache = next((value for name, value in response.headers if name == "X-Cache"), "")
        self._request_log.observe(
            Exchange(request, at, seconds * 1000, response.status, len(response.body), x_cache)
        )

    def _through(self, behavior: Behavior, request: ViewerRequest) -> VisitorResponse:
        if request.method not in behavior.allowed_methods:
            raise _Failed(error_page(Rule.ALLOWED_METHOD.status, request.request_id))
        if request.method == "GET" and request.body:
            why = "A GET request must not have a body."
            raise _Failed(error_page(Rule.GET_WITHOUT_BODY.status, request.request_id, why=why))
        if behavior.grpc and _is_grpc(request):
            behavior = behavior._replace(viewer_request=None, viewer_response=None)
        document = viewer_event.request_document(request, include_body=False)
        if behavior.viewer_request:
            checked = self._run_viewer_request(behavior.viewer_request, request)
            if isinstance(checked, GeneratedResponse):
                return _generated(checked, request)
            request, document = checked
        came = self._from_cache_or_origin(behavior, request)
        headers, reason = came.response.headers, came.response.reason
        if behavior.viewer_response and 200 <= came.response.status < 400:
            reason, headers = self._run_viewer_response(
                behavior.viewer_response, request.request_id, document, came.response
            )
        return _finished(came, reason, headers, request)

    def _run_viewer_request(
        self, association: Association, request: ViewerRequest
    ) -> GeneratedResponse | tuple[ViewerRequest, dict[str, Any]]:
        document = viewer_event.request_document(request, include_body=association.include_body)
        checked = self._run(
            association,
            "viewer-request",
            request.request_id,
            viewer_event.event("viewer-request", request.request_id, document),
            lambda result: check_viewer_request_result(result, document),
        )
        if isinstance(checked, GeneratedResponse):
            return checked
        lines = viewer_event.header_lines(checked.document["headers"])
        uri, querystring = checked.document["uri"], checked.document["querystring"]
        changed = request._replace(
            uri=request.uri if uri == document["uri"] else sent(uri),
            querystring=request.querystring if querystring == document["querystring"] else sent(querystring),
            headers=[*sent_lines(lines, request.headers), *viewer_event.hidden_lines(request.headers)],
            body=request.body if checked.body is None else checked.body,
        )
        return changed, {name: value for name, value in checked.document.items() if name != "body"}

    def _run_viewer_response(
        self, association: Association, request_id: str, document: dict[str, Any], response: OriginResponse
    ) -> tuple[str, HeaderLines]:
        shown = viewer_event.response_document(response.status, response.reason, response.headers)
        checked = self._run(
            association,
            "viewer-response",
            request_id,
            viewer_event.event("viewer-response", request_id, document, shown),
            lambda result: check_viewer_response_result(result, shown),
        )
        hidden = viewer_event.hidden_lines(response.headers)
        reason = (
            response.reason if checked.reason in ("", shown["statusDescription"]) else sent(checked.reason)
        )
        return reason, [*sent_lines(checked.headers, response.headers), *hidden]

    def _run(
        self,
        association: Association,
        event_type: str,
        request_id: str,
        event: dict[str, Any],
        check: Callable[[object], _Checked],
    ) -> _Checked:
        """Run a function and check what it returned; a failure is the visitor's 503, a broken rule a 502."""
        answer = self._pools[association.function].invoke(event_type, request_id, event)
        if answer.outcome != "success":
            limit_exceeded = answer.outcome in ("throttled", "timeout")
            cause = "LambdaLimitExceeded" if limit_exceeded else "LambdaExecutionError"
            raise _Failed(error_page(503, request_id, cause))
        try:
            return check(answer.result)
        except RuleBroken as broken:
            self._request_log.rule_broken(
                RuleBreach(
                    association.function,
                    event_type,
                    request_id,
                    broken.rule.id,
                    broken.detail,
                    broken.rule.page,
                )
            )
            raise _Failed(error_page(broken.rule.status, request_id, "LambdaValidationError")) from None

    def _from_cache_or_origin(self, behavior: Behavior, request: ViewerRequest) -> _FromBehavior:
        cacheable = request.method in behavior.cached_methods and behavior.cache_policy.max_ttl > 0
        key = cache_key(
            behavior.cache_policy,
            (behavior.path_pattern, behavior.origin),
            request.method,
            request.uri,
            request.querystring,
            request.headers,
        )
        if asks_for_websocket(request) or any([name.lower() == "range" for name, _ in request.headers]):
            cacheable = False
        if cacheable:
            cached = self._cache.get(key)
            if cached:
                return _FromBehavior(cached.response, "Hit", cached.age_seconds)
        try:
            response = fetch(behavior, request)
        except OriginUnreachable as unreachable:
            self._request_log.log(
                {
                    "level": "error",
                    "message": "origin unreachable",
                    "request_id": request.request_id,
                    "detail": str(unreachable),
                }
            )
            raise _Failed(error_page(unreachable.status, request.request_id)) from None
        if behavior.forwarded.cookies == frozenset():
            # As CloudFront does where a behavior forwards no cookies.
            response = response._replace(
                headers=[line for line in response.headers if line[0].lower() != "set-cookie"]
            )
        if cacheable:
            self._cache.put(key, response, time_to_live(behavior.cache_policy, response, time.time()))
        return _FromBehavior(response, "Error" if response.status >= 400 else "Miss", None)

    def _rewritten(self, headers: HeaderLines) -> HeaderLines:
        rewrite = self._rewrite_locations
        if rewrite is None:
            return headers
        return [(name, rewrite(value) if name.lower() in _REDIRECTING else value) for name, value in headers]


def _is_grpc(request: ViewerRequest) -> bool:
    types = [value.lower() for name, value in request.headers if name.lower() == "content-type"]
    return any([_GRPC.match(one) for one in types])


def _generated(generated: GeneratedResponse, request: ViewerRequest) -> VisitorResponse:
    headers = [
        *sent_lines(generated.headers, []),
        ("Server", "local-edge"),
        ("X-Cache", "LambdaGeneratedResponse from local-edge"),
        ("Via", "1.1 local-edge (CloudFront)"),
        ("X-Amz-Cf-Id", request.request_id),
    ]
    return VisitorResponse(generated.status, sent(generated.reason), headers, generated.body)


def _finished(
    came: _FromBehavior, reason: str, headers: HeaderLines, request: ViewerRequest
) -> VisitorResponse:
    """The response as it leaves: with what CloudFront adds to one that came from its cache or an origin."""
    own = {"via", "age"} if came.age_seconds is not None else {"via"}
    via = [value for name, value in headers if name.lower() == "via"]
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in own and not _is_edges_own(name.lower())
    ]
    kept += [
        ("X-Cache", f"{came.x_cache} from local-edge"),
        ("Via", ", ".join([*via, "1.1 local-edge (CloudFront)"])),
        ("X-Amz-Cf-Id", request.request_id),
    ]
    if came.age_seconds is not None:
        kept.append(("Age", str(came.age_seconds)))
    websocket = came.response.websocket
    if websocket:
        kept.extend(SWITCHED)
    return VisitorResponse(came.response.status, reason, kept, came.response.body, websocket)


def _is_edges_own(name: str) -> bool:
    return name == "x-cache" or name.startswith(("x-amz-cf-", "x-edge-"))
