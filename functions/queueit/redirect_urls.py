"""URLs to which the connector sends visitors (protocol section 6)."""

from queueit import __version__
from queueit.percent_encoding import encode_query_value

CONNECTOR = f"cloudfront-python-{__version__}"
PLATFORM_VERSION = f"cloudfront-{__version__}"
PLATFORM_SUFFIX = f"&kupver={PLATFORM_VERSION}"

DIAGNOSTICS_SETUP_URL = "https://api2.queue-it.net/diagnostics/connector/error/?code=setup"
"""For a debug token that meets a connector without keys."""

MAX_LENGTH = 20_000
"""Of a redirect, in characters: encoded once more, as an AJAX call gets it, it still fits CloudFront's 40 KB.
A longer one goes without the target, then without the token or the queue ids."""


def base_url(queue_domain: str, path_prefix: str) -> str:
    """`https://{QueueDomain}/[{QueuePathPrefix}/]` with single slashes."""
    prefix = path_prefix.strip("/")
    return f"https://{queue_domain.rstrip('/')}/" + (f"{prefix}/" if prefix else "")


def query(customer_id: str, event_id: str, version: int, name: str, *, culture: str, layout: str) -> str:
    """The part of the query string that all redirects of a Queue action share."""
    return (
        f"c={encode_query_value(customer_id)}&e={encode_query_value(event_id)}&ver={CONNECTOR}&cver={version}"
        f"&man={encode_query_value(name)}"
        + (f"&cid={encode_query_value(culture)}" if culture else "")
        + (f"&l={encode_query_value(layout)}" if layout else "")
    )


def _parameter(name: str, value: str) -> str:
    encoded = encode_query_value(value)
    return f"&{name}={encoded}" if encoded else ""


def queue_url(base: str, shared_query: str, target: str, enqueue_token: str = "") -> str:
    """To the waiting room; `target`, empty for none, is where the visitor comes back to."""
    signed = f"&enqueuetoken={enqueue_token}" if enqueue_token else ""
    url = f"{base}?{shared_query}{signed}{_parameter('t', target)}{PLATFORM_SUFFIX}"
    return url if len(url) <= MAX_LENGTH or not target else queue_url(base, shared_query, "", enqueue_token)


def error_url(
    base: str, shared_query: str, code: str, reason: str, token: str | None, target: str, now: int
) -> str:
    """To the waiting room's page for a bad token or session; `reason` is `icr`, `now` in Unix seconds."""
    url = (
        f"{base}error/{code}/?{shared_query}{_parameter('icr', reason)}"
        + (f"&queueittoken={encode_query_value(token)}" if token is not None else "")
        + f"&ts={now}{_parameter('t', target)}{PLATFORM_SUFFIX}"
    )
    if len(url) <= MAX_LENGTH or not (target or token):
        return url
    return error_url(base, shared_query, code, reason, token if target else None, "", now)


def cancel_url(
    base: str, customer_id: str, rooms: tuple[str, ...], queue_ids: dict[str, str], target: str
) -> str:
    """To the page that ends a session; `queue_ids` by room, for those rooms that have one."""
    wrl = "_".join(
        [f"{room}~{encode_query_value(queue_ids[room])}" if room in queue_ids else room for room in rooms]
    )
    url = f"{base}cancel/multiple/{customer_id}?wrl={wrl}{_parameter('r', target)}{PLATFORM_SUFFIX}"
    if len(url) <= MAX_LENGTH or not (target or queue_ids):
        return url
    return cancel_url(base, customer_id, rooms, queue_ids if target else {}, "")


def diagnostics_url(customer_id: str, code: str) -> str:
    """To the platform's page for a debug token that is not good; `code` is `hash` or `timestamp`."""
    return f"https://{customer_id}.api2.queue-it.net/{customer_id}/diagnostics/connector/error/?code={code}"
