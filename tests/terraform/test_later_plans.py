"""What a later plan touches: settings config-refresh alone, code the functions and what names their versions."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.terraform.aws import Aws
from tests.terraform.stacks import MODULE, Stacks, variables
from tests.terraform.waiting_rooms import NORTHLIGHT
from tests.terraform.workspace import TerraformError, Workspace

REFRESH = "module.waiting_room.module.config_refresh"
EDGE = "module.waiting_room.module.edge_functions"


def change_code(copy: Path, name: str) -> None:
    """Put another file into a zip, as another version of the connector would."""
    with zipfile.ZipFile(copy / "functions" / "dist" / name, "a") as archive:
        archive.writestr("queueit/later.py", '"""Something new."""\n')


def versions(aws: Aws, function: str) -> list[str]:
    """The published versions of a function."""
    listed = aws.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return [version["Version"] for version in listed if version["Version"] != "$LATEST"]


@pytest.fixture(scope="module")
def minimal(stacks: Stacks) -> Workspace:
    """The example `minimal` on another machine: another path, the same state."""
    place = stacks.another_copy("another-machine", "minimal")
    place.init()
    return place


@pytest.fixture(scope="module")
def module(stacks: Stacks) -> Workspace:
    """The module by itself, for what is really applied; these tests change it one after the other."""
    return stacks[MODULE].workspace


def test_the_same_configuration_elsewhere_plans_nothing(minimal: Workspace) -> None:
    exit_code, text = minimal.exit_code_of_plan()
    assert exit_code == 0, text


def test_a_changed_setting_touches_config_refresh_alone(minimal: Workspace) -> None:
    wanted = "  customer_id = var.customer_id\n"
    minimal.edit("main.tf", wanted, f"{wanted}  enabled     = false\n")
    plan = minimal.plan()
    minimal.edit("main.tf", "  enabled     = false\n", "")
    assert plan.changes == {
        f"{REFRESH}.module.function.aws_lambda_function.this": ("update",),
        f"{REFRESH}.aws_lambda_invocation.this": ("delete", "create"),
    }


def test_new_code_at_the_edge_changes_the_functions_and_what_names_their_versions(minimal: Workspace) -> None:
    zipped = minimal.copy / "functions" / "dist" / "edge.zip"
    kept = shutil.copy(zipped, minimal.copy / "kept.zip")
    change_code(minimal.copy, "edge.zip")
    plan = minimal.plan()
    shutil.move(kept, zipped)
    assert plan.changes == {
        f'{EDGE}.aws_lambda_function.this["viewer-request"]': ("update",),
        f'{EDGE}.aws_lambda_function.this["viewer-response"]': ("update",),
        "aws_cloudfront_distribution.site": ("update",),
    }
    distribution = plan.change("aws_cloudfront_distribution.site")
    changed = {
        name for name, value in distribution["after"].items() if distribution["before"].get(name) != value
    }
    assert changed == {"default_cache_behavior"}


def test_new_code_of_config_refresh_touches_no_function_at_the_edge(minimal: Workspace) -> None:
    change_code(minimal.copy, "config_refresh.zip")
    assert minimal.plan().changes == {
        f"{REFRESH}.module.function.aws_lambda_function.this": ("update",),
        f"{REFRESH}.aws_lambda_invocation.this": ("delete", "create"),
    }


def test_a_wrong_api_key_fails_the_apply_with_the_platforms_answer(module: Workspace, stacks: Stacks) -> None:
    wrong = {"api_key": "not-the-api-key", "credentials_version": 2}
    module.set(variables(MODULE, stacks.secret_arn) | wrong)
    with pytest.raises(TerraformError) as failure:
        module.apply()
    message = str(failure.value)
    assert "the platform answered 403" in message
    assert "The api key is not that of this account." in message
    assert "check the api key in the secret" in message
    assert NORTHLIGHT.secret_key not in message
    assert "not-the-api-key" not in message


def test_a_wrong_customer_id_fails_the_apply_with_the_platforms_answer(
    module: Workspace, stacks: Stacks, aws: Aws
) -> None:
    before = aws.client("dynamodb").get_item(TableName="alone", Key={"pk": {"S": "current"}})["Item"]
    wrong = {"customer_id": "nobody", "credentials_version": 3}
    module.set(variables(MODULE, stacks.secret_arn) | wrong)
    with pytest.raises(TerraformError) as failure:
        module.apply()
    message = str(failure.value)
    assert "the platform answered 404" in message
    assert "There is no customer" in message
    assert "check the customer id" in message
    after = aws.client("dynamodb").get_item(TableName="alone", Key={"pk": {"S": "current"}})["Item"]
    assert after == before, "the last good snapshot stays"


def test_an_apply_publishes_new_code_as_a_new_version_and_a_pin_holds_the_old_one(
    module: Workspace, stacks: Stacks, aws: Aws
) -> None:
    pinned = {"pinned_versions": {"viewer-request": "1", "viewer-response": "1"}, "credentials_version": 4}
    module.set(variables(MODULE, stacks.secret_arn) | pinned)
    change_code(module.copy, "edge.zip")
    module.apply()
    outputs = module.outputs()
    for event_type in ("viewer-request", "viewer-response"):
        assert versions(aws, f"alone-{event_type}") == ["1", "2"]
        assert outputs["functions"][event_type]["version"] == "2"
        assert outputs["lambda_function_associations"][event_type]["lambda_arn"].endswith(
            f":alone-{event_type}:1"
        )


def test_a_destroy_leaves_nothing_but_functions_that_are_to_stay(
    module: Workspace, stacks: Stacks, aws: Aws
) -> None:
    kept = {"edge": {"skip_destroy": True}, "credentials_version": 5}
    module.set(variables(MODULE, stacks.secret_arn) | kept)
    module.apply()
    assert "Destroy complete!" in module.destroy()
    lambda_ = aws.client("lambda")
    names = {function["FunctionName"] for function in lambda_.list_functions()["Functions"]}
    assert {name for name in names if name.startswith("alone-")} == {
        "alone-viewer-request",
        "alone-viewer-response",
    }
    assert "alone" not in aws.client("dynamodb").list_tables()["TableNames"]
    roles = [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]]
    secrets = [secret["Name"] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]]
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/alone")["logGroups"]
    schedules = [one["Name"] for one in aws.client("scheduler").list_schedules()["Schedules"]]
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix="alone")["MetricAlarms"]
    assert [name for name in [*roles, *secrets, *schedules] if name.startswith("alone")] == []
    assert (groups, alarms) == ([], [])
