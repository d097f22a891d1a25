"""The submodules publish_endpoint and log_retention: planned, applied to moto's server, and planned again."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
import tftest

from workbench.demo.web_server import free_port_or
from workbench.moto_process import MotoProcess

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
SECRET_ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:shop-credentials-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d-0000-1111-2222-333344445555"
TABLE_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b2c3d-0000-1111-2222-333344445555"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"

CONFIGURATION = f"""
provider "aws" {{
  region = "us-east-1"
}}

locals {{
  account = {{ id = "{ACCOUNT}", partition = "aws", region = "us-east-1" }}
}}

module "publish_endpoint" {{
  source = "./modules/publish_endpoint"

  name             = "shop"
  zip_path         = "functions/dist/config_refresh.zip"
  account          = local.account
  customer_id      = "example"
  secret_arn       = "{SECRET_ARN}"
  alarm_topic_arns = ["{TOPIC}"]
}}

module "publish_endpoint_with_keys" {{
  source = "./modules/publish_endpoint"

  name               = "keys"
  zip_path           = "functions/dist/config_refresh.zip"
  account            = local.account
  customer_id        = "example"
  secret_arn         = "{SECRET_ARN}"
  secret_arn_pattern = "arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:keys-credentials-??????"
  kms_key_arn        = "{TABLE_KEY}"
  secret_kms_key_arn = "{TABLE_KEY}"
}}

module "log_retention" {{
  source = "./modules/log_retention"

  name             = "shop"
  zip_path         = "functions/dist/log_retention.zip"
  account          = local.account
  retention_days   = 30
  kms_key_arns     = {{ eu-west-1 = "{KEY}" }}
  alarm_topic_arns = ["{TOPIC}"]
}}

module "log_retention_for_ever" {{
  source = "./modules/log_retention"

  name           = "ever"
  zip_path       = "functions/dist/log_retention.zip"
  account        = local.account
  retention_days = 0
}}

output "url" {{
  value = module.publish_endpoint.url
}}
"""

_MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins")


def plugin_directory() -> str | None:
    """Where providers come from: QUEUEIT_TF_PLUGIN_DIR, else a mirror in a usual place, else None, the registry."""
    if chosen := os.environ.get("QUEUEIT_TF_PLUGIN_DIR"):
        return chosen
    folders = [Path(mirror).expanduser() for mirror in _MIRRORS]
    folders += [found.parent for found in sorted(Path("/opt").glob("*/registry.terraform.io"))]
    aws = Path("registry.terraform.io", "hashicorp", "aws")
    return next((str(folder) for folder in folders if (folder / aws).is_dir()), None)


class Deployed(NamedTuple):
    """The plan's resources by address, what a plan after the apply says, and the account."""

    planned: dict[str, dict[str, Any]]
    exit_code_afterwards: int
    text_afterwards: str
    url: str
    endpoint: str

    def policy(self, address: str) -> dict[str, dict[str, Any]]:
        """The statements of an inline policy by their Sid."""
        return {one["Sid"]: one for one in json.loads(self.planned[address]["policy"])["Statement"]}

    def client(self, service: str) -> Any:
        connect: Any = boto3.client  # its stubs know each service by name only
        return connect(
            service,
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id="test-access-key-not-real",
            aws_secret_access_key="test-secret-access-key-not-real",
        )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    if not shutil.which("terraform"):
        pytest.skip(
            "no terraform on the PATH; get 1.11 or later from developer.hashicorp.com/terraform/install"
        )
    directory = tmp_path_factory.mktemp("operations")
    shutil.copytree(ROOT / "modules", directory / "modules")
    shutil.copytree(ROOT / "functions" / "dist", directory / "functions" / "dist")
    (directory / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    port = free_port_or(0)
    with MotoProcess() as moto:
        moto.serve(port)
        terraform = tftest.TerraformTest(str(directory))
        terraform.env = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "TF_CLI_CONFIG_FILE": "/dev/null",
            "CHECKPOINT_DISABLE": "1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test-access-key-not-real",
            "AWS_SECRET_ACCESS_KEY": "test-secret-access-key-not-real",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_MAX_ATTEMPTS": "2",
        }
        mirror = plugin_directory()
        flags = ["-input=false", "-no-color"]
        terraform.execute_command("init", *flags, *([f"-plugin-dir={mirror}"] if mirror else []))
        terraform.execute_command("plan", *flags, "-out=tfplan")
        plan = json.loads(str(terraform.execute_command("show", "-json", "tfplan").out))
        terraform.execute_command("apply", *flags, "tfplan")
        again = terraform.execute_command("plan", *flags, "-detailed-exitcode")
        state = json.loads((directory / "terraform.tfstate").read_text(encoding="utf-8"))
        yield Deployed(
            {one["address"]: one["change"]["after"] for one in plan["resource_changes"]},
            again.retcode,
            str(again.out) + str(again.err),
            state["outputs"]["url"]["value"],
            f"http://127.0.0.1:{port}",
        )


