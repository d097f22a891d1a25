"""CloudFront's rules that the local edge follows, each with AWS's page; `docs/local-edge.md` prints them.

Texts of AWS in our words, read in copies: the present pages of quotas, methods, WebSockets, gRPC and restrictions in
part, the whole guide as of June 2023. A rule without a page is what we take for granted: not verified.
"""

from typing import Final, NamedTuple

from workbench.lambda_runtime.function import Quotas

_GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
_API = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/"
_EVENT = f"{_GUIDE}lambda-event-structure.html"
_GENERATED = f"{_GUIDE}lambda-generating-http-responses-in-requests.html"
_ORIGIN = f"{_GUIDE}RequestAndResponseBehaviorCustomOrigin.html"
_EVERY_FUNCTION = f"{_GUIDE}edge-function-restrictions-all.html"
_LAMBDA = f"{_GUIDE}lambda-at-edge-function-restrictions.html"
_EVENTS = f"{_GUIDE}lambda-cloudfront-trigger-events.html"
_BEHAVIOR = f"{_GUIDE}DownloadDistValuesCacheBehavior.html"
_GRPC = f"{_GUIDE}distribution-using-grpc.html"
_VALIDATION = f"{_GUIDE}http-502-lambda-validation-error.html"

_QUOTAS = Quotas()
_BODY_LIMIT_BYTES = 40 * 1024
_HEAD_LIMIT_BYTES = 20_480


class Rule(NamedTuple):
    """A rule: what it says of the thing it is `about`, AWS's `page` if one was found, and its `limit` if it has one.

    Where it is broken the visitor gets `status`. A rule that says what happens, and cannot be broken, has 0 there, as
    one without a limit has in `limit`.
    """

    about: str
    name: str
    text: str
    page: str | None
    status: int = 0
    limit: int = 0


def _request(status: int, name: str, text: str, page: str | None, limit: int = 0) -> Rule:
    return Rule("request", name, text.format(limit=limit), page, status, limit)


def _result(name: str, text: str, page: str | None, limit: int = 0) -> Rule:
    return Rule("result", name, text.format(limit=limit), page, 502, limit)


def _said(name: str, text: str, page: str | None, limit: int = 0) -> Rule:
    return Rule("flow", name, text.format(limit=limit), page, limit=limit)


def _distribution(name: str, text: str, page: str | None) -> Rule:
    return Rule("distribution", name, text, page)


WELL_FORMED: Final = _request(
    400,
    "well-formed",
    "it is no HTTP/1, does not have exactly one Host, frames its body ambiguously, or its target is no path",
    None,
)
REQUEST_SIZE: Final = _request(
    413,
    "request-size",
    "request line and headers are over {limit:,} bytes; the connection ends",
    f"{_ORIGIN}#RequestCustomMaxRequestStringLength",
    _HEAD_LIMIT_BYTES,
)
REQUEST_URL_SIZE: Final = _request(
    413,
    "request-url-size",
    "the URL is over {limit:,} bytes, counted with `https://` and the host; the connection ends",
    f"{_ORIGIN}#RequestCustomMaxRequestStringLength",
    8_192,
)
ALLOWED_METHOD: Final = _request(
    403,
    "allowed-method",
    "the behavior does not allow its method; no function runs",
    f"{_GUIDE}http-403-invalid-method.html",
)
GET_WITHOUT_BODY: Final = _request(
    403, "get-without-body", "it is a GET with a body; no function runs", f"{_ORIGIN}#RequestCustom-get-body"
)

