"""What is there after an apply, and that the next plan is empty.

What moto does not return, and so is asserted from the plan alone (`module_with_everything` among the snapshots): the
dead-letter queue of the function and of the schedule, the KMS keys of log groups and of the function's environment,
encryption and point-in-time recovery of replicas, and the delete timeout. Whether Lambda, IAM and CloudFront accept the
whole in truth, only AWS can tell.
"""

import base64
import hashlib
import json
from typing import Any

import pytest

from queueit.stored_snapshot import unpack
from queueit.table_items import Current, read_current, read_snapshot, snapshot_keys
from tests.behavior_association.distributions import on
from tests.every_setting import EVERY_SETTING
from tests.terraform.aws import Aws
from tests.terraform.stacks import EXAMPLES, REPOSITORIES, Stacks
from tests.terraform.waiting_rooms import NORTHLIGHT, PREVIOUS_SECRET_KEY, PROXY_KEY, SOUTHGATE, keys
from tests.terraform.workspace import ROOT

TRUSTED_AT_THE_EDGE = {"lambda.amazonaws.com", "edgelambda.amazonaws.com"}


def behaviors(aws: Aws, site_url: str) -> dict[str, dict[str, tuple[str, bool]]]:
    """By path pattern, what each behavior of that distribution runs: by event, the function and include-body."""
    cloudfront = aws.client("cloudfront")
    items = cloudfront.list_distributions()["DistributionList"]["Items"]
    distribution = next(item for item in items if site_url == f"https://{item['DomainName']}/")
    config = cloudfront.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
    listed = [
        ("*", config["DefaultCacheBehavior"]),
        *[(one["PathPattern"], one) for one in config["CacheBehaviors"].get("Items", [])],
    ]
    return {
        path: {
            association["EventType"]: (association["LambdaFunctionARN"], association["IncludeBody"])
            for association in behavior["LambdaFunctionAssociations"].get("Items", [])
        }
        for path, behavior in listed
    }


def pair(name: str, *, version: int = 1, include_body: bool = False) -> dict[str, tuple[str, bool]]:
    """The functions of a connector as a behavior has them."""
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    return {
        "viewer-request": (f"{arn}-viewer-request:{version}", include_body),
        "viewer-response": (f"{arn}-viewer-response:{version}", False),
    }


def in_force(aws: Aws, table: str) -> Current:
    """What a connector's table says is in force."""
    item = aws.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": "current"}})["Item"]
    return read_current(item)


def published(aws: Aws, table: str) -> dict[str, Any]:
    """The current snapshot of a connector's table."""
    current = in_force(aws, table)
    key = snapshot_keys(current.snapshot, current.copies)[0]
    item = aws.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": key}})["Item"]
    return unpack(current.snapshot, read_snapshot(item))


FULL = [pytest.param(example, marks=pytest.mark.full) for example in REPOSITORIES]


@pytest.mark.parametrize("stack", [*EXAMPLES, *FULL])
def test_a_plan_after_an_apply_is_empty_and_warns_of_nothing(stack: str, stacks: Stacks) -> None:
    deployment = stacks[stack]
    assert "Apply complete!" in deployment.applied
    assert deployment.exit_code_afterwards == 0, deployment.plan_afterwards
    assert "No changes." in deployment.plan_afterwards
    for text in (deployment.plan.text, deployment.applied, deployment.plan_afterwards):
        assert "warning:" not in text.lower()
        assert "deprecated" not in text.lower()


def test_minimal_protects_a_whole_site(stacks: Stacks, aws: Aws) -> None:
    outputs = stacks["minimal"].workspace.outputs()
    assert behaviors(aws, outputs["site_url"]) == {"*": pair("minimal")}


@pytest.mark.full
def test_an_existing_distribution_is_protected_where_it_says_so(stacks: Stacks) -> None:
    planned = stacks["existing_distribution"].plan.planned("aws_cloudfront_distribution.shop")
    unknown = stacks["existing_distribution"].plan.change("aws_cloudfront_distribution.shop")["after_unknown"]
    paths = [behavior["path_pattern"] for behavior in planned["ordered_cache_behavior"]]
    protected = {
        path
        for path, behavior in zip(paths, unknown["ordered_cache_behavior"], strict=True)
        if behavior["lambda_function_association"]
    }
    assert paths == ["/static/*", "/health", "/catalogue/*", "/api/*"]
    assert protected == {"/catalogue/*", "/api/*"}
    assert unknown["default_cache_behavior"][0]["lambda_function_association"]