def test_a_plan_after_the_apply_is_empty(deployed: Deployed) -> None:
    assert deployed.exit_code_afterwards == 0, deployed.text_afterwards


class TestPublishEndpoint:
    def test_the_output_is_the_functions_url(self, deployed: Deployed) -> None:
        config = deployed.client("lambda").get_function_url_config(FunctionName="shop-publish")
        assert (config["FunctionUrl"], config["AuthType"]) == (deployed.url, "NONE")
        assert deployed.url.startswith("https://")

    def test_anybody_may_call_it_through_both_permissions(self, deployed: Deployed) -> None:
        policy = json.loads(deployed.client("lambda").get_policy(FunctionName="shop-publish")["Policy"])
        allowed = {
            (one["Action"], json.dumps(one["Principal"]))
            for one in policy["Statement"]
            if one["Effect"] == "Allow"
        }
        assert {action for action, _ in allowed} == {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}
        assert all("*" in principal for _, principal in allowed)

    def test_a_flood_cannot_take_more_than_its_own_concurrency(self, deployed: Deployed) -> None:
        function = deployed.planned["module.publish_endpoint.aws_lambda_function.this"]
        assert function["function_name"] == "shop-publish"
        assert function["reserved_concurrent_executions"] == 2
        invocation = deployed.planned["module.publish_endpoint.aws_lambda_function_event_invoke_config.this"]
        assert invocation["maximum_retry_attempts"] == 0

    def test_it_is_the_endpoint_of_config_refreshs_zip_and_knows_no_settings(
        self, deployed: Deployed
    ) -> None:
        function = deployed.planned["module.publish_endpoint.aws_lambda_function.this"]
        assert function["handler"] == "config_refresh.publish_endpoint.handler"
        assert function["environment"] == [
            {
                "variables": {
                    "QUEUEIT_CUSTOMER_ID": "example",
                    "QUEUEIT_SECRET_ARN": SECRET_ARN,
                    "QUEUEIT_SNAPSHOT_RETENTION_DAYS": "90",
                }
            }
        ]

    def test_its_role_may_publish_and_verify_and_nothing_else(self, deployed: Deployed) -> None:
        statements = deployed.policy("module.publish_endpoint.aws_iam_role_policy.this")
        assert {sid: (one["Action"], one["Resource"]) for sid, one in statements.items()} == {
            "PublishSnapshots": (
                ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/shop"],
            ),
            "ReadCredentials": (["secretsmanager:GetSecretValue"], [SECRET_ARN]),
            "WriteLogs": (
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/shop-publish:*"],
            ),
        }

    def test_keys_of_the_customers_are_used_through_their_services_alone(self, deployed: Deployed) -> None:
        statements = deployed.policy("module.publish_endpoint_with_keys.aws_iam_role_policy.this")
        assert {
            sid: next(iter(one["Condition"]["StringEquals"].values()))
            for sid, one in statements.items()
            if "Condition" in one
        } == {
            "UseTableKey": "dynamodb.us-east-1.amazonaws.com",
            "DecryptEnvironment": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:keys-publish",
            "DecryptCredentials": "secretsmanager.us-east-1.amazonaws.com",
        }
        assert statements["ReadCredentials"]["Resource"] == [
            f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:keys-credentials-??????"
        ]

    def test_alarms_tell_of_lost_pushes_and_of_floods(self, deployed: Deployed) -> None:
        alarms = deployed.client("cloudwatch").describe_alarms(AlarmNamePrefix="shop-publish-")[
            "MetricAlarms"
        ]
        assert {one["AlarmName"]: one["MetricName"] for one in alarms} == {
            "shop-publish-failed": "PublishFailed",
            "shop-publish-errors": "Errors",
            "shop-publish-throttled": "Throttles",
        }
        assert all(one["AlarmActions"] == [TOPIC] == one["OKActions"] for one in alarms)


