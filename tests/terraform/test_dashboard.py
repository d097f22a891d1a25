"""The dashboards of the example `complete`, as the account has them: one of two regions, one of the distribution."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.terraform.aws import Aws
from tests.terraform.stacks import Stacks

REGIONS = ("us-east-1", "eu-west-1")

Widgets = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def widgets(stacks: Stacks, aws: Aws) -> Widgets:
    """Reads the widgets of the dashboard of that name."""
    assert stacks["complete"].applied
    client = aws.client("cloudwatch")
    return lambda name: json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"])["widgets"]


def metrics(widgets: list[dict[str, Any]]) -> list[list[Any]]:
    return [one for widget in widgets for one in widget["properties"].get("metrics", [])]


def test_edge_functions_are_shown_by_the_names_that_they_have_in_every_region(widgets: Widgets) -> None:
    shown = metrics(widgets("complete-queueit"))
    regions = [
        one[4]["region"]
        for one in shown
        if "Invocations" in one and "us-east-1.complete-viewer-request" in one
    ]
    assert regions == [*REGIONS]
    assert {one[0] for one in shown if len(one) > 1} == {"QueueIt/CloudFrontConnector", "AWS/Lambda"}


def test_decisions_are_summed_over_the_regions(widgets: Widgets) -> None:
    lines = widgets("complete-queueit")[2]["properties"]["metrics"]
    total = {"expression": 'SUM(METRICS("d0r"))', "id": "sum0", "label": "sent to the waiting room"}
    assert lines[:3] == [
        [{**total, "region": "us-east-1"}],
        *[
            [
                "QueueIt/CloudFrontConnector",
                "SentToQueue",
                "Connector",
                "complete",
                {"id": f"d0r{number}", "region": region, "visible": False},
            ]
            for number, region in enumerate(REGIONS)
        ],
    ]


def test_alarms_are_on_top(widgets: Widgets) -> None:
    alarms = widgets("complete-queueit")[1]["properties"]["alarms"]
    assert [arn.rpartition(":")[2] for arn in alarms] == [
        f"complete-config-refresh-{alarm}" for alarm in ("configuration-age", "failed", "missing")
    ]


def test_the_distributions_errors_are_on_a_dashboard_of_their_own(widgets: Widgets, aws: Aws) -> None:
    shown = metrics(widgets("complete-queueit-distributions"))
    items = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    assert {one[3] for one in shown} <= {item["Id"] for item in items}
    assert [one[1] for one in shown] == [
        "LambdaExecutionError",
        "LambdaValidationError",
        "LambdaLimitExceededErrors",
        "5xxErrorRate",
    ]


@pytest.mark.parametrize("name", ["complete-queueit", "complete-queueit-distributions"])
def test_no_two_widgets_overlap_and_none_is_wider_than_the_grid(name: str, widgets: Widgets) -> None:
    cells = [
        (x, y)
        for widget in widgets(name)
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
