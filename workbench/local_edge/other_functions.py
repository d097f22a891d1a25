"""Takes off a distribution what the local edge cannot run, for who wants to try the rest of it."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from workbench.local_edge.distribution import UnsupportedDistribution

_VIEWER_EVENTS = ("viewer-request", "viewer-response")


def without_other_functions(
    config: Mapping[str, Any], runs: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """A copy of a DistributionConfig without CloudFront Functions and Lambda@Edge functions but those of `runs`.

    `runs` are names of functions; on origin events they are left out too. The texts say what is left out where. Raises
    UnsupportedDistribution.
    """
    try:
        return _left_out(config, runs)
    except KeyError as missing:
        raise UnsupportedDistribution(f"the distribution lacks {missing}") from None


def _left_out(config: Mapping[str, Any], runs: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    copy = deepcopy(dict(config))
    left_out = []
    ordered = [(item["PathPattern"], item) for item in (copy.get("CacheBehaviors") or {}).get("Items") or []]
    for pattern, behavior in [*ordered, ("*", copy["DefaultCacheBehavior"])]:
        for key, arn_key in (
            ("LambdaFunctionAssociations", "LambdaFunctionARN"),
            ("FunctionAssociations", "FunctionARN"),
        ):
            kept = []
            for item in (behavior.get(key) or {}).get("Items") or []:
                arn, event_type = item[arn_key], item["EventType"]
                name = arn.split(":function:")[-1].split(":")[0]
                if key == "LambdaFunctionAssociations" and name in runs and event_type in _VIEWER_EVENTS:
                    kept.append(item)
                else:
                    left_out.append(f"behavior {pattern!r}: {arn} on {event_type} is left out")
            if key in behavior:
                behavior[key] = {"Quantity": len(kept), "Items": kept}
    return copy, left_out
