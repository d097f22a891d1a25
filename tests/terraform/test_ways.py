"""The examples of the three ways, deployed at once to an account of their own.

`unmanaged_distribution` attaches to a distribution of moto's CloudFront, which the deployed function reaches over HTTP.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from tests.behavior_association.distributions import behavior, distribution
from tests.terraform.aws import Aws
from tests.terraform.waiting_rooms import NORTHLIGHT, keys, platforms
from tests.terraform.workspace import Plan, Workspace, copy_module

pytestmark = pytest.mark.full

EXAMPLES = ("behaviors_plain", "behaviors_cloudfront_module", "unmanaged_distribution")
BOTH = {"viewer-request", "viewer-response"}


class Deployed(NamedTuple):
    """An example's first plan, and what another plan says after its apply."""

    place: Workspace
    plan: Plan
    exit_code_afterwards: int


class Examples(NamedTuple):
    """All of them; `before` is the distribution that somebody else manages, as it was made."""

    aws: Aws
    deployed: dict[str, Deployed]
    distribution_id: str
    before: dict[str, Any]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examples]:
    with platforms() as served, Aws({key: platform.url for key, platform in served.items()}) as aws:
        cloudfront = aws.client("cloudfront")
        config = distribution(behavior("/tickets/*"), behavior("/static/*"))
        distribution_id = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
        before = cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]

        def deploy(example: str) -> Deployed:
            copy = copy_module(tmp_path_factory.mktemp(example) / "copy")
            variables = {"customer_id": NORTHLIGHT.customer_id, "queue_it": keys(NORTHLIGHT)}
            if example == "unmanaged_distribution":
                variables["distribution_id"] = distribution_id
            place = Workspace(copy, f"examples/{example}", aws.environment, variables)
            place.init()
            plan = place.plan()
            place.apply_plan()
            return Deployed(place, plan, place.exit_code_of_plan()[0])

        with ThreadPoolExecutor() as pool:
            deployed = dict(zip(EXAMPLES, pool.map(deploy, EXAMPLES), strict=True))
        yield Examples(aws, deployed, distribution_id, before)


def planned_functions(plan: Plan, address: str) -> dict[str, set[str]]:
    """The event types that have a function, by path pattern."""
    after = plan.planned(address)
    behaviors = [
        {"path_pattern": "*", **after["default_cache_behavior"][0]},
        *after["ordered_cache_behavior"],
    ]
    return {
        item["path_pattern"]: {one["event_type"] for one in item["lambda_function_association"]}
        for item in behaviors
    }


def attached_functions(config: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The function on each event, `name:version`, by path pattern, of a distribution that is there."""
    ordered = [(item["PathPattern"], item) for item in config["CacheBehaviors"].get("Items", [])]
    return {
        pattern: {
            one["EventType"]: ":".join(one["LambdaFunctionARN"].split(":")[-2:])
            for one in item["LambdaFunctionAssociations"].get("Items", [])
        }
        for pattern, item in [("*", config["DefaultCacheBehavior"]), *ordered]
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_plan_after_an_apply_is_empty(examples: Examples, example: str) -> None:
    assert examples.deployed[example].exit_code_afterwards == 0


def test_behaviors_as_data_get_the_pair_where_they_are_protected(examples: Examples) -> None:
    plan = examples.deployed["behaviors_plain"].plan

    assert planned_functions(plan, "aws_cloudfront_distribution.site") == {
        "*": BOTH,
        "/static/*": set(),
        "/health": set(),
        "/tickets/*": BOTH,
        "/basket*": BOTH,
    }


@pytest.mark.parametrize(
    ("site", "functions"),
    [
        ("shop", {"*": BOTH, "/static/*": set(), "/tickets/*": BOTH}),
        ("fans", {"*": BOTH, "/static/*": set()}),
    ],
)
def test_the_output_goes_into_the_cloudfront_module_of_either_shape(
    examples: Examples, site: str, functions: dict[str, set[str]]
) -> None:
    plan = examples.deployed["behaviors_cloudfront_module"].plan

    assert planned_functions(plan, f"module.{site}.aws_cloudfront_distribution.this") == functions


def test_a_distribution_that_somebody_else_manages_gets_and_loses_the_pair(examples: Examples) -> None:
    place = examples.deployed["unmanaged_distribution"].place
    cloudfront, which = examples.aws.client("cloudfront"), {"Id": examples.distribution_id}

    pair = {"viewer-request": "unmanaged-viewer-request:1", "viewer-response": "unmanaged-viewer-response:1"}
    attached = cloudfront.get_distribution_config(**which)["DistributionConfig"]
    assert attached_functions(attached) == {"*": pair, "/tickets/*": pair, "/static/*": {}}
    assert place.outputs()["problems"] == {"shop": []}
    place.run("destroy", "-input=false", "-no-color", "-auto-approve", "-target=module.behaviors")
    assert cloudfront.get_distribution_config(**which)["DistributionConfig"] == examples.before
