"""The functions that Terraform deployed, taken back from the account, let a visitor through the waiting room."""

import json
from typing import Any

import pytest

from tests.terraform.aws import Aws
from tests.terraform.deployed_functions import deployed_edge
from tests.terraform.stacks import Stacks
from tests.terraform.waiting_rooms import NORTHLIGHT, Platform
from workbench.demo.web_server import WebServer
from workbench.journey import Journey
from workbench.sample_shop import create_app as create_shop


def test_what_is_deployed_walks_a_visitor_through_the_six_steps(
    stacks: Stacks, aws: Aws, rooms: dict[str, Platform]
) -> None:
    url = stacks["minimal"].workspace.outputs()["site_url"]
    distributions = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    distribution_id = next(item["Id"] for item in distributions if url == f"https://{item['DomainName']}/")
    room = rooms[NORTHLIGHT.customer_id]
    steps: list[str] = []
    with WebServer("127.0.0.1", 0) as shop:
        shop.start(create_shop())
        with deployed_edge(aws, distribution_id, {"site": shop.url}) as edge:
            room.room.targets.allow(edge.url.removeprefix("http://"), "http")
            Journey(edge.url, room.url, steps.append).walk()
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
