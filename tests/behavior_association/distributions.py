"""Distribution configurations and requests for tests."""

from typing import Any

from hypothesis import strategies as st

from tests.behavior_association.cloudfront import ACCOUNT

Config = dict[str, Any]

DISTRIBUTION = "EDFDVBD6EXAMPLE"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def arn(name: str, version: int = 3) -> str:
    """The qualified ARN of a function."""
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}:{version}"


def function_arn(name: str) -> str:
    """The ARN of a CloudFront Function."""
    return f"arn:aws:cloudfront::{ACCOUNT}:function/{name}"


def pair(version: int = 3, include_body: bool = False) -> list[dict[str, Any]]:
    """The connector's associations, as its module's output has them."""
    return [
        {
            "event_type": "viewer-request",
            "lambda_arn": arn("shop-viewer-request", version),
            "include_body": include_body,
        },
        {
            "event_type": "viewer-response",
            "lambda_arn": arn("shop-viewer-response", version),
            "include_body": False,
        },
    ]


def lambdas(**functions: str) -> Config:
    """LambdaFunctionAssociations by event type (viewer_request and so on)."""
    content = [
        {"LambdaFunctionARN": value, "EventType": event_type.replace("_", "-"), "IncludeBody": False}
        for event_type, value in functions.items()
    ]
    return listed(content)


def functions(**arns: str) -> Config:
    """FunctionAssociations by event type."""
    return listed(
        [
            {"FunctionARN": value, "EventType": event_type.replace("_", "-")}
            for event_type, value in arns.items()
        ]
    )


def listed(content: list[Any]) -> Config:
    """A list as CloudFront wants one."""
    return {"Quantity": len(content), **({"Items": content} if content else {})}


def behavior(path_pattern: str | None = None, **changes: Any) -> Config:
    """A cache behavior; the default one without a path pattern."""
    return {
        **({"PathPattern": path_pattern} if path_pattern is not None else {}),
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {**listed(METHODS), "CachedMethods": listed(["GET", "HEAD"])},
        "CachePolicyId": CACHING_DISABLED,
        "Compress": True,
        "LambdaFunctionAssociations": listed([]),
        "FunctionAssociations": listed([]),
    } | changes


def distribution(*ordered: Config, default: Config | None = None, **changes: Any) -> Config:
    """A DistributionConfig of one origin."""
    return {
        "CallerReference": "made-by-hand",
        "Comment": "a shop",
        "Enabled": True,
        "Aliases": listed(["shop.example.com"]),
        "Origins": listed(
            [
                {
                    "Id": "site",
                    "DomainName": "origin.example.com",
                    "CustomOriginConfig": {
                        "HTTPPort": 80,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "https-only",
                    },
                }
            ]
        ),
        "DefaultCacheBehavior": default or behavior(),
        "CacheBehaviors": listed(list(ordered)),
        "Staging": False,
    } | changes


def at(config: Config, path_pattern: str = "*") -> Config:
    """The behavior of a path pattern; `*` is the default."""
    if path_pattern == "*":
        return dict(config["DefaultCacheBehavior"])
    return next(
        dict(item)
        for item in config["CacheBehaviors"].get("Items", [])
        if item["PathPattern"] == path_pattern
    )


def on(config: Config, path_pattern: str = "*") -> dict[str, str]:
    """Which function runs on which event of a behavior: of Lambda@Edge `name:version`, of CloudFront the name."""
    item = at(config, path_pattern)
    found = {
        association["EventType"]: ":".join(association["LambdaFunctionARN"].split(":")[-2:])
        for association in item["LambdaFunctionAssociations"].get("Items", [])
    }
    found |= {
        association["EventType"]: association["FunctionARN"].split("/")[-1]
        for association in item["FunctionAssociations"].get("Items", [])
    }
    return found


PAIR_ON = {"viewer-request": "shop-viewer-request:3", "viewer-response": "shop-viewer-response:3"}


def without_associations(config: Config, behaviors: set[str]) -> Config:
    """The configuration less what may change: the functions of the named behaviors."""

    def less(item: Config, name: str) -> Config:
        if name not in behaviors:
            return item
        return {key: value for key, value in item.items() if not key.endswith("Associations")}

    ordered = [less(item, item["PathPattern"]) for item in config["CacheBehaviors"].get("Items", [])]
    return {
        **config,
        "DefaultCacheBehavior": less(config["DefaultCacheBehavior"], "*"),
        "CacheBehaviors": listed(ordered),
    }


