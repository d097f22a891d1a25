"""What becomes of log groups in all regions, with moto's CloudWatch Logs and EC2."""

import json
import os
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.logs.models import logs_backends

from log_retention import handler
from log_retention.errors import Incomplete, InvalidEnvironment, RegionsUnknown

# EC2 here says which regions there are: it would make a thousand images for each of them.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

SESSION: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "not-a-real-key", region_name="us-east-1")
REQUEST = "/aws/lambda/us-east-1.shop-viewer-request"
RESPONSE = "/aws/lambda/us-east-1.shop-viewer-response"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123"


@cache
def client(service: str, region: str) -> Any:
    """A client, made once for all tests: with all regions there are many."""
    made = SESSION.client(service, region_name=region)
    if service == "logs":
        made.associate_kms_key = partial(associate_kms_key, region)
    return made


def associate_kms_key(region: str, *, logGroupName: str, kmsKeyId: str) -> None:  # noqa: N803  # as AWS names them
    """What moto lacks."""
    logs_backends[DEFAULT_ACCOUNT_ID][region].groups[logGroupName].kms_key_id = kmsKeyId


class Account:
    """An account with all of moto's regions; `lines` are what the function printed."""

    def __init__(self) -> None:
        self.environ = {
            "AWS_LAMBDA_FUNCTION_NAME": "shop-log-retention",
            "AWS_REGION": "us-east-1",
            "QUEUEIT_LOG_RETENTION_DAYS": "30",
        }
        self.lines: list[str] = []

    def create(self, region: str, name: str, days: int | None = None) -> None:
        logs = client("logs", region)
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)

    def group(self, region: str, name: str) -> dict[str, Any]:
        groups = client("logs", region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        found: list[dict[str, Any]] = [one for one in groups if one["logGroupName"] == name]
        (group,) = found
        return group

    def __call__(self) -> dict[str, Any]:
        return handler.run(self.environ, client=client, print_line=self.lines.append)


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account()


def refusal(operation: str, code: str = "AccessDeniedException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def test_groups_of_both_functions_get_the_retention_in_every_region_and_one_line_says_so(
    account: Account,
) -> None:
    account.create("eu-west-1", REQUEST)
    account.create("eu-west-1", RESPONSE, 365)
    account.create("ap-southeast-2", REQUEST)

    report = account()
    for region, name in (("eu-west-1", REQUEST), ("eu-west-1", RESPONSE), ("ap-southeast-2", REQUEST)):
        assert account.group(region, name)["retentionInDays"] == 30
    assert report["log_groups"] == 3
    assert report["changes"] == (
        f"ap-southeast-2: {REQUEST} keeps events 30 days",
        f"eu-west-1: {REQUEST} keeps events 30 days",
        f"eu-west-1: {RESPONSE} keeps events 30 days",
    )
    (line,) = map(json.loads, account.lines)
    assert (line["level"], line["event"], line["log_groups"]) == ("info", "log_retention_done", 3)


def test_every_enabled_region_but_the_home_region_is_looked_at(account: Account) -> None:
    account.create("us-east-1", REQUEST, 7)
    enabled = client("ec2", "us-east-1").describe_regions()["Regions"]

    assert account()["regions"] == len(enabled) - 1
    assert account.group("us-east-1", REQUEST)["retentionInDays"] == 7, "Terraform manages that one"


def test_other_peoples_groups_are_not_touched(account: Account) -> None:
    others = [
        f"{REQUEST}-2",
        f"{REQUEST}.old",
        "/aws/lambda/us-east-1.shop-viewer",
        "/aws/lambda/shop-viewer-request",
        "/other",
    ]
    for name in (*others, REQUEST):
        account.create("eu-west-1", name)

    assert account()["changes"] == (f"eu-west-1: {REQUEST} keeps events 30 days",)
    assert all("retentionInDays" not in account.group("eu-west-1", name) for name in others)


def test_zero_days_keep_events_for_ever(account: Account) -> None:
    account.create("eu-west-1", REQUEST, 7)
    account.environ["QUEUEIT_LOG_RETENTION_DAYS"] = "0"

    assert account()["changes"] == (f"eu-west-1: {REQUEST} keeps events for ever",)
    assert "retentionInDays" not in account.group("eu-west-1", REQUEST)
    assert account()["changes"] == ()


def test_a_key_encrypts_the_groups_of_its_region_alone(account: Account) -> None:
    account.create("eu-west-1", REQUEST, 30)
    account.create("eu-west-2", REQUEST, 30)
    account.environ["QUEUEIT_LOG_KMS_KEY_ARNS"] = json.dumps({"eu-west-1": KEY})

    assert account()["changes"] == (f"eu-west-1: {REQUEST} is encrypted with {KEY}",)
    assert account.group("eu-west-1", REQUEST)["kmsKeyId"] == KEY
    assert "kmsKeyId" not in account.group("eu-west-2", REQUEST)
    assert account()["changes"] == ()


def test_a_region_that_fails_does_not_stop_the_others_and_the_run_fails(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.create("eu-west-2", REQUEST)

    def unreachable(**_: Any) -> Any:
        raise ConnectTimeoutError(endpoint_url="https://logs.eu-west-1.amazonaws.com")

    monkeypatch.setattr(client("logs", "eu-west-1"), "describe_log_groups", unreachable)
    with pytest.raises(Incomplete, match="eu-west-1: the log groups cannot be listed: ConnectTimeoutError"):
        account()
    assert account.group("eu-west-2", REQUEST)["retentionInDays"] == 30
    (line,) = map(json.loads, account.lines)
    assert line["event"] == "log_retention_incomplete"
    assert line["changes"] == [f"eu-west-2: {REQUEST} keeps events 30 days"]


def test_a_group_that_cannot_be_changed_does_not_stop_the_next_one(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.create("eu-west-1", REQUEST)
    account.create("eu-west-1", RESPONSE)
    logs = client("logs", "eu-west-1")
    put = logs.put_retention_policy

    def refuse_the_first(**arguments: Any) -> Any:
        if arguments["logGroupName"] == REQUEST:
            raise refusal("PutRetentionPolicy")
        return put(**arguments)

    monkeypatch.setattr(logs, "put_retention_policy", refuse_the_first)
    with pytest.raises(Incomplete, match=f"eu-west-1: {REQUEST} cannot be changed: AccessDeniedException"):
        account()
    assert account.group("eu-west-1", RESPONSE)["retentionInDays"] == 30


def test_a_run_that_cannot_list_the_regions_fails(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Any:
        raise refusal("DescribeRegions", "UnauthorizedOperation")

    monkeypatch.setattr(client("ec2", "us-east-1"), "describe_regions", refuse)
    with pytest.raises(RegionsUnknown, match="UnauthorizedOperation; check that the role may call"):
        account()
    (line,) = map(json.loads, account.lines)
    assert (line["event"], line["error"]) == ("log_retention_failed", "RegionsUnknown")


def test_a_wrong_environment_is_reported_before_anything_is_read(account: Account) -> None:
    account.environ["QUEUEIT_LOG_RETENTION_DAYS"] = "31"
    with pytest.raises(InvalidEnvironment):
        account()
    assert json.loads(account.lines[0])["event"] == "log_retention_failed"
