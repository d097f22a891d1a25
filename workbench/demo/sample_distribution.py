"""The CloudFront distribution in front of the sample shop, as `get_distribution_config` would return it."""

from typing import Any

_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"

_READING = ["GET", "HEAD"]
_EVERY_METHOD = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def sample_distribution(
    origin_host: str, origin_port: int, function_arns: dict[str, str], *, include_body: bool = False
) -> dict[str, Any]:
    """The shop behind one distribution: `static/*` without the connector, everything else with it.

    `function_arns` maps `viewer-request` and `viewer-response` to qualified ARNs.
    """
    associations = [
        {
            "EventType": event_type,
            "LambdaFunctionARN": arn,
            "IncludeBody": include_body and event_type == "viewer-request",
        }
        for event_type, arn in function_arns.items()
    ]
    return {
        "CallerReference": "sample-shop",
        "Comment": "Northlight Tickets",
        "Enabled": True,
        "Aliases": {"Quantity": 0},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "shop",
                    "DomainName": origin_host,
                    "OriginPath": "",
                    "CustomHeaders": {"Quantity": 0},
                    "CustomOriginConfig": {
                        "HTTPPort": origin_port,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "http-only",
                        "OriginReadTimeout": 30,
                        "OriginKeepaliveTimeout": 5,
                    },
                }
            ],
        },
        "DefaultCacheBehavior": _behavior(_EVERY_METHOD, _CACHING_DISABLED, associations),
        "CacheBehaviors": {
            "Quantity": 2,
            "Items": [
                {"PathPattern": "/static/*", **_behavior(_READING, _CACHING_OPTIMIZED, [])},
                {"PathPattern": "/assets/*", **_behavior(_READING, _CACHING_OPTIMIZED, associations)},
            ],
        },
    }


def _behavior(methods: list[str], cache_policy: str, associations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "TargetOriginId": "shop",
        "ViewerProtocolPolicy": "allow-all",
        "AllowedMethods": {
            "Quantity": len(methods),
            "Items": methods,
            "CachedMethods": {"Quantity": len(_READING), "Items": _READING},
        },
        "Compress": True,
        "CachePolicyId": cache_policy,
        "OriginRequestPolicyId": _ALL_VIEWER,
        "LambdaFunctionAssociations": {"Quantity": len(associations), "Items": associations},
    }
