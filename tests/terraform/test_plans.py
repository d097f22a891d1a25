"""What a plan says before anything is there. The snapshots are of resources; here are also outputs and refusals."""

import pytest

from tests.terraform import snapshots
from tests.terraform.ends import failure
from tests.terraform.stacks import EVERYTHING, PLANNED, Stacks
from tests.terraform.workspace import Plan, Workspace


@pytest.mark.parametrize("name", PLANNED)
def test_a_plan_says_what_its_snapshot_says(name: str, stacks: Stacks, everything: Plan) -> None:
    planned = snapshots.of(everything if name == EVERYTHING else stacks[name].plan)
    expected = snapshots.read(name)
    problems = [
        *[f"{address}: not in the snapshot" for address in sorted(planned.keys() - expected.keys())],
        *snapshots.differences(expected, planned),
    ]
    assert not problems, "\n".join([*problems, f"If this is meant: {snapshots.COMMAND}"])


def test_pinned_versions_are_what_associations_name(everything: Plan) -> None:
    associations = everything.document["planned_values"]["outputs"]["lambda_function_associations"]["value"]
    assert associations == {
        "viewer-request": {
            "event_type": "viewer-request",
            "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:everything-viewer-request:3",
            "include_body": True,
        },
        "viewer-response": {
            "event_type": "viewer-response",
            "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:everything-viewer-response:3",
            "include_body": False,
        },
    }


def test_no_behavior_is_planned_before_the_first_snapshot_is_in_the_table(stacks: Stacks) -> None:
    # The graph says it: the distribution depends on the associations, and these on the whole of config-refresh.
    applied = stacks["minimal"].applied.splitlines()
    refreshed = next(
        place for place, line in enumerate(applied) if "aws_lambda_invocation.this: Creation complete" in line
    )
    distribution = next(
        place for place, line in enumerate(applied) if "aws_cloudfront_distribution.site: Creating" in line
    )
    assert refreshed < distribution


def test_a_dashboard_of_a_distribution_to_come_can_be_read_but_for_the_part_that_names_it(
    stacks: Stacks,
) -> None:
    dashboards = "module.waiting_room.module.dashboard[0].aws_cloudwatch_dashboard"
    plan = stacks["complete"].plan
    assert "SentToQueue" in plan.planned(f"{dashboards}.this")["dashboard_body"]
    assert plan.change(f"{dashboards}.distributions[0]")["after_unknown"]["dashboard_body"]


INPUT = "  customer_id = var.customer_id\n"


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        pytest.param(
            '"us-east-1"',
            '"eu-west-1"',
            ["has the region eu-west-1", 'alias = "us_east_1"', "providers = { aws = aws.us_east_1 }"],
            id="a provider of another region",
        ),
        pytest.param(
            INPUT,
            f"{INPUT}  settings    = {{ session_cookie = {{ samesite = true }} }}\n",
            ["settings has no session_cookie.samesite; write what it has: allowed_origins"],
            id="a mistyped name in an option",
        ),
        pytest.param(
            INPUT,
            f'{INPUT}  edge        = {{ runtime = "python3.14" }}\n',
            ['edge.runtime is "python3.14", which hashicorp/aws takes from 6.20 on'],
            id="a runtime that the provider does not know",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_write(
    old: str, new: str, messages: list[str], elsewhere: Workspace
) -> None:
    with elsewhere.edited("main.tf", old, new):
        refusal = " ".join(
            failure(lambda: elsewhere.plan("-refresh=false", read=False)).replace("│", " ").split()
        )
    assert [message for message in messages if message not in refusal] == []
