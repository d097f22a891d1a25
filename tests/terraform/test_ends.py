"""Each example after its deployment: a setting, an upgrade past a pin, and an end; the steps are told in ends.py."""

import json
import re

import pytest

from tests.terraform.aws import Aws
from tests.terraform.ends import End
from tests.terraform.stacks import EXAMPLES, REPOSITORIES, Stacks

pytestmark = pytest.mark.full

ALL = [*EXAMPLES, *REPOSITORIES]
PROTECTED = ("behaviors_plain", "many_distributions")
IN_PLACE, AGAIN = "update", "replace"
PAIR = {
    f'module.edge_functions.aws_lambda_function.this["{event_type}"]': IN_PLACE
    for event_type in ("viewer-request", "viewer-response")
}


def changes(end: End, step: str) -> dict[str, str]:
    """What a plan changes of a connector, by address in it; what else it changes has its whole address."""
    connector = r"^module\.waiting_room(\[[^]]+\])?\."
    return {re.sub(connector, "", address): what for address, what in end.changes[step].items()}


@pytest.mark.parametrize("example", ALL)
def test_a_setting_touches_config_refresh_alone(example: str, stacks: Stacks) -> None:
    assert changes(stacks.end(example), "setting") == {
        "module.config_refresh.module.function.aws_lambda_function.this": IN_PLACE,
        "module.config_refresh.aws_lambda_invocation.this": AGAIN,
    }


@pytest.mark.parametrize("example", ALL)
def test_a_pin_holds_while_new_code_is_published_beside_it(example: str, stacks: Stacks) -> None:
    assert changes(stacks.end(example), "pinned") == PAIR


@pytest.mark.parametrize("example", ALL)
def test_without_the_pin_what_names_the_functions_moves_and_nothing_else(
    example: str, stacks: Stacks
) -> None:
    end = stacks.end(example)
    moved = end.moved.changes
    assert moved
    assert set(moved.values()) == {(IN_PLACE,)}
    for address in moved:
        change = end.moved.change(address)
        before = change["before"]
        changed = {name for name, value in change["after"].items() if before[name] != value}
        if "aws_cloudfront_distribution" in address:
            assert changed <= {"default_cache_behavior", "ordered_cache_behavior"}
        else:
            assert address.startswith("module.behaviors.aws_lambda_invocation.this[")
    assert end.exit_code_after_upgrade == 0


@pytest.mark.parametrize("example", [one for one in ALL if one != "existing_distribution"])
def test_without_its_protection_an_example_is_destroyed(example: str, stacks: Stacks, aws: Aws) -> None:
    end = stacks.end(example)
    assert "Destroy complete!" in end.destroyed
    assert json.loads(stacks[example].workspace.state())["resources"] == []
    resources = json.loads(stacks[example].state)["resources"]
    tables = [
        one
        for resource in resources
        if resource["type"] == "aws_dynamodb_table"
        for one in resource["instances"]
    ]
    assert tables
    left = aws.client("dynamodb").list_tables()["TableNames"]
    assert not {table["attributes"]["name"] for table in tables} & set(left)


@pytest.mark.parametrize("example", PROTECTED)
def test_a_destroy_stops_at_a_table_that_is_protected(example: str, stacks: Stacks) -> None:
    stopped = stacks.end(example).stopped
    assert "aws_dynamodb_table.this: Destroying" in stopped
    assert "DeletionProtectionEnabled is set to True" in " ".join(stopped.replace("│", " ").split())


def test_after_a_stopped_destroy_an_apply_without_the_protection_makes_the_rest_again(stacks: Stacks) -> None:
    again = changes(stacks.end("behaviors_plain"), "unprotected")
    assert again.pop("module.config_store.aws_dynamodb_table.this") == IN_PLACE
    assert "aws_cloudfront_distribution.site" in again
    assert set(again.values()) == {"create"}


def test_a_destroy_leaves_a_distribution_that_somebody_else_manages_as_it_was(stacks: Stacks) -> None:
    assert stacks.end("unmanaged_distribution").destroyed
    assert stacks.unmanaged() == stacks.unmanaged_before


def test_a_destroy_takes_the_replicas_too(stacks: Stacks, aws: Aws) -> None:
    assert stacks.end("complete").destroyed
    assert "complete" not in aws.client("dynamodb", "eu-west-1").list_tables()["TableNames"]


def test_a_stored_secret_can_be_restored_for_the_days_that_were_asked_for(stacks: Stacks, aws: Aws) -> None:
    assert stacks.end("complete").destroyed
    secret = aws.client("secretsmanager").describe_secret(SecretId="complete-credentials")
    assert secret["DeletedDate"]


def test_a_stored_secret_goes_at_once_unless_days_were_asked_for(stacks: Stacks, aws: Aws) -> None:
    assert stacks.end("minimal").destroyed
    secrets = aws.client("secretsmanager")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.describe_secret(SecretId="minimal-credentials")


def test_detaching_touches_the_distribution_and_the_tables_protection_alone(stacks: Stacks) -> None:
    assert changes(stacks.end("existing_distribution"), "detached") == {
        "aws_cloudfront_distribution.shop": IN_PLACE,
        "module.config_store.aws_dynamodb_table.this": IN_PLACE,
    }


def test_removing_the_module_afterwards_touches_no_distribution(stacks: Stacks) -> None:
    end = stacks.end("existing_distribution")
    removed = end.changes["removed"]
    assert len(removed) > 15
    assert all(address.startswith("module.waiting_room.") for address in removed)
    assert set(removed.values()) == {"delete"}
    assert end.exit_code_afterwards == 0


@pytest.mark.parametrize("example", ["existing_distribution", "minimal"])
def test_functions_are_deleted_once_their_replicas_are_gone(example: str, stacks: Stacks, aws: Aws) -> None:
    # The account refuses the first deletion of each, as if there were replicas still; delete_timeout bounds the wait.
    log = stacks.end(example).destroyed
    for address in PAIR:
        assert f"module.waiting_room.{address}: Destruction complete" in log
    names = {function["FunctionName"] for function in aws.client("lambda").list_functions()["Functions"]}
    connector = {"existing_distribution": "shop", "minimal": "minimal"}[example]
    assert not {name for name in names if name.startswith(f"{connector}-")}
    assert connector not in aws.client("dynamodb").list_tables()["TableNames"]


def test_the_secret_that_was_there_before_stays(stacks: Stacks, aws: Aws) -> None:
    assert stacks.end("existing_distribution").destroyed
    secret = aws.client("secretsmanager").describe_secret(SecretId=stacks.secret_arn)
    assert "DeletedDate" not in secret
