"""What of a request goes into the cache key, what goes to the origin, and how long a response is kept.

CloudFront's managed policies by their id, and the older ForwardedValues of a behavior.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Names = frozenset[str] | None
"""Names that are taken; None takes all."""

_NONE: frozenset[str] = frozenset()
_YEAR = 31_536_000
_DAY = 86_400


class Selection(NamedTuple):
    """A choice of a request's headers (lower-case names), cookies and query parameters."""

    headers: Names = _NONE
    cookies: Names = _NONE
    query: Names = _NONE
    except_headers: frozenset[str] = _NONE


class CachePolicy(NamedTuple):
    """The cache key beside method and path, and the bounds of a response's time to live, in seconds.

    Where it is `compressed`, key and origin have the visitor's Accept-Encoding, reduced to br and gzip.
    """

    key: Selection
    min_ttl: float
    default_ttl: float
    max_ttl: float
    compressed: bool = True


# What a behavior with ForwardedValues keeps from the origin unless it lists it; see Rule.LEGACY_HEADERS.
_LEGACY_REMOVED = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-language",
        "authorization",
        "host",
        "referer",
        "user-agent",
        "x-http-method-override",
    }
)
_METHOD_OVERRIDES = frozenset(
    {"host", "origin", "x-http-method-override", "x-http-method", "x-method-override"}
)

CACHE_POLICIES: Mapping[str, CachePolicy] = {
    # CachingOptimized
    "658327ea-f89d-4fab-a63d-7e88639e58f6": CachePolicy(Selection(), 1, _DAY, _YEAR),
    # CachingOptimizedForUncompressedObjects
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": CachePolicy(Selection(), 1, _DAY, _YEAR, compressed=False),
    # CachingDisabled
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": CachePolicy(Selection(), 0, 0, 0, compressed=False),
    # UseOriginCacheControlHeaders
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": CachePolicy(
        Selection(headers=_METHOD_OVERRIDES, cookies=None), 0, 0, _YEAR
    ),
    # UseOriginCacheControlHeaders-QueryStrings
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": CachePolicy(
        Selection(headers=_METHOD_OVERRIDES, cookies=None, query=None), 0, 0, _YEAR
    ),
}

ALL_VIEWER = Selection(headers=None, cookies=None, query=None)

ORIGIN_REQUEST_POLICIES: Mapping[str, Selection] = {
    # AllViewer
    "216adef6-5c7f-47e4-b989-5492eafa07d3": ALL_VIEWER,
    # AllViewerExceptHostHeader
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Selection(
        headers=None, cookies=None, query=None, except_headers=frozenset({"host"})
    ),
    # AllViewerAndCloudFrontHeaders-2022-06; the CloudFront-* headers are not made up here
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": ALL_VIEWER,
    # UserAgentRefererHeaders
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Selection(headers=frozenset({"user-agent", "referer"})),
    # CORS-CustomOrigin
    "59781a5b-3903-41f3-afcb-af62929ccde1": Selection(headers=frozenset({"origin"})),
    # CORS-S3Origin
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Selection(
        headers=frozenset({"origin", "access-control-request-headers", "access-control-request-method"})
    ),
}


def from_forwarded_values(behavior: Mapping[str, Any]) -> tuple[CachePolicy, Selection]:
    """The policies that a behavior with ForwardedValues has.

    Cookies that it forwards and headers that it lists are in the cache key too; most other headers just go on.
    """
    values = behavior["ForwardedValues"]
    cookies = values.get("Cookies") or {"Forward": "none"}
    query: Names = _NONE
    if values.get("QueryString"):
        query = frozenset(_items(values.get("QueryStringCacheKeys"))) or None
    listed = frozenset(name.lower() for name in _items(values.get("Headers")))
    every_header = "*" in listed
    forwarded = Selection(
        headers=None,
        cookies={
            "none": _NONE,
            "all": None,
            "whitelist": frozenset(_items(cookies.get("WhitelistedNames"))),
        }[cookies["Forward"]],
        query=None if values.get("QueryString") else _NONE,
        except_headers=_NONE if every_header else _LEGACY_REMOVED - listed,
    )
    key = Selection(headers=listed, cookies=forwarded.cookies, query=query)
    if every_header:  # CloudFront caches nothing then
        return CachePolicy(key, 0, 0, 0, compressed=False), forwarded
    ttls = (behavior.get("MinTTL", 0), behavior.get("DefaultTTL", _DAY), behavior.get("MaxTTL", _YEAR))
    return CachePolicy(key, *ttls), forwarded


def _items(listed: Mapping[str, Any] | None) -> list[str]:
    return list((listed or {}).get("Items") or [])


def accepted_encodings(policy: CachePolicy, headers: Iterable[tuple[str, str]]) -> str | None:
    """Accept-Encoding as a policy for compressed objects has it in key and origin request; None where it has none.

    `headers` are a request's lines. It is empty where the visitor takes neither br nor gzip.
    """
    values = [value for name, value in headers if name.lower() == "accept-encoding"]
    if not policy.compressed or not values:
        return None
    offered = {part.split(";")[0].strip().lower() for part in ",".join(values).split(",")}
    return ",".join(sorted(offered & {"br", "gzip"}))


def taken(names: Names, name: str) -> bool:
    """Whether a selection takes `name`."""
    return names is None or name in names