@pytest.mark.full
def test_many_distributions_share_one_pair(stacks: Stacks, aws: Aws) -> None:
    urls = stacks["many_distributions"].workspace.outputs()["site_urls"]
    shared = pair("many-sites")
    assert {site: behaviors(aws, url) for site, url in urls.items()} == {
        "tickets": {"*": shared, "/static/*": {}},
        "shop": {"*": shared, "/static/*": {}, "/drops/*": shared, "/checkout/*": shared},
        "members": {"*": shared, "/static/*": {}, "/presale/*": shared},
    }


@pytest.mark.full
def test_behaviors_as_data_get_the_pair_where_they_are_protected(stacks: Stacks, aws: Aws) -> None:
    url = stacks["behaviors_plain"].workspace.outputs()["site_url"]
    protected = pair("behaviors-plain")
    assert behaviors(aws, url) == {
        "*": protected,
        "/static/*": {},
        "/health": {},
        "/tickets/*": protected,
        "/basket*": protected,
    }


@pytest.mark.full
def test_the_output_goes_into_the_cloudfront_module_of_either_shape(stacks: Stacks, aws: Aws) -> None:
    domains = stacks["behaviors_cloudfront_module"].workspace.outputs()["domain_names"]
    protected = pair("cloudfront-module")
    assert {site: behaviors(aws, f"https://{domain}/") for site, domain in domains.items()} == {
        "shop": {"*": protected, "/static/*": {}, "/tickets/*": protected},
        "fans": {"*": protected, "/static/*": {}},
    }


@pytest.mark.full
def test_a_distribution_that_somebody_else_manages_gets_the_pair(stacks: Stacks) -> None:
    assert stacks["unmanaged_distribution"].workspace.outputs()["problems"] == {"shop": []}
    attached = {
        "viewer-request": "unmanaged-viewer-request:1",
        "viewer-response": "unmanaged-viewer-response:1",
    }
    config = stacks.unmanaged()
    assert {pattern: on(config, pattern) for pattern in ("*", "/tickets/*", "/static/*")} == {
        "*": attached,
        "/tickets/*": attached,
        "/static/*": {},
    }


@pytest.mark.full
def test_two_customers_have_a_connector_each(stacks: Stacks, aws: Aws) -> None:
    outputs = stacks["two_customers"].workspace.outputs()
    assert behaviors(aws, outputs["site_url"]) == {
        "*": {},
        "/north/*": pair("venue-north"),
        "/south/*": pair("venue-south"),
        "/tickets": pair("venue-south"),
    }
    for name, account in (("north", NORTHLIGHT), ("south", SOUTHGATE)):
        snapshot = published(aws, outputs["table_names"][name])
        assert snapshot["customer_id"] == account.customer_id
        assert in_force(aws, outputs["table_names"][name]).keys == keys(account)


@pytest.mark.parametrize("stack", [*EXAMPLES, *FULL])
def test_a_behavior_without_the_pair_has_no_origin_that_another_one_protects(
    stack: str, stacks: Stacks
) -> None:
    # CloudFront picks a behavior without decoding all of the path: docs/behaviors.md.
    state = json.loads(stacks[stack].state)["resources"]
    found = [one["instances"] for one in state if one["type"] == "aws_cloudfront_distribution"]
    assert found or stack == "unmanaged_distribution"
    for instance in (instance for instances in found for instance in instances):
        made = instance["attributes"]
        origins: dict[frozenset[str], set[str]] = {}
        for one in [*made["default_cache_behavior"], *made["ordered_cache_behavior"]]:
            if "*" in one.get("path_pattern", "*"):
                pair = frozenset(
                    association["lambda_arn"].rpartition(":")[0]
                    for association in one["lambda_function_association"]
                )
                origins.setdefault(pair, set()).add(one["target_origin_id"])
        shared = [target for targets in origins.values() for target in targets]
        assert len(shared) == len(set(shared)), origins


def test_complete_pins_versions_and_shows_bodies(stacks: Stacks, aws: Aws) -> None:
    outputs = stacks["complete"].workspace.outputs()
    assert behaviors(aws, outputs["site_url"]) == {"*": pair("complete", include_body=True)}


