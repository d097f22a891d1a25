"""CloudFront's rules that the local edge follows, each with AWS's page; `docs/local-edge.md` prints them.

Texts of AWS in our words, read in copies: the present pages of quotas, methods, WebSockets, gRPC and restrictions in
part, the whole guide as of June 2023. A rule without a page is what we take for granted: not verified.
"""

from enum import Enum

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


_Rule = tuple[str, str, str | None, int, int]


def _request(status: int, text: str, page: str | None, limit: int = 0) -> _Rule:
    return "request", text.format(limit=limit), page, status, limit


def _result(text: str, page: str | None, limit: int = 0) -> _Rule:
    return "result", text.format(limit=limit), page, 502, limit


def _said(text: str, page: str | None, limit: int = 0) -> _Rule:
    return "flow", text.format(limit=limit), page, 0, limit


def _distribution(text: str, page: str | None) -> _Rule:
    return "distribution", text, page, 0, 0


class Rule(Enum):
    """A rule: what it says of the thing it is `about`, AWS's `page` if one was found, and its `limit` if it has one.

    Where it is broken the visitor gets `status`. A rule that says what happens, and cannot be broken, has 0 there, as
    one without a limit has in `limit`. Logs and the page call it by its `id`, such as `header-name`.
    """

    def __init__(self, about: str, text: str, page: str | None, status: int, limit: int) -> None:
        self.id = self.name.lower().replace("_", "-")
        self.about = about
        self.text = text
        self.page = page
        self.status = status
        self.limit = limit

    WELL_FORMED = _request(
        400,
        "it is no HTTP/1, does not have exactly one Host, frames its body ambiguously, or its target is no path",
        None,
    )
    REQUEST_SIZE = _request(
        413,
        "request line and headers are over {limit:,} bytes; the connection ends",
        f"{_ORIGIN}#RequestCustomMaxRequestStringLength",
        _HEAD_LIMIT_BYTES,
    )
    REQUEST_URL_SIZE = _request(
        413,
        "the URL is over {limit:,} bytes, counted with `https://` and the host; the connection ends",
        f"{_ORIGIN}#RequestCustomMaxRequestStringLength",
        8_192,
    )
    ALLOWED_METHOD = _request(
        403,
        "the behavior does not allow its method; no function runs",
        f"{_GUIDE}http-403-invalid-method.html",
    )
    GET_WITHOUT_BODY = _request(
        403, "it is a GET with a body; no function runs", f"{_ORIGIN}#RequestCustom-get-body"
    )
    RESULT_IS_AN_OBJECT = _result("the function returns no object", _VALIDATION)
    STATUS_IS_A_STRING = _result("a response's status is no string", _GENERATED)
    STATUS_FROM_200_TO_599 = _result("a response's status is not from 200 to 599", _GENERATED)
    NO_BODY_IN_204 = _result("a response of status 204 has a body", _GENERATED)
    RESPONSE_SIZE = _result(
        "headers and body of a response are over {limit:,} bytes", _GENERATED, _BODY_LIMIT_BYTES
    )
    STATUS_UNCHANGED = _result(
        "viewer-response changes the status", f"{_LAMBDA}#lambda-at-edge-restrictions-status-codes"
    )
    NO_BODY_IN_VIEWER_RESPONSE = _result("viewer-response returns a body", None)
    STATUS_DESCRIPTION = _result("the description is no printable text", None)
    METHOD_UNCHANGED = _result("viewer-request changes the method", _EVENT)
    CLIENT_IP_UNCHANGED = _result("viewer-request changes the client's address", _EVENT)
    URI_STARTS_WITH_SLASH = _result("the path does not begin with `/`", _EVENT)
    URI_CHARACTERS = _result("the path holds a space, a control character, `?` or `#`", None)
    QUERYSTRING_IS_A_STRING = _result("the query string is no string", _EVENT)
    QUERYSTRING_CHARACTERS = _result(
        "the query string holds a space, a control character or `#`",
        f"{_EVERY_FUNCTION}#function-restrictions-query-strings",
    )
    URL_SIZE = _result(
        "path and query string have {limit:,} characters or more",
        f"{_EVERY_FUNCTION}#function-restrictions-uri",
        8_192,
    )
    HEADER_STRUCTURE = _result("headers are not lists of `{{key, value}}` by their names", _EVENT)
    HEADER_NAME = _result("a header's name is not in lower case, or a key is another header's", _EVENT)
    HEADER_CHARACTERS = _result("a header's value holds a control character", None)
    READ_ONLY_HEADER = _result(
        "a header that is read-only at this event is added, changed or deleted",
        f"{_EVERY_FUNCTION}#function-restrictions-read-only-headers",
    )
    DISALLOWED_HEADER = _result(
        "a header is set that functions neither see nor set",
        f"{_EVERY_FUNCTION}#function-restrictions-disallowed-headers",
    )
    VIEWER_COUNTRY_HEADER = _result(
        "viewer-request adds `CloudFront-Viewer-Country`",
        f"{_LAMBDA}#lambda-at-edge-restrictions-cloudfront-headers",
    )
    INCLUDED_BODY_CUT = _said(
        "a function sees the first {limit:,} bytes of a body, in base64; what it does not replace goes on whole",
        f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
        _BODY_LIMIT_BYTES,
    )
    REPLACED_TEXT_CUT = _said(
        "a body that a function replaces by text is cut at {limit:,} bytes",
        f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
        _BODY_LIMIT_BYTES,
    )
    REPLACED_BASE64_CUT = _said(
        "a body that a function replaces in base64, which is taken where it names no encoding, is cut at 53.2 KB "
        "of it: {limit:,} characters",
        f"{_LAMBDA}#lambda-at-edge-restrictions-request-body",
        int(53.2 * 1024) // 4 * 4,
    )
    BODY_IS_AN_OBJECT = _result("a request's body is no object", _EVENT)
    BODY_ACTION = _result("a request's body is neither `read-only` nor `replace`", _EVENT)
    BODY_NEEDS_INCLUDE_BODY = _result("a request's body is replaced without `IncludeBody`", None)
    BODY_IS_A_STRING = _result("a body is no string", None)
    BODY_ENCODING = _result(
        "a body's encoding is neither `text` nor `base64`, or it is no valid base64", _EVENT
    )
    FUNCTION_TIME = _said(
        "a function has {limit} s for an event",
        f"{_GUIDE}cloudfront-limits.html#limits-lambda-at-edge",
        int(_QUOTAS.timeout_seconds),
    )
    FUNCTION_MEMORY = _said(
        "it has {limit} MB", f"{_GUIDE}cloudfront-limits.html#limits-lambda-at-edge", _QUOTAS.memory_mb
    )
    INIT_TIME = _said(
        "its initialisation has {limit} s",
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html",
        int(_QUOTAS.init_timeout_seconds),
    )
    FUNCTION_FAILED = _said(
        "a function that raises, ends or takes too much memory is a 503",
        f"{_GUIDE}http-503-service-unavailable.html#http-503-lambda-execution-error",
    )
    FUNCTION_LIMITED = _said(
        "a function that takes too long, or that is throttled, is a 503",
        f"{_GUIDE}http-503-service-unavailable.html#http-503-lambda-limit-exceeded-error",
    )
    VIEWER_RESPONSE_ON_HIT = _said("viewer-response runs for a response from the cache too", _EVENTS)
    NO_VIEWER_RESPONSE = _said(
        "it runs neither where the origin answers 400 or above nor for a response of viewer-request's own",
        _EVENTS,
    )
    GENERATED_UNCACHED = _said("a response that viewer-request makes is not cached", _GENERATED)
    URI_KEEPS_BEHAVIOR = _said(
        "a path that viewer-request changes stays with its behavior and origin", _EVENT
    )
    VALUES_IN_UTF_8 = _said(
        "a function sees path, query string and headers in UTF-8, from ISO-8859-1 where they are not; what it leaves "
        "alone goes on as received, what it changes in UTF-8",
        f"{_EVERY_FUNCTION}#function-restrictions-encoding",
    )
    INSERTED_KEY = _said("a header without a key goes out under its name with initial capitals", _EVENT)
    NO_CLOUDFRONT_HEADERS = _said(
        "viewer functions see `CloudFront-*` headers of the visitor's alone",
        f"{_LAMBDA}#lambda-at-edge-restrictions-cloudfront-headers",
    )
    GRPC_WITHOUT_FUNCTIONS = _said(
        "where a behavior has gRPC, a request with Content-Type `application/grpc` goes to the origin without any "
        "function",
        _GRPC,
    )
    WEBSOCKET = _said(
        "a GET that asks for a WebSocket opens one where the origin gets Sec-WebSocket-Key and Sec-WebSocket-Version",
        f"{_GUIDE}distribution-working-with.websockets.html",
    )
    WEBSOCKET_FUNCTIONS = _said(
        "viewer-request runs for that GET, viewer-response does not run for the 101; neither sees what passes "
        "afterwards",
        None,
    )
    CACHED_METHODS = _said(
        "GET and HEAD are cached, OPTIONS where the behavior says so, by itself; no other method is",
        f"{_BEHAVIOR}#DownloadDistValuesAllowedHTTPMethods",
    )
    FORWARDED = _said(
        "the origin gets the headers, cookies and parameters of the cache key and of the origin request policy",
        f"{_GUIDE}understanding-how-origin-request-policies-and-cache-policies-work-together.html",
    )
    ORIGIN_RESPONSE_SIZE = (
        "flow",
        f"an origin's response with a head of over {_HEAD_LIMIT_BYTES:,} bytes fails; the 502: not verified",
        f"{_GUIDE}cloudfront-limits.html#limits-general",
        502,
        _HEAD_LIMIT_BYTES,
    )
    LEGACY_HEADERS = _said(
        "with ForwardedValues it gets every header but Accept, Accept-Charset, Accept-Language, Authorization, Host, "
        "Referer, User-Agent and X-HTTP-Method-Override, and these where they are listed",
        f"{_ORIGIN}#request-custom-headers-behavior",
    )
    ACCEPT_ENCODING = _said(
        "with a cache policy for compressed objects key and origin get Accept-Encoding with br and gzip alone",
        f"{_GUIDE}controlling-the-cache-key.html#cache-policy-compressed-objects",
    )
    SET_COOKIE = _said(
        'the origin\'s Set-Cookie is cached with the rest, unless it says `no-cache="Set-Cookie"`, and removed where '
        "no cookie is forwarded",
        f"{_GUIDE}Cookies.html",
    )
    ORIGIN_EXISTS = _distribution(
        "a behavior names an origin that is missing", f"{_API}API_CreateDistribution.html"
    )
    NUMBERED_VERSION = _distribution("a function is not a numbered version in us-east-1", _LAMBDA)
    ONE_FUNCTION = _distribution(
        "an event of a behavior has two functions",
        f"{_EVERY_FUNCTION}#function-restrictions-combining-functions",
    )
    INCLUDE_BODY_EVENT = _distribution(
        "`IncludeBody` stands at a response event", f"{_GUIDE}lambda-include-body-access.html"
    )
    METHOD_SETS = _distribution(
        "a behavior allows other methods than GET and HEAD, these and OPTIONS, or all seven",
        f"{_API}API_AllowedMethods.html",
    )
    CACHED_METHOD_SETS = _distribution(
        "it caches other methods than GET and HEAD, or these and OPTIONS, or one that it does not allow",
        f"{_API}API_CachedMethods.html",
    )
    GRPC_NEEDS = _distribution(
        "a behavior has gRPC without the method POST, or without HTTP/2 in the distribution", _GRPC
    )