IS_OBJECT: Final = _result("result-is-an-object", "the function returns no object", _VALIDATION)
STATUS_STRING: Final = _result("status-is-a-string", "a response's status is no string", _GENERATED)
STATUS_RANGE: Final = _result(
    "status-from-200-to-599", "a response's status is not from 200 to 599", _GENERATED
)
NO_BODY_IN_204: Final = _result("no-body-in-204", "a response of status 204 has a body", _GENERATED)
RESPONSE_SIZE: Final = _result(
    "response-size", "headers and body of a response are over {limit:,} bytes", _GENERATED, _BODY_LIMIT_BYTES
)
STATUS_UNCHANGED: Final = _result(
    "status-unchanged",
    "viewer-response changes the status",
    f"{_LAMBDA}#lambda-at-edge-restrictions-status-codes",
)
NO_BODY_IN_VIEWER_RESPONSE: Final = _result(
    "no-body-in-viewer-response", "viewer-response returns a body", None
)
STATUS_DESCRIPTION: Final = _result("status-description", "the description is no printable text", None)
METHOD_UNCHANGED: Final = _result("method-unchanged", "viewer-request changes the method", _EVENT)
CLIENT_IP_UNCHANGED: Final = _result(
    "client-ip-unchanged", "viewer-request changes the client's address", _EVENT
)
URI_SLASH: Final = _result("uri-starts-with-slash", "the path does not begin with `/`", _EVENT)
URI_CHARACTERS: Final = _result(
    "uri-characters", "the path holds a space, a control character, `?` or `#`", None
)
QUERYSTRING_STRING: Final = _result("querystring-is-a-string", "the query string is no string", _EVENT)
QUERYSTRING_CHARACTERS: Final = _result(
    "querystring-characters",
    "the query string holds a space, a control character or `#`",
    f"{_EVERY_FUNCTION}#function-restrictions-query-strings",
)
URL_SIZE: Final = _result(
    "url-size",
    "path and query string have {limit:,} characters or more",
    f"{_EVERY_FUNCTION}#function-restrictions-uri",
    8_192,
)
HEADER_STRUCTURE: Final = _result(
    "header-structure", "headers are not lists of `{{key, value}}` by their names", _EVENT
)
HEADER_NAME: Final = _result(
    "header-name", "a header's name is not in lower case, or a key is another header's", _EVENT
)
HEADER_CHARACTERS: Final = _result("header-characters", "a header's value holds a control character", None)
READ_ONLY_HEADER: Final = _result(
    "read-only-header",
    "a header that is read-only at this event is added, changed or deleted",
    f"{_EVERY_FUNCTION}#function-restrictions-read-only-headers",
)
DISALLOWED_HEADER: Final = _result(
    "disallowed-header",
    "a header is set that functions neither see nor set",
    f"{_EVERY_FUNCTION}#function-restrictions-disallowed-headers",
)
VIEWER_COUNTRY: Final = _result(
    "viewer-country-header",
    "viewer-request adds `CloudFront-Viewer-Country`",
    f"{_LAMBDA}#lambda-at-edge-restrictions-cloudfront-headers",
)
INCLUDED_BODY_CUT: Final = _said(
    "included-body-cut",
    "a function sees the first {limit:,} bytes of a body, in base64; what it does not replace goes on whole",
    f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
    _BODY_LIMIT_BYTES,
)
REPLACED_TEXT_CUT: Final = _said(
    "replaced-text-cut",
    "a body that a function replaces by text is cut at {limit:,} bytes",
    f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
    _BODY_LIMIT_BYTES,
)
REPLACED_BASE64_CUT: Final = _said(
    "replaced-base64-cut",
    "a body that a function replaces in base64, which is taken where it names no encoding, is cut at 53.2 KB "
    "of it: {limit:,} characters",
    f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
    int(53.2 * 1024) // 4 * 4,
)
BODY_OBJECT: Final = _result("body-is-an-object", "a request's body is no object", _EVENT)
BODY_ACTION: Final = _result("body-action", "a request's body is neither `read-only` nor `replace`", _EVENT)
BODY_NEEDS_INCLUDE_BODY: Final = _result(
    "body-needs-include-body",
    "a request's body is replaced without `IncludeBody`",
    None,
)
BODY_STRING: Final = _result("body-is-a-string", "a body is no string", None)
BODY_ENCODING: Final = _result(
    "body-encoding", "a body's encoding is neither `text` nor `base64`, or it is no valid base64", _EVENT
)

