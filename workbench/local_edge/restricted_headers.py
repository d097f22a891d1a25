"""Headers that CloudFront keeps from functions or does not let them change (protocol section 8, `rule_table`)."""

_DISALLOWED = frozenset(
    {
        "client-cert",
        "client-cert-chain",
        "cloudfront-viewer-cert-pem",
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "trailer",
        "upgrade",
        "x-accel-buffering",
        "x-accel-charset",
        "x-accel-limit-rate",
        "x-accel-redirect",
        "x-amzn-auth",
        "x-amzn-cf-billing",
        "x-amzn-cf-id",
        "x-amzn-cf-xff",
        "x-amzn-errortype",
        "x-amzn-fle-profile",
        "x-amzn-header-count",
        "x-amzn-header-order",
        "x-amzn-lambda-integration-tag",
        "x-amzn-requestid",
        "x-cache",
        "x-forwarded-proto",
        "x-real-ip",
    }
)
_DISALLOWED_PREFIXES = ("x-amz-cf-", "x-edge-")

READ_ONLY_IN_VIEWER_REQUEST = frozenset({"cdn-loop", "content-length", "host", "transfer-encoding", "via"})
READ_ONLY_IN_VIEWER_RESPONSE = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "via", "warning"}
)

VIEWER_COUNTRY = "cloudfront-viewer-country"
"""Viewer-request may not add it; a visitor's own stays."""

OF_ONE_CONNECTION = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that concern one connection and are not passed on."""


def is_disallowed(name: str) -> bool:
    """Whether functions neither see nor set the header; `name` in lower case."""
    return name in _DISALLOWED or name.startswith(_DISALLOWED_PREFIXES)
