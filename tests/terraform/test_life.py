"""A connector from its first apply to its end; what the steps are is told in life.py."""

import json

import pytest

from tests.terraform.aws import Aws
from tests.terraform.life import NAME, Life
from tests.terraform.waiting_rooms import NORTHLIGHT, SECRETS

pytestmark = pytest.mark.full


def test_a_wrong_api_key_fails_the_apply_with_the_platforms_answer_and_what_to_raise(life: Life) -> None:
    message = life.errors["wrong api key"]
    assert "the platform answered 403" in message
    assert "The api key is not that of this account." in message
    assert "check the api key in the secret" in message
    assert "credentials_version" in message
    assert NORTHLIGHT.secret_key not in message
    assert "not-the-api-key" not in message


def test_a_failed_first_apply_leaves_nothing_in_the_way_of_the_second(life: Life) -> None:
    assert life.outputs["first"]["snapshot"]["outcome"] == "published"
    assert life.current["first"]
    assert life.exit_code_afterwards == 0


def test_a_wrong_customer_id_fails_the_apply_with_the_platforms_answer(life: Life) -> None:
    message = life.errors["wrong customer id"]
    assert "the platform answered 404" in message
    assert "There is no customer" in message
    assert "check the customer id" in message
    assert life.current["wrong customer id"] == life.current["first"], "the last good snapshot stays"


def test_new_code_is_published_as_a_new_version_and_a_pin_holds_the_old_one(life: Life) -> None:
    outputs = life.outputs["changed"]
    for event_type, published in life.versions.items():
        assert published == ["1", "2"]
        assert outputs["functions"][event_type]["version"] == "2"
        pinned = outputs["lambda_function_associations"][event_type]["lambda_arn"]
        latest = outputs["latest_lambda_function_associations"][event_type]["lambda_arn"]
        assert (pinned[-2:], latest[-2:]) == (":1", ":2")


def test_the_publish_endpoint_is_open_to_anybody_until_it_is_told_not_to_be(life: Life) -> None:
    assert life.access == {
        "first": ("NONE", ["FunctionURLAllowPublicAccess", "InvokeThroughUrl"]),
        "changed": ("AWS_IAM", []),
    }
    assert life.outputs["changed"]["publish_url"] == life.outputs["first"]["publish_url"]


def test_neither_plan_nor_state_nor_output_holds_a_key(life: Life) -> None:
    everything = life.texts + life.state + life.saved_plan.decode("utf-8", "replace") + life.destroyed
    assert [secret for secret in SECRETS if secret in everything + "".join(life.errors.values())] == []


def test_every_policy_is_known_before_an_apply(life: Life) -> None:
    unknown = {
        change["address"]: change["change"]["after_unknown"].get("policy", False)
        for change in life.plan.document["resource_changes"]
        if change["type"] == "aws_iam_role_policy"
    }
    assert len(unknown) == 6
    assert not any(unknown.values()), "a plan that hides permissions cannot be reviewed"


def test_without_keys_and_queues_of_their_own_roles_may_do_less(life: Life) -> None:
    may = {
        change["address"].removesuffix(".aws_iam_role_policy.this"): {
            statement["Sid"] for statement in json.loads(change["change"]["after"]["policy"])["Statement"]
        }
        for change in life.plan.document["resource_changes"]
        if change["type"] == "aws_iam_role_policy"
    }
    publishing = {"PublishSnapshots", "ReadCredentials", "WriteLogs"}
    assert may == {
        "module.edge_functions": {"ReadSnapshots", "WriteLogsWhereverItRuns"},
        "module.config_refresh.module.function": publishing,
        "module.config_refresh.module.schedule": {"Invoke"},
        "module.publish_endpoint[0].module.function": publishing,
        "module.log_retention[0].module.function": {
            "FindRegions",
            "FindLogGroups",
            "SetRetention",
            "WriteLogs",
        },
        "module.log_retention[0].module.schedule": {"Invoke"},
    }


def test_a_dashboard_without_distributions_shows_nothing_of_cloudfront(life: Life) -> None:
    dashboards = [address for address in life.plan.changes if "aws_cloudwatch_dashboard" in address]
    assert dashboards == ["module.dashboard[0].aws_cloudwatch_dashboard.this"]
    assert '"AWS/CloudFront"' not in life.plan.planned(dashboards[0])["dashboard_body"]


def test_a_destroy_leaves_nothing_but_functions_that_are_to_stay(life: Life, aws: Aws) -> None:
    assert "Destroy complete!" in life.destroyed
    names = {function["FunctionName"] for function in aws.client("lambda").list_functions()["Functions"]}
    assert {name for name in names if name.startswith(f"{NAME}-")} == {
        f"{NAME}-viewer-request",
        f"{NAME}-viewer-response",
    }
    assert NAME not in aws.client("dynamodb").list_tables()["TableNames"]
    roles = [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]]
    secrets = [secret["Name"] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]]
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"]
    schedules = [one["Name"] for one in aws.client("scheduler").list_schedules()["Schedules"]]
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=NAME)["MetricAlarms"]
    assert [name for name in [*roles, *secrets, *schedules] if name.startswith(NAME)] == []
    assert (groups, alarms) == ([], [])
