"""The functions that Terraform deployed, taken back from the account, let a visitor through the waiting room."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.aws import Aws
from tests.terraform.deployed_functions import take_back
from tests.terraform.stacks import Stacks
from tests.terraform.waiting_rooms import NORTHLIGHT, Platform
from workbench.demo.system import as_served_here
from workbench.demo.web_server import WebServer
from workbench.journey import Journey
from workbench.local_edge import LocalEdge
from workbench.sample_shop import create_app as create_shop


@pytest.fixture(scope="module")
def distribution(stacks: Stacks, aws: Aws) -> Any:
    """The configuration of the distribution of `minimal`, as the account has it."""
    url = stacks["minimal"].workspace.outputs()["site_url"]
    cloudfront = aws.client("cloudfront")
    items = cloudfront.list_distributions()["DistributionList"]["Items"]
    found = next(item["Id"] for item in items if url == f"https://{item['DomainName']}/")
    return cloudfront.get_distribution_config(Id=found)["DistributionConfig"]


def test_what_is_deployed_walks_a_visitor_through_the_six_steps(
    distribution: Any, aws: Aws, rooms: dict[str, Platform], tmp_path: Path
) -> None:
    associations = distribution["DefaultCacheBehavior"]["LambdaFunctionAssociations"]["Items"]
    functions = {}
    for association in associations:
        name, zip_path, handler = take_back(aws, association["LambdaFunctionARN"], tmp_path)
        functions[name] = (zip_path, handler)
    room = rooms[NORTHLIGHT.customer_id]
    steps: list[str] = []
    with WebServer("127.0.0.1", 0) as shop:
        shop.start(create_shop())
        edge = LocalEdge(
            distribution,
            functions,
            environment={"AWS_ENDPOINT_URL": aws.url},
            origin_urls={"site": shop.url},
            workers_per_function=1,
            rewrite_locations=as_served_here,
            log=lambda line: None,
        )
        with edge:
            room.room.targets.allow(edge.url.removeprefix("http://"), "http")
            Journey(edge.url, room.url, steps.append).walk()
        assert [breach._asdict() for breach in edge.rule_breaches] == []
        assert {invocation.outcome for invocation in edge.invocations} == {"success"}
    assert sum(step.startswith("\nStep") for step in steps) == Journey.steps


@pytest.mark.full
def test_config_refresh_runs_as_it_is_deployed_and_follows_a_publication(
    stacks: Stacks, aws: Aws, rooms: dict[str, Platform]
) -> None:
    stacks["two_customers"]
    publication = rooms["southgate"].room.publication
    lambda_ = aws.client("lambda")

    def refresh() -> dict[str, Any]:
        answer = lambda_.invoke(FunctionName="venue-south-config-refresh", Payload=b"{}")
        assert "FunctionError" not in answer
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    assert refresh()["outcome"] == "unchanged"
    version = publication.publish(publication.current())
    result = refresh()
    assert (result["outcome"], result["version"]) == ("published", version)
