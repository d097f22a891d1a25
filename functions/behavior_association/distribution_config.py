"""A CloudFront DistributionConfig: its behaviors, and the functions associated with them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from behavior_association.request import DEFAULT_BEHAVIOR

Config = dict[str, Any]
"""The shape of boto3's `get_distribution_config()["DistributionConfig"]`, or a behavior inside of it."""

LAMBDA = "LambdaFunctionAssociations"
FUNCTION = "FunctionAssociations"
CATCH_ALL = "/*"


class Difference(NamedTuple):
    """What changes on one event of a behavior; None stands for no function."""

    behavior: str
    event_type: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def items(parent: Mapping[str, Any], key: str) -> list[Any]:
    """The items of a list as CloudFront writes one; none when it has none or is missing."""
    return list((parent.get(key) or {}).get("Items") or [])


def put_items(parent: Config, key: str, content: list[Any]) -> None:
    """Replace the items of a list, with the quantity that CloudFront wants beside them."""
    parent[key] = {"Quantity": len(content), **({"Items": content} if content else {})}


def behaviors(config: Config) -> Iterator[tuple[str, Config]]:
    """Each behavior under its path pattern, in the order that CloudFront tries them; the default comes last as `*`.

    An ordered behavior that is written `*` is called `/*`, which means the same.
    """
    for behavior in items(config, "CacheBehaviors"):
        pattern = behavior["PathPattern"]
        yield CATCH_ALL if pattern == DEFAULT_BEHAVIOR else pattern, behavior
    yield DEFAULT_BEHAVIOR, config["DefaultCacheBehavior"]


def find(config: Config, path_pattern: str) -> tuple[str, Config] | None:
    """The behavior of a path pattern, under the pattern as it is written there; with or without a leading slash."""
    if path_pattern == DEFAULT_BEHAVIOR:
        return DEFAULT_BEHAVIOR, config["DefaultCacheBehavior"]
    for written, behavior in behaviors(config):
        if written.removeprefix("/") == path_pattern.removeprefix("/"):
            return written, behavior
    return None


def count_lambda_associations(config: Config) -> int:
    """Lambda@Edge associations of all behaviors together."""
    return sum(len(items(behavior, LAMBDA)) for _, behavior in behaviors(config))


def _functions(behavior: Config) -> dict[str, dict[str, Any]]:
    """What runs on each event type; CloudFront takes one function an event, of either kind."""
    functions: dict[str, dict[str, Any]] = {}
    for item in items(behavior, LAMBDA):
        functions[item["EventType"]] = {
            "lambda_arn": item["LambdaFunctionARN"],
            "include_body": bool(item.get("IncludeBody")),
        }
    for item in items(behavior, FUNCTION):
        functions[item["EventType"]] = {"function_arn": item["FunctionARN"]}
    return functions


def differences(before: Config, after: Config) -> list[Difference]:
    """What differs in the functions of two configurations with the same behaviors, in their order."""
    found = []
    for (name, old), (_, new) in zip(behaviors(before), behaviors(after), strict=True):
        were, are = _functions(old), _functions(new)
        for event_type in sorted({*were, *are}):
            if were.get(event_type) != are.get(event_type):
                found.append(Difference(name, event_type, were.get(event_type), are.get(event_type)))
    return found
