"""Headers that CloudFront keeps from functions or does not let them change (protocol section 8)."""

_DISALLOWED = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "trailer",
        "upgrade",
        "x-cache",
        "x-forwarded-proto",
        "x-real-ip",
    }
)
_DISALLOWED_PREFIXES = ("x-accel-", "x-amz-cf-", "x-amzn-", "x-edge-")

READ_ONLY_IN_VIEWER_REQUEST = frozenset({"cdn-loop", "content-length", "host", "transfer-encoding", "via"})
READ_ONLY_IN_VIEWER_RESPONSE = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "via", "warning"}
)

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
