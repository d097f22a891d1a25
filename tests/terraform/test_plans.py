"""What a plan says before anything is there. The snapshots are of resources; here are also outputs and refusals."""

import pytest

from tests.terraform import snapshots
from tests.terraform.stacks import EVERYTHING, PLANNED, Stacks
from tests.terraform.workspace import Plan, TerraformError


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


def test_a_provider_of_another_region_is_refused_with_the_lines_that_mend_it(stacks: Stacks) -> None:
    place = stacks.another_copy("region", "minimal")
    place.edit("main.tf", '"us-east-1"', '"eu-west-1"')
    place.init()
    with pytest.raises(TerraformError) as refusal:
        place.plan("-refresh=false")
    message = str(refusal.value)
    assert "has the region eu-west-1" in message
    assert 'alias  = "us_east_1"' in message
    assert "providers = { aws = aws.us_east_1 }" in message


def test_a_mistyped_name_in_an_option_is_refused_with_those_that_there_are(stacks: Stacks) -> None:
    place = stacks.another_copy("mistyped", "minimal")
    wanted = "  customer_id = var.customer_id\n"
    place.edit("main.tf", wanted, f"{wanted}  settings    = {{ session_cookie = {{ samesite = true }} }}\n")
    place.init()
    with pytest.raises(TerraformError) as refusal:
        place.plan("-refresh=false")
    message = " ".join(str(refusal.value).replace("│", " ").split())
    assert "settings has no session_cookie.samesite; write what it has: allowed_origins" in message


def test_a_runtime_that_the_provider_does_not_know_is_refused_with_the_version_that_does(
    stacks: Stacks,
) -> None:
    place = stacks.another_copy("runtime", "minimal")
    wanted = "  customer_id = var.customer_id\n"
    place.edit("main.tf", wanted, f'{wanted}  edge        = {{ runtime = "python3.14" }}\n')
    place.init()
    status, printed = place.attempt("plan", "-input=false", "-no-color", "-refresh=false")
    assert status == 1
    message = " ".join(printed.replace("│", " ").split())
    assert 'edge.runtime is "python3.14", which hashicorp/aws takes from 6.20 on' in message
