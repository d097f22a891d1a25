"""The edge cache: which responses are kept, for how long, and which requests they answer."""

import re
import threading
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from workbench.local_edge.forwarding_policy import CachePolicy, accepted_encodings, taken
from workbench.local_edge.viewer_event import HeaderLines
from workbench.local_edge.websocket import OpenedWebSocket

_CACHEABLE_STATUS = frozenset({200, 203, 204, 300, 301, 302, 307, 308})
_DIRECTIVE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*\"?([^\",]*)\"?)?")


class OriginResponse(NamedTuple):
    """A response as the origin gave it, without the headers of its connection; after a 101 with its WebSocket."""

    status: int
    reason: str
    headers: HeaderLines
    body: bytes
    websocket: OpenedWebSocket | None = None


class CachedResponse(NamedTuple):
    """A response out of the cache and its age in whole seconds."""

    response: OriginResponse
    age_seconds: int


class _Entry(NamedTuple):
    response: OriginResponse
    stored_at: float
    expires_at: float


Key = tuple[object, ...]


class Cache:
    """Responses by cache key; `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[Key, _Entry] = {}

    def get(self, key: Key) -> CachedResponse | None:
        """A response that is still fresh."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            now = self._clock()
            if now >= entry.expires_at:
                del self._entries[key]
                return None
            return CachedResponse(entry.response, int(now - entry.stored_at))

    def put(self, key: Key, response: OriginResponse, ttl_seconds: float) -> None:
        """Keep `response`; a time to live of 0 keeps nothing.

        Its Set-Cookie lines are kept with it, as at CloudFront, unless it says `no-cache="Set-Cookie"`.
        """
        if ttl_seconds <= 0:
            return
        unkept = _directives(response.headers).get("no-cache", "").lower()
        if "set-cookie" in unkept:
            lines = [line for line in response.headers if line[0].lower() != "set-cookie"]
            response = response._replace(headers=lines)
        with self._lock:
            now = self._clock()
            self._entries[key] = _Entry(response, now, now + ttl_seconds)


def cache_key(
    policy: CachePolicy, origin: object, method: str, uri: str, querystring: str, headers: HeaderLines
) -> Key:
    """What two requests must share to get the same cached response; HEAD and OPTIONS have a place of their own."""
    selected = policy.key
    parameters = tuple(
        part for part in querystring.split("&") if part and taken(selected.query, part.partition("=")[0])
    )
    named = sorted((name.lower(), value) for name, value in headers)
    cookies = sorted(
        pair.strip() for name, value in named if name == "cookie" for pair in value.split(";") if pair.strip()
    )
    return (
        origin,
        method,
        uri,
        parameters,
        tuple((name, value) for name, value in named if selected.headers and name in selected.headers),
        tuple(pair for pair in cookies if taken(selected.cookies, pair.partition("=")[0])),
        accepted_encodings(policy, headers) or None,
    )


def time_to_live(policy: CachePolicy, response: OriginResponse, now: float) -> float:
    """Seconds to keep a response to a method that is cached; `now` in Unix seconds, for Expires.

    A policy's minimum of more than 0 outweighs no-store, no-cache and private, as at CloudFront.
    """
    if response.status not in _CACHEABLE_STATUS or policy.max_ttl <= 0:
        return 0
    directives = _directives(response.headers)
    if any(value.strip() == "*" for name, value in response.headers if name.lower() == "vary"):
        return 0
    if directives.keys() & {"no-store", "private"} or directives.get("no-cache") == "":
        return policy.min_ttl
    asked = _asked_ttl(directives, response.headers, now)
    if asked is None:
        return max(policy.min_ttl, policy.default_ttl)
    return min(max(asked, policy.min_ttl), policy.max_ttl)


def _directives(headers: HeaderLines) -> dict[str, str]:
    """Cache-Control's directives, lower-case, with their arguments; an empty one where there is none."""
    values = [value for name, value in headers if name.lower() == "cache-control"]
    return {name.lower(): argument for name, argument in _DIRECTIVE.findall(",".join(values))}


def _asked_ttl(directives: dict[str, str], headers: HeaderLines, now: float) -> float | None:
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").strip().isdigit():
            return float(directives[name])
    for name, value in headers:
        if name.lower() == "expires":
            try:
                return max(0.0, parsedate_to_datetime(value).timestamp() - now)
            except ValueError:
                return 0.0
    return None
