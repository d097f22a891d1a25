"""A CloudFront DistributionConfig, parsed, and the choice of a behavior for a path."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from workbench.local_edge.forwarding_policy import (
    ALL_VIEWER,
    CACHE_POLICIES,
    ORIGIN_REQUEST_POLICIES,
    CachePolicy,
    Selection,
    from_forwarded_values,
)
from workbench.local_edge.path_pattern import compile_path_pattern, normalize_path
from workbench.local_edge.rule_table import Rule

_VERSION_ARN = re.compile(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:([A-Za-z0-9_-]+):(\d+)")
_CACHING_DISABLED = CACHE_POLICIES["4135ea2d-6df8-44a3-9df3-4b5a84be39ad"]
_EVENT_TYPES = ("viewer-request", "viewer-response")
_CACHEABLE = ({"GET", "HEAD"}, {"GET", "HEAD", "OPTIONS"})
_EVERY_METHOD = {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}


class UnsupportedDistribution(ValueError):
    """A distribution that CloudFront would refuse or that the local edge does not know; the text says why."""


def _refused(rule: Rule, text: str) -> UnsupportedDistribution:
    return UnsupportedDistribution(f"{text} ({rule.page})" if rule.page else text)


class Association(NamedTuple):
    """A function on an event of a behavior: `function` and `version` are those of its ARN."""

    function: str
    version: str
    arn: str
    include_body: bool


class Origin(NamedTuple):
    """Where an origin is reached, and what is added to each request to it."""

    scheme: str
    host: str
    port: int
    host_header: str
    path: str
    custom_headers: tuple[tuple[str, str], ...]
    read_timeout_seconds: float


class Behavior(NamedTuple):
    """What happens to the requests whose path matches `path_pattern`; with `grpc`, gRPC ones run no function."""

    path_pattern: str
    matches: Callable[[str], bool]
    origin: Origin
    allowed_methods: frozenset[str]
    cached_methods: frozenset[str]
    grpc: bool
    cache_policy: CachePolicy
    forwarded: Selection
    viewer_request: Association | None
    viewer_response: Association | None


class Distribution(NamedTuple):
    """Behaviors in the order they are tried; the last is the default and matches everything."""

    behaviors: tuple[Behavior, ...]

    def route(self, path: str) -> Behavior:
        """The behavior for a path as the visitor sent it: the first whose pattern matches it normalized."""
        normalized = normalize_path(path)
        return next(behavior for behavior in self.behaviors if behavior.matches(normalized))

    def functions(self) -> dict[str, Association]:
        """The functions that any behavior runs, by name. Raises UnsupportedDistribution for two versions of one."""
        functions: dict[str, Association] = {}
        for behavior in self.behaviors:
            for association in (behavior.viewer_request, behavior.viewer_response):
                if association is None:
                    continue
                known = functions.setdefault(association.function, association)
                if known.version != association.version:
                    raise UnsupportedDistribution(
                        f"the behaviors run versions {known.version} and {association.version} of "
                        f"{known.function!r}; the local edge runs one"
                    )
        return functions


def parse_distribution(
    config: Mapping[str, Any], origin_urls: Mapping[str, str] | None = None
) -> Distribution:
    """Parse the shape of boto3's `get_distribution_config()["DistributionConfig"]`.

    `origin_urls` maps an origin's Id to the URL where it is reached here instead of at its DomainName. Raises
    UnsupportedDistribution.
    """
    try:
        return _distribution(config, origin_urls)
    except KeyError as missing:
        raise UnsupportedDistribution(f"the distribution lacks {missing}") from None


def _distribution(config: Mapping[str, Any], origin_urls: Mapping[str, str] | None) -> Distribution:
    origins = {
        item["Id"]: _origin(item, (origin_urls or {}).get(item["Id"])) for item in _items(config["Origins"])
    }
    unknown = sorted(set(origin_urls or {}) - set(origins))
    if unknown:
        raise UnsupportedDistribution(
            f"no origin has the Id {unknown[0]!r}; the distribution's origins: {sorted(origins)}"
        )
    ordered = [(item["PathPattern"], item) for item in _items(config.get("CacheBehaviors"))]
    behaviors = [
        _behavior(item, pattern, origins, str(config.get("HttpVersion", "http2")).lower())
        for pattern, item in [*ordered, ("*", config["DefaultCacheBehavior"])]
    ]
    return Distribution(tuple(behaviors))


def _items(listed: Mapping[str, Any] | None) -> list[Any]:
    return list((listed or {}).get("Items") or [])


def _origin(item: Mapping[str, Any], url: str | None) -> Origin:
    custom: Mapping[str, Any] = item.get("CustomOriginConfig") or {}
    scheme = "https" if custom.get("OriginProtocolPolicy") == "https-only" else "http"
    host = item["DomainName"]
    port = custom.get("HTTPSPort", 443) if scheme == "https" else custom.get("HTTPPort", 80)
    if url:
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname or ""
        port = parts.port or {"http": 80, "https": 443}[scheme]
    return Origin(
        scheme=scheme,
        host=host,
        port=port,
        host_header=item["DomainName"],
        path=item.get("OriginPath") or "",
        custom_headers=tuple(
            (header["HeaderName"], header["HeaderValue"]) for header in _items(item.get("CustomHeaders"))
        ),
        read_timeout_seconds=float(custom.get("OriginReadTimeout", 30)),
    )


def _behavior(
    item: Mapping[str, Any], path_pattern: str, origins: Mapping[str, Origin], http_version: str
) -> Behavior:
    where = f"behavior {path_pattern!r}"
    origin = origins.get(item["TargetOriginId"])
    if origin is None:
        raise _refused(Rule.ORIGIN_EXISTS, f"{where}: no origin has the Id {item['TargetOriginId']!r}")
    if _items(item.get("FunctionAssociations")):
        raise UnsupportedDistribution(
            f"{where}: the local edge runs no CloudFront Functions, only Lambda@Edge"
        )
    associations = _associations(item, where)
    cache_policy, forwarded = _policies(item, where)
    allowed, cached = _methods(item, where)
    grpc = bool((item.get("GrpcConfig") or {}).get("Enabled"))
    if grpc and not ("POST" in allowed and http_version.startswith("http2")):
        raise _refused(Rule.GRPC_NEEDS, f"{where}: gRPC needs the method POST and HTTP/2")
    return Behavior(
        path_pattern=path_pattern,
        matches=compile_path_pattern(path_pattern),
        origin=origin,
        allowed_methods=allowed,
        cached_methods=cached,
        grpc=grpc,
        cache_policy=cache_policy,
        forwarded=forwarded,
        viewer_request=associations.get("viewer-request"),
        viewer_response=associations.get("viewer-response"),
    )


def _methods(item: Mapping[str, Any], where: str) -> tuple[frozenset[str], frozenset[str]]:
    """The methods that a behavior allows, and those whose responses it caches."""
    listed: Mapping[str, Any] = item.get("AllowedMethods") or {}
    allowed = frozenset(_items(listed) or ["GET", "HEAD"])
    cached = frozenset(_items(listed.get("CachedMethods")) or ["GET", "HEAD"])
    if allowed not in (*_CACHEABLE, _EVERY_METHOD):
        raise _refused(Rule.METHOD_SETS, f"{where}: no such choice of methods: {sorted(allowed)}")
    if cached not in _CACHEABLE or not cached <= allowed:
        raise _refused(
            Rule.CACHED_METHOD_SETS, f"{where}: no such choice of cached methods: {sorted(cached)}"
        )
    return allowed, cached


def _policies(item: Mapping[str, Any], where: str) -> tuple[CachePolicy, Selection]:
    cache_policy_id, request_policy_id = item.get("CachePolicyId"), item.get("OriginRequestPolicyId")
    if not cache_policy_id:
        if "ForwardedValues" in item:
            return from_forwarded_values(item)
        return _CACHING_DISABLED, ALL_VIEWER
    if cache_policy_id not in CACHE_POLICIES:
        raise UnsupportedDistribution(f"{where}: unknown cache policy {cache_policy_id!r}; use a managed one")
    cache_policy = CACHE_POLICIES[cache_policy_id]
    if not request_policy_id:
        return cache_policy, cache_policy.key
    if request_policy_id not in ORIGIN_REQUEST_POLICIES:
        raise UnsupportedDistribution(
            f"{where}: unknown origin request policy {request_policy_id!r}; use a managed one"
        )
    return cache_policy, _joined(cache_policy.key, ORIGIN_REQUEST_POLICIES[request_policy_id])


def _joined(key: Selection, policy: Selection) -> Selection:
    """What the origin gets: all that is in the cache key, and what the origin request policy adds."""
    return Selection(
        headers=None if policy.headers is None else (key.headers or frozenset()) | policy.headers,
        cookies=None if None in (key.cookies, policy.cookies) else key.cookies | policy.cookies,  # type: ignore[operator]
        query=None if None in (key.query, policy.query) else key.query | policy.query,  # type: ignore[operator]
        except_headers=policy.except_headers - (key.headers or frozenset()),
    )


def _associations(item: Mapping[str, Any], where: str) -> dict[str, Association]:
    associations: dict[str, Association] = {}
    for association in _items(item.get("LambdaFunctionAssociations")):
        event_type, arn = association["EventType"], association["LambdaFunctionARN"]
        include_body = bool(association.get("IncludeBody"))
        if event_type not in _EVENT_TYPES:
            raise UnsupportedDistribution(f"{where}: the local edge runs no functions on {event_type!r}")
        if event_type in associations:
            raise _refused(Rule.ONE_FUNCTION, f"{where}: two functions on {event_type}; CloudFront takes one")
        match = _VERSION_ARN.fullmatch(arn)
        if match is None or match[1] != "us-east-1":
            raise _refused(
                Rule.NUMBERED_VERSION,
                f"{where}: {arn!r} is not the ARN of a numbered version of a function in us-east-1",
            )
        if include_body and event_type == "viewer-response":
            raise _refused(
                Rule.INCLUDE_BODY_EVENT, f"{where}: IncludeBody is for request events, not {event_type}"
            )
        associations[event_type] = Association(match[2], match[3], arn, include_body)
    return associations