class TestLogRetention:
    def test_the_function_knows_days_and_keys(self, deployed: Deployed) -> None:
        function = deployed.planned["module.log_retention.aws_lambda_function.this"]
        assert (function["function_name"], function["handler"]) == (
            "shop-log-retention",
            "log_retention.handler.handler",
        )
        assert function["environment"][0]["variables"] == {
            "QUEUEIT_LOG_RETENTION_DAYS": "30",
            "QUEUEIT_LOG_KMS_KEY_ARNS": json.dumps({"eu-west-1": KEY}, separators=(",", ":")),
        }

    def test_its_role_reaches_the_edges_log_groups_outside_the_home_region_alone(
        self, deployed: Deployed
    ) -> None:
        statements = deployed.policy("module.log_retention.aws_iam_role_policy.this")
        edge = [
            f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/lambda/us-east-1.shop-{event_type}{suffix}"
            for event_type in ("viewer-request", "viewer-response")
            for suffix in ("", ":*")
        ]
        elsewhere = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
        assert set(statements) == {"FindRegions", "FindLogGroups", "SetRetention", "SetKey", "WriteLogs"}
        assert statements["SetRetention"]["Action"] == ["logs:PutRetentionPolicy"]
        assert statements["SetKey"]["Action"] == ["logs:AssociateKmsKey"]
        for sid in ("SetRetention", "SetKey"):
            assert (statements[sid]["Resource"], statements[sid]["Condition"]) == (edge, elsewhere)
        assert statements["FindLogGroups"]["Condition"] == elsewhere
        assert statements["FindRegions"]["Action"] == ["ec2:DescribeRegions"]

    def test_keeping_events_for_ever_needs_another_action_and_no_key(self, deployed: Deployed) -> None:
        statements = deployed.policy("module.log_retention_for_ever.aws_iam_role_policy.this")
        assert statements["SetRetention"]["Action"] == ["logs:DeleteRetentionPolicy"]
        assert "SetKey" not in statements

    def test_it_runs_every_six_hours(self, deployed: Deployed) -> None:
        schedule = deployed.client("scheduler").get_schedule(Name="shop-log-retention")
        function = deployed.client("lambda").get_function(FunctionName="shop-log-retention")["Configuration"]
        assert schedule["ScheduleExpression"] == "rate(6 hours)"
        assert schedule["Target"]["Arn"] == function["FunctionArn"]

    def test_an_alarm_tells_of_a_run_that_failed(self, deployed: Deployed) -> None:
        (alarm,) = deployed.client("cloudwatch").describe_alarms(AlarmNames=["shop-log-retention-failed"])[
            "MetricAlarms"
        ]
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "shop-log-retention"}]
        assert alarm["AlarmActions"] == [TOPIC]


@pytest.mark.parametrize("module", ["publish_endpoint", "log_retention"])
def test_no_name_outgrows_the_limits_of_aws(deployed: Deployed, module: str) -> None:
    """The longest name of a connector is 40 characters; those of functions and roles end at 64."""
    names = {
        value.get(kind, "")
        for address, value in deployed.planned.items()
        if address.startswith(f"module.{module}.")
        for kind in ("function_name", "name", "alarm_name")
    }
    assert max(len(name.removeprefix("/aws/lambda/")) for name in names) - len("shop") <= 64 - 40