@pytest.mark.parametrize(("name", "handler"), [("minimal", "handler"), ("complete", "handler_fail_closed")])
def test_functions_at_the_edge_are_what_cloudfront_takes(
    name: str, handler: str, stacks: Stacks, aws: Aws
) -> None:
    stacks[name]
    lambda_ = aws.client("lambda")
    for event_type in ("viewer-request", "viewer-response"):
        function = lambda_.get_function_configuration(FunctionName=f"{name}-{event_type}", Qualifier="1")
        module = event_type.replace("-", "_")
        assert function["Handler"] == f"edge.{module}.{handler if module == 'viewer_request' else 'handler'}"
        assert (function["MemorySize"], function["Timeout"]) == (128, 5)
        assert function["Architectures"] == ["x86_64"]
        assert "Environment" not in function
        assert not function.get("Layers")
        assert not function.get("VpcConfig", {}).get("SubnetIds")
        zipped = (ROOT / "functions" / "dist" / "edge.zip").read_bytes()
        assert function["CodeSha256"] == base64.b64encode(hashlib.sha256(zipped).digest()).decode()
        role = aws.client("iam").get_role(RoleName=function["Role"].rpartition("/")[2])["Role"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert set(statement["Principal"]["Service"]) == TRUSTED_AT_THE_EDGE


def test_an_apply_leaves_a_snapshot_with_the_settings_and_the_keys(stacks: Stacks, aws: Aws) -> None:
    outputs = stacks["minimal"].workspace.outputs()
    snapshot = published(aws, "minimal")
    assert outputs["snapshot"]["outcome"] == "published"
    assert outputs["snapshot"]["version"] == snapshot["integration_config"]["Version"]
    assert (snapshot["source"], snapshot["settings"]) == ("apply", {})
    assert in_force(aws, "minimal").keys == keys(NORTHLIGHT)


def test_every_setting_reaches_the_snapshot(stacks: Stacks, aws: Aws) -> None:
    stacks["complete"]
    snapshot = published(aws, "complete")
    assert in_force(aws, "complete").keys == {
        **keys(NORTHLIGHT),
        "previous_secret_key": PREVIOUS_SECRET_KEY,
        "proxy_key": PROXY_KEY,
    }
    assert snapshot["settings"] == EVERY_SETTING


def test_the_table_is_on_demand_recoverable_and_forgets_old_snapshots(stacks: Stacks, aws: Aws) -> None:
    stacks["minimal"]
    dynamodb = aws.client("dynamodb")
    table = dynamodb.describe_table(TableName="minimal")["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["DeletionProtectionEnabled"]
    backups = dynamodb.describe_continuous_backups(TableName="minimal")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    forgets = dynamodb.describe_time_to_live(TableName="minimal")["TimeToLiveDescription"]
    assert forgets == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_the_table_of_complete_has_a_key_and_a_replica_with_its_own(stacks: Stacks, aws: Aws) -> None:
    stacks["complete"]
    table = aws.client("dynamodb").describe_table(TableName="complete")["Table"]
    assert ":us-east-1:" in table["SSEDescription"]["KMSMasterKeyArn"]
    assert [replica["RegionName"] for replica in table["Replicas"]] == ["eu-west-1"]
    replica = aws.client("dynamodb", "eu-west-1").describe_table(TableName="complete")["Table"]
    assert ":eu-west-1:" in replica["SSEDescription"]["KMSMasterKeyArn"]


def test_config_refresh_runs_each_minute_bounded_and_with_alarms(stacks: Stacks, aws: Aws) -> None:
    outputs = stacks["complete"].workspace.outputs()
    lambda_ = aws.client("lambda")
    function = lambda_.get_function(FunctionName="complete-config-refresh")
    assert function["Concurrency"]["ReservedConcurrentExecutions"] == 1
    assert (function["Configuration"]["MemorySize"], function["Configuration"]["Timeout"]) == (512, 90)
    retries = lambda_.get_function_event_invoke_config(FunctionName="complete-config-refresh")
    assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (0, 60)
    schedule = aws.client("scheduler").get_schedule(Name="complete-config-refresh")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["Arn"] == function["Configuration"]["FunctionArn"]
    assert json.loads(schedule["Target"]["Input"]) == {"action": "refresh", "source": "schedule"}
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=list(outputs["alarm_names"].values()))
    assert {alarm["AlarmName"] for alarm in alarms["MetricAlarms"]} == {
        "complete-config-refresh-failed",
        "complete-config-refresh-missing",
        "complete-config-refresh-configuration-age",
        "complete-publish-failed",
        "complete-publish-errors",
        "complete-publish-throttled",
        "complete-log-retention-failed",
    }
    for alarm in alarms["MetricAlarms"]:
        assert [arn.rpartition(":")[2] for arn in alarm["AlarmActions"]] == ["complete-on-call"]


def test_log_groups_are_where_the_functions_write_and_end(stacks: Stacks, aws: Aws) -> None:
    stacks["complete"]
    found = {
        group["logGroupName"]: group["retentionInDays"]
        for group in aws.client("logs").describe_log_groups(limit=50)["logGroups"]
        if "complete-" in group["logGroupName"]
    }
    assert found == {
        "/aws/lambda/us-east-1.complete-viewer-request": 90,
        "/aws/lambda/us-east-1.complete-viewer-response": 90,
        "/aws/lambda/complete-config-refresh": 90,
        "/aws/lambda/complete-publish": 90,
        "/aws/lambda/complete-log-retention": 90,
    }
