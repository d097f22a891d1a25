"""The deployer's policy, against every call that an apply, a change and a destroy really make.

moto does not check permissions, so the calls are recorded on their way and compared with the policy's statements.
Not to be seen here, as CloudFront makes them by itself or moto has no such thing: `lambda:EnableReplication*`, the
service-linked roles, KMS, and the replica's part of DynamoDB. Those are asserted as they are documented by AWS.
"""

import json
from typing import Any, NamedTuple

import pytest

from tests.terraform.life import NAME, Life
from tests.terraform.recorded_calls import Call, allows, calls_of

FUNCTIONS = "arn:aws:lambda:us-east-1:123456789012:function:"


# Whoever makes and removes the distribution has these already.
OF_THE_DISTRIBUTIONS_OWNER = {
    f"cloudfront:{name}"
    for name in ("CreateDistribution", "CreateDistributionWithTags", "DeleteDistribution", "TagResource")
}


class Deployed(NamedTuple):
    """All statements that the module gives, and what a connector's whole life asked of AWS."""

    policy: dict[str, Any]
    calls: set[Call]


@pytest.fixture(scope="module")
def deployed(life: Life) -> Deployed:
    policies = life.outputs["first"]["deployer_policies"].values()
    statements = [statement for policy in policies for statement in json.loads(policy)["Statement"]]
    calls = {call for call in life.calls if call.action not in OF_THE_DISTRIBUTIONS_OWNER}
    return Deployed({"Statement": statements}, calls)


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.full
def test_it_allows_every_call_of_an_apply_a_change_and_a_destroy(deployed: Deployed) -> None:
    made = {call.action for call in deployed.calls}
    assert {
        "lambda:CreateFunction",
        "iam:PassRole",
        "dynamodb:DeleteTable",
        "cloudfront:UpdateDistribution",
    } <= made
    assert {"lambda:InvokeFunction", "cloudfront:ListTagsForResource"} <= made
    assert not sorted(call for call in deployed.calls if not allows(deployed.policy, call))


@pytest.mark.full
def test_it_allows_the_same_calls_for_no_other_name(deployed: Deployed) -> None:
    listing = {"cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"}
    others = {
        Call(call.action, call.resource.replace(NAME, "another"))
        for call in deployed.calls
        if call.action not in listing and not call.action.startswith("cloudfront:")
    }
    assert not sorted(call for call in others if allows(deployed.policy, call))


@pytest.mark.full
def test_it_lets_cloudfront_copy_the_edge_functions_alone(deployed: Deployed) -> None:
    for action in ("lambda:EnableReplication*", "lambda:DisableReplication*"):
        assert allows(deployed.policy, Call(action, f"{FUNCTIONS}{NAME}-viewer-request:7"))
        assert allows(deployed.policy, Call(action, f"{FUNCTIONS}{NAME}-viewer-response:7"))
        assert not allows(deployed.policy, Call(action, f"{FUNCTIONS}{NAME}-config-refresh"))


@pytest.mark.full
def test_it_makes_the_service_linked_roles_of_lambda_at_edge_alone(deployed: Deployed) -> None:
    statement = statements(deployed.policy)["ServiceLinkedRoles"]
    services = ["replicator.lambda.amazonaws.com", "logger.cloudfront.amazonaws.com"]
    assert statement["Action"] == ["iam:CreateServiceLinkedRole"]
    assert statement["Condition"] == {"StringEquals": {"iam:AWSServiceName": services}}


@pytest.mark.full
def test_it_passes_roles_to_lambda_and_scheduler_alone(deployed: Deployed) -> None:
    statement = statements(deployed.policy)["PassRoles"]
    assert statement["Resource"] == [f"arn:aws:iam::123456789012:role/{NAME}-*"]
    services = ["lambda.amazonaws.com", "scheduler.amazonaws.com"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": services}}


@pytest.mark.full
def test_only_listings_are_allowed_on_every_resource(deployed: Deployed) -> None:
    wild = [statement for statement in deployed.policy["Statement"] if "*" in statement["Resource"]]
    assert [statement["Action"] for statement in wild] == [
        ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"]
    ]


@pytest.mark.parametrize(
    ("service", "method", "path", "target", "body", "expected"),
    [
        (
            "lambda",
            "POST",
            "/2015-03-31/functions/shop-config-refresh/invocations",
            "",
            b'{"action": "refresh"}',
            [Call("lambda:InvokeFunction", f"{FUNCTIONS}shop-config-refresh")],
        ),
        (
            "monitoring",
            "POST",
            "/",
            "",
            b"Action=PutMetricAlarm&AlarmName=shop-failed",
            [
                Call(
                    "cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-failed"
                )
            ],
        ),
        (
            "scheduler",
            "POST",
            "/schedules/shop",
            "",
            b'{"Target": {"RoleArn": "arn:aws:iam::123456789012:role/shop-schedule"}}',
            [
                Call(
                    "scheduler:CreateSchedule",
                    "arn:aws:scheduler:us-east-1:123456789012:schedule/default/shop",
                ),
                Call("iam:PassRole", "arn:aws:iam::123456789012:role/shop-schedule"),
            ],
        ),
        (
            "dynamodb",
            "POST",
            "/",
            "DynamoDB_20120810.DeleteTable",
            b'{"TableName": "shop"}',
            [Call("dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:123456789012:table/shop")],
        ),
        (
            "cloudfront",
            "POST",
            "/2020-05-31/distribution?WithTags",
            "",
            b"<DistributionConfigWithTags/>",
            [Call("cloudfront:CreateDistributionWithTags", "*")],
        ),
        (
            "cloudfront",
            "PUT",
            "/2020-05-31/distribution/E1/config",
            "",
            b"<DistributionConfig/>",
            [Call("cloudfront:UpdateDistribution", "arn:aws:cloudfront::123456789012:distribution/E1")],
        ),
        (
            "cloudfront",
            "GET",
            "/2020-05-31/tagging?Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2FE1",
            "",
            b"",
            [Call("cloudfront:ListTagsForResource", "arn:aws:cloudfront::123456789012:distribution/E1")],
        ),
    ],
)
def test_a_request_is_told_in_the_words_of_iam(
    service: str, method: str, path: str, target: str, body: bytes, expected: list[Call]
) -> None:
    assert calls_of(service, method, path, target, body) == expected


def test_a_call_that_no_statement_names_is_not_allowed() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": ["lambda:Get*"], "Resource": ["arn:shop-*"]}]}
    assert allows(policy, Call("lambda:GetFunction", "arn:shop-a"))
    assert not allows(policy, Call("lambda:DeleteFunction", "arn:shop-a"))
    assert not allows(policy, Call("lambda:GetFunction", "arn:other-a"))