# Any distribution that CloudFront would take.

_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)
_NAMES = st.sampled_from(["auth", "headers", "images", "other-viewer-request"])
_LAMBDA = st.builds(arn, _NAMES, st.integers(1, 99))
_PATTERNS = st.from_regex(r"/?[a-z]{1,6}(/[a-z]{1,3})?(/\*|\*|\.jpg)", fullmatch=True)


# Made once: to make a strategy takes longer than to draw from it.
_ANY = st.booleans()
_ON_ORIGIN_EVENTS, _ON_VIEWER_EVENTS = (
    st.fixed_dictionaries({}, optional={f"{who}-request": _LAMBDA, f"{who}-response": _LAMBDA})
    for who in ("origin", "viewer")
)
_CACHING: st.SearchStrategy[Config] = st.sampled_from(
    [
        {"CachePolicyId": CACHING_DISABLED},
        {
            "CachePolicyId": CACHING_DISABLED,
            "OriginRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        },
        {
            "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "all"}},
            "MinTTL": 0,
            "DefaultTTL": 86400,
        },
    ]
)
_VIEWER_PROTOCOLS = st.sampled_from(["allow-all", "https-only", "redirect-to-https"])
_PATTERN_LISTS = st.lists(_PATTERNS, max_size=5, unique_by=lambda pattern: pattern.removeprefix("/"))
_PRICE_CLASSES = st.sampled_from(["PriceClass_100", "PriceClass_All"])
_HTTP_VERSIONS = st.sampled_from(["http1.1", "http2", "http2and3"])
_ERROR_CODES = st.sets(st.sampled_from([403, 404, 500, 503]))


@st.composite
def _associated(draw: st.DrawFn) -> Config:
    """A behavior's functions: either kind on viewer events, Lambda@Edge on origin events."""
    origin, viewer = draw(_ON_ORIGIN_EVENTS), draw(_ON_VIEWER_EVENTS)
    at_cloudfront: dict[str, str] = {}
    if draw(_ANY):
        at_cloudfront = {event_type: function_arn("rewrite") for event_type in viewer}
        viewer = {}
    content = [
        {
            "LambdaFunctionARN": value,
            "EventType": event_type,
            "IncludeBody": event_type.endswith("request") and draw(_ANY),
        }
        for event_type, value in draw(st.permutations(list({**origin, **viewer}.items())))
    ]
    return {
        "LambdaFunctionAssociations": listed(content),
        "FunctionAssociations": listed(
            [{"FunctionARN": value, "EventType": event_type} for event_type, value in at_cloudfront.items()]
        ),
    }


_ASSOCIATED = _associated()


@st.composite
def any_behavior(draw: st.DrawFn, path_pattern: str | None = None) -> Config:
    """A behavior with any of the settings beside its functions."""
    return {
        **{key: value for key, value in behavior(path_pattern).items() if key != "CachePolicyId"},
        **draw(_CACHING),
        **draw(_ASSOCIATED),
        "Compress": draw(_ANY),
        "ViewerProtocolPolicy": draw(_VIEWER_PROTOCOLS),
        "SmoothStreaming": draw(_ANY),
    }


@st.composite
def any_distribution(draw: st.DrawFn) -> Config:
    """A DistributionConfig with up to five ordered behaviors."""
    return distribution(
        *[draw(any_behavior(pattern)) for pattern in draw(_PATTERN_LISTS)],
        default=draw(any_behavior()),
        Comment=draw(_TEXT),
        Enabled=draw(_ANY),
        PriceClass=draw(_PRICE_CLASSES),
        HttpVersion=draw(_HTTP_VERSIONS),
        CustomErrorResponses=listed(
            [
                {
                    "ErrorCode": code,
                    "ResponsePagePath": "/error.html",
                    "ResponseCode": "200",
                    "ErrorCachingMinTTL": 5,
                }
                for code in draw(_ERROR_CODES)
            ]
        ),
    )


_DISTRIBUTIONS = any_distribution()


@st.composite
def distribution_and_targets(draw: st.DrawFn) -> tuple[Config, list[str]]:
    """A distribution, and some of its behaviors by path pattern."""
    config = draw(_DISTRIBUTIONS)
    patterns = ["*", *[item["PathPattern"] for item in config["CacheBehaviors"].get("Items", [])]]
    return config, draw(st.lists(st.sampled_from(patterns), min_size=1, unique=True))