FUNCTION_TIME: Final = _said(
    "function-time",
    "a function has {limit} s for an event",
    f"{_GUIDE}cloudfront-limits.html#limits-lambda-at-edge",
    int(_QUOTAS.timeout_seconds),
)
FUNCTION_MEMORY: Final = _said(
    "function-memory",
    "it has {limit} MB",
    f"{_GUIDE}cloudfront-limits.html#limits-lambda-at-edge",
    _QUOTAS.memory_mb,
)
INIT_TIME: Final = _said(
    "init-time",
    "its initialisation has {limit} s",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html",
    int(_QUOTAS.init_timeout_seconds),
)
FUNCTION_FAILED: Final = _said(
    "function-failed",
    "a function that raises, ends or takes too much memory is a 503",
    f"{_GUIDE}http-503-service-unavailable.html#http-503-lambda-execution-error",
)
FUNCTION_LIMITED: Final = _said(
    "function-limited",
    "a function that takes too long, or that is throttled, is a 503",
    f"{_GUIDE}http-503-service-unavailable.html#http-503-lambda-limit-exceeded-error",
)
VIEWER_RESPONSE_ON_HIT: Final = _said(
    "viewer-response-on-hit", "viewer-response runs for a response from the cache too", _EVENTS
)
NO_VIEWER_RESPONSE: Final = _said(
    "no-viewer-response",
    "it runs neither where the origin answers 400 or above nor for a response of viewer-request's own",
    _EVENTS,
)
GENERATED_UNCACHED: Final = _said(
    "generated-uncached", "a response that viewer-request makes is not cached", _GENERATED
)
URI_KEEPS_BEHAVIOR: Final = _said(
    "uri-keeps-behavior", "a path that viewer-request changes stays with its behavior and origin", _EVENT
)
UTF_8: Final = _said(
    "values-in-utf-8",
    "a function sees path, query string and headers in UTF-8, from ISO-8859-1 where they are not; what it leaves "
    "alone goes on as received, what it changes in UTF-8",
    f"{_EVERY_FUNCTION}#function-restrictions-encoding",
)
INSERTED_KEY: Final = _said(
    "inserted-key", "a header without a key goes out under its name with initial capitals", _EVENT
)
NO_CLOUDFRONT_HEADERS: Final = _said(
    "no-cloudfront-headers",
    "viewer functions see `CloudFront-*` headers of the visitor's alone",
    f"{_LAMBDA}#lambda-at-edge-restrictions-cloudfront-headers",
)
GRPC_WITHOUT_FUNCTIONS: Final = _said(
    "grpc-without-functions",
    "where a behavior has gRPC, a request with Content-Type `application/grpc` goes to the origin without any function",
    _GRPC,
)
WEBSOCKET: Final = _said(
    "websocket",
    "a GET that asks for a WebSocket opens one where the origin gets Sec-WebSocket-Key and Sec-WebSocket-Version",
    f"{_GUIDE}distribution-working-with.websockets.html",
)
WEBSOCKET_FUNCTIONS: Final = _said(
    "websocket-functions",
    "viewer-request runs for that GET, viewer-response does not run for the 101; neither sees what passes afterwards",
    None,
)
CACHED_METHODS: Final = _said(
    "cached-methods",
    "GET and HEAD are cached, OPTIONS where the behavior says so, by itself; no other method is",
    f"{_BEHAVIOR}#DownloadDistValuesAllowedHTTPMethods",
)
FORWARDED: Final = _said(
    "forwarded",
    "the origin gets the headers, cookies and parameters of the cache key and of the origin request policy",
    f"{_GUIDE}understanding-how-origin-request-policies-and-cache-policies-work-together.html",
)
ORIGIN_RESPONSE_SIZE: Final = Rule(
    "flow",
    "origin-response-size",
    f"an origin's response with a head of over {_HEAD_LIMIT_BYTES:,} bytes fails; the 502: not verified",
    f"{_GUIDE}cloudfront-limits.html#limits-general",
    502,
    _HEAD_LIMIT_BYTES,
)
LEGACY_HEADERS: Final = _said(
    "legacy-headers",
    "with ForwardedValues it gets every header but Accept, Accept-Charset, Accept-Language, Authorization, Host, "
    "Referer, User-Agent and X-HTTP-Method-Override, and these where they are listed",
    f"{_ORIGIN}#request-custom-headers-behavior",
)
ENCODINGS: Final = _said(
    "accept-encoding",
    "with a cache policy for compressed objects key and origin get Accept-Encoding with br and gzip alone",
    f"{_GUIDE}controlling-the-cache-key.html#cache-policy-compressed-objects",
)
SET_COOKIE: Final = _said(
    "set-cookie",
    'the origin\'s Set-Cookie is cached with the rest, unless it says `no-cache="Set-Cookie"`, and removed where no '
    "cookie is forwarded",
    f"{_GUIDE}Cookies.html",
)

ORIGIN_EXISTS: Final = _distribution(
    "origin-exists", "a behavior names an origin that is missing", f"{_API}API_CreateDistribution.html"
)
NUMBERED_VERSION: Final = _distribution(
    "numbered-version", "a function is not a numbered version in us-east-1", _LAMBDA
)
ONE_FUNCTION: Final = _distribution(
    "one-function",
    "an event of a behavior has two functions",
    f"{_EVERY_FUNCTION}#function-restrictions-combining-functions",
)
INCLUDE_BODY_EVENT: Final = _distribution(
    "include-body-event",
    "`IncludeBody` stands at a response event",
    f"{_GUIDE}lambda-include-body-access.html",
)
METHOD_SETS: Final = _distribution(
    "method-sets",
    "a behavior allows other methods than GET and HEAD, these and OPTIONS, or all seven",
    f"{_API}API_AllowedMethods.html",
)
CACHED_METHOD_SETS: Final = _distribution(
    "cached-method-sets",
    "it caches other methods than GET and HEAD, or these and OPTIONS, or one that it does not allow",
    f"{_API}API_CachedMethods.html",
)
GRPC_NEEDS: Final = _distribution(
    "grpc-needs", "a behavior has gRPC without the method POST, or without HTTP/2 in the distribution", _GRPC
)

RULES: Final = tuple([one for one in vars().copy().values() if isinstance(one, Rule)])
"""All of them, in the order of this file."""
