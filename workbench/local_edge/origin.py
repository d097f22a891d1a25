"""Requests to the origin, and what of a visitor's request goes into them."""

import http.client
from http import HTTPStatus

from workbench.local_edge.cache import OriginResponse
from workbench.local_edge.distribution import Behavior, Origin
from workbench.local_edge.forwarding_policy import Selection, accepted_encodings, taken
from workbench.local_edge.path_pattern import percent_encode_beyond_ascii
from workbench.local_edge.restricted_headers import OF_ONE_CONNECTION
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.viewer_event import HeaderLines, ViewerRequest
from workbench.local_edge.websocket import KEYS, SWITCHED, OpenedWebSocket, asks_for_websocket

EDGE_NAME = "local-edge"
_REMOVED = OF_ONE_CONNECTION | {"content-length", "expect", "x-cache", "x-forwarded-proto", "x-real-ip"}
_REMOVED_PREFIXES = ("x-amz-cf-", "x-edge-")
_ALWAYS_FORWARDED = frozenset(
    {
        "content-type",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
        "date",
    }
)


class OriginUnreachable(Exception):
    """The origin gave no response; `status` is what the visitor gets: 502, or 504 after a timeout."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


def forwarded_headers(behavior: Behavior, request: ViewerRequest) -> HeaderLines:
    """The header lines the origin gets: what the behavior forwards, then what CloudFront adds."""
    origin, selection = behavior.origin, behavior.forwarded
    lines: HeaderLines = []
    encodings = accepted_encodings(behavior.cache_policy, request.headers)
    if encodings is not None:
        lines.append(("Accept-Encoding", encodings or "identity"))
    custom_names = {name.lower() for name, _ in origin.custom_headers}
    for name, value in request.headers:
        lower = name.lower()
        if lower in _REMOVED or lower.startswith(_REMOVED_PREFIXES) or lower in custom_names:
            continue
        if lower == "cookie":
            value = _cookies(selection, value)
            if value:
                lines.append((name, value))
        elif lower in ("via", "x-forwarded-for") or (lower == "accept-encoding" and encodings is not None):
            continue
        elif lower in _ALWAYS_FORWARDED or (
            taken(selection.headers, lower) and lower not in selection.except_headers
        ):
            lines.append((name, value))
    names = {name.lower() for name, _ in lines}
    if "host" not in names:
        lines.insert(0, ("Host", origin.host_header))
    if "user-agent" not in names:
        lines.append(("User-Agent", "Amazon CloudFront"))
    via = [value for name, value in request.headers if name.lower() == "via"]
    lines.append(("Via", ", ".join([*via, f"1.1 {EDGE_NAME} (CloudFront)"])))
    seen_by = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    lines.append(("X-Forwarded-For", ", ".join([*seen_by, request.client_ip])))
    lines.append(("X-Amz-Cf-Id", request.request_id))
    lines.extend(origin.custom_headers)
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        lines.append(("Content-Length", str(len(request.body))))
    asks = asks_for_websocket(request) and names >= KEYS
    lines.extend(SWITCHED if asks else [("Connection", "close")])
    return lines


def _cookies(selection: Selection, value: str) -> str:
    if selection.cookies is None:
        return value
    pairs = [pair.strip() for pair in value.split(";")]
    return "; ".join(pair for pair in pairs if taken(selection.cookies, pair.partition("=")[0]))


def forwarded_target(origin: Origin, selection: Selection, request: ViewerRequest) -> str:
    """The request target the origin gets; the path and what is left of the query string byte by byte."""
    query = request.querystring
    if selection.query is not None:
        parts = [part for part in query.split("&") if taken(selection.query, part.partition("=")[0])]
        query = "&".join(part for part in parts if part)
    target = f"{origin.path}{request.uri}"
    return percent_encode_beyond_ascii(f"{target}?{query}" if query else target)


def fetch(behavior: Behavior, request: ViewerRequest) -> OriginResponse:
    """Ask the behavior's origin. Raises OriginUnreachable."""
    origin, websocket = behavior.origin, None
    make = http.client.HTTPSConnection if origin.scheme == "https" else http.client.HTTPConnection
    connection = make(origin.host, origin.port, timeout=origin.read_timeout_seconds)
    try:
        connection.putrequest(
            request.method,
            forwarded_target(origin, behavior.forwarded, request),
            skip_host=True,
            skip_accept_encoding=True,
        )
        for name, value in forwarded_headers(behavior, request):
            connection.putheader(name, value.encode("latin-1", "replace"))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        headers = [
            (name, value) for name, value in response.getheaders() if name.lower() not in OF_ONE_CONNECTION
        ]
        size = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n")
        size += sum([len(name) + len(value) + 4 for name, value in response.getheaders()])
        if size > Rule.ORIGIN_RESPONSE_SIZE.limit:
            raise OriginUnreachable(Rule.ORIGIN_RESPONSE_SIZE.status, "the response's headers are too long")
        if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            if not asks_for_websocket(request):
                raise OriginUnreachable(502, "the origin switched protocols without being asked")
            websocket = OpenedWebSocket(connection, response)
            return OriginResponse(response.status, response.reason, headers, b"", websocket)
        with response:
            return OriginResponse(response.status, response.reason, headers, response.read())
    except TimeoutError:
        raise OriginUnreachable(504, f"no answer within {origin.read_timeout_seconds:g} s") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OriginUnreachable(502, f"{type(error).__name__}: {error}") from error
    finally:
        if websocket is None:
            connection.close()
