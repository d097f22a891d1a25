"""Who may do what: every statement of every role, and what the roles are bounded by."""

import json
from typing import Any

import pytest

from tests.terraform.stacks import Stacks
from tests.terraform.workspace import Plan

ACCOUNT = "123456789012"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/everything"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:everything-config-refresh"
TABLE_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b2c3d-table"
REPLICA_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d-replica"
SECRET_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b2c3d-secret"
FAILED_RUNS = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed-runs"

EDGE = "module.edge_functions"
REFRESH = "module.config_refresh"
PUBLISH = "module.publish_endpoint[0]"
RETENTION = "module.log_retention[0]"

SEND_DEAD_LETTERS = {"Action": ["sqs:SendMessage"], "Resource": [FAILED_RUNS]}


def statements(plan: Plan, address: str, attribute: str = "policy") -> dict[str, Any]:
    """The statements of a policy by Sid; all of them allow."""
    document = json.loads(plan.planned(address)[attribute])
    assert document["Version"] == "2012-10-17"
    by_sid = {}
    for statement in document["Statement"]:
        assert statement.pop("Effect") == "Allow"
        by_sid[statement.pop("Sid")] = statement
    assert len(by_sid) == len(document["Statement"]), "two statements have one Sid"
    return by_sid


def policy(plan: Plan, role: str) -> dict[str, Any]:
    """The statements of what the role of a module may do."""
    return statements(plan, f"{role}.aws_iam_role_policy.this")


def trust(plan: Plan, role: str) -> dict[str, Any]:
    """The statements of who may take the role of a module."""
    return statements(plan, f"{role}.aws_iam_role.this", "assume_role_policy")


def named(statements: dict[str, Any], old: str, new: str) -> Any:
    """The statements with another name in their resources and conditions."""
    return json.loads(json.dumps(statements).replace(old, new))


def test_the_functions_at_the_edge_read_the_table_and_write_logs_wherever_they_run(everything: Plan) -> None:
    log_groups = f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/lambda/us-east-1.everything"
    assert policy(everything, EDGE) == {
        "ReadSnapshots": {
            "Action": ["dynamodb:GetItem"],
            "Resource": [TABLE, TABLE.replace("us-east-1", "eu-west-1")],
            "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["current", "snapshot#*"]}},
        },
        "WriteLogsWhereverItRuns": {
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [f"{log_groups}-viewer-request:*", f"{log_groups}-viewer-response:*"],
        },
        "DecryptTable": {
            "Action": ["kms:Decrypt"],
            "Resource": [TABLE_KEY, REPLICA_KEY],
            "Condition": {"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}},
        },
    }


def test_the_role_at_the_edge_is_trusted_by_lambda_and_by_lambda_at_edge(everything: Plan) -> None:
    assert trust(everything, EDGE) == {
        "LambdaAtEdge": {
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]},
        }
    }


def test_config_refresh_reads_one_secret_and_writes_one_table(everything: Plan) -> None:
    found = policy(everything, f"{REFRESH}.module.function")
    (secret_arn,) = found["ReadCredentials"].pop("Resource")
    assert secret_arn.startswith(f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:queue-it-")
    assert "*" not in secret_arn
    assert found == {
        "PublishSnapshots": {
            "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            "Resource": [TABLE],
        },
        "ReadCredentials": {"Action": ["secretsmanager:GetSecretValue"]},
        "WriteLogs": {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [
                f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/everything-config-refresh:*"
            ],
        },
        "UseTableKey": {
            "Action": [
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
                "kms:DescribeKey",
            ],
            "Resource": [TABLE_KEY],
            "Condition": {"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}},
        },
        "DecryptEnvironment": {
            "Action": ["kms:Decrypt"],
            "Resource": [TABLE_KEY],
            "Condition": {"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": FUNCTION}},
        },
        "DecryptCredentials": {
            "Action": ["kms:Decrypt"],
            "Resource": [SECRET_KEY],
            "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
        },
        "SendDeadLetters": SEND_DEAD_LETTERS,
    }


@pytest.mark.parametrize("module", [REFRESH, PUBLISH, RETENTION])
def test_a_function_in_a_region_is_trusted_by_lambda_alone(everything: Plan, module: str) -> None:
    assert trust(everything, f"{module}.module.function") == {
        "Lambda": {"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    }


def test_a_schedule_invokes_its_function_and_nothing_else(everything: Plan) -> None:
    assert policy(everything, f"{REFRESH}.module.schedule") == {
        "Invoke": {"Action": ["lambda:InvokeFunction"], "Resource": [FUNCTION]},
        "SendDeadLetters": SEND_DEAD_LETTERS,
    }
    assert policy(everything, f"{RETENTION}.module.schedule") == {
        "Invoke": {
            "Action": ["lambda:InvokeFunction"],
            "Resource": [FUNCTION.replace("config-refresh", "log-retention")],
        }
    }


@pytest.mark.parametrize("module", [REFRESH, RETENTION])
def test_a_schedule_is_trusted_for_this_account_alone(everything: Plan, module: str) -> None:
    assert trust(everything, f"{module}.module.schedule") == {
        "Scheduler": {
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": ACCOUNT,
                    "aws:SourceArn": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default",
                }
            },
        }
    }


def test_every_role_has_the_boundary_and_the_path(everything: Plan) -> None:
    roles = [address for address in everything.changes if ".aws_iam_role." in address]
    assert len(roles) == 6
    for address in roles:
        role = everything.planned(address)
        assert role["permissions_boundary"] == f"arn:aws:iam::{ACCOUNT}:policy/boundary"
        assert role["path"] == "/waiting-room/"


def test_everything_that_can_have_tags_has_them(everything: Plan) -> None:
    tags = {
        address: after["tags"]
        for address in everything.changes
        if "tags" in (after := everything.planned(address))
    }
    assert len(tags) > 20
    assert [address for address, its in tags.items() if its != {"service": "waiting-room"}] == []


def test_the_publish_endpoint_may_do_what_config_refresh_does_without_dead_letters(everything: Plan) -> None:
    refresh = policy(everything, f"{REFRESH}.module.function")
    del refresh["SendDeadLetters"]
    assert policy(everything, f"{PUBLISH}.module.function") == named(refresh, "config-refresh", "publish")


def test_log_retention_reaches_the_edges_log_groups_outside_the_home_region_alone(everything: Plan) -> None:
    edge = [
        f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/lambda/us-east-1.everything-{event_type}{suffix}"
        for event_type in ("viewer-request", "viewer-response")
        for suffix in ("", ":*")
    ]
    elsewhere = {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}
    refresh = policy(everything, f"{REFRESH}.module.function")
    own = {sid: refresh[sid] for sid in ("WriteLogs", "DecryptEnvironment")}
    assert policy(everything, f"{RETENTION}.module.function") == {
        "FindRegions": {"Action": ["ec2:DescribeRegions"], "Resource": ["*"]},
        "FindLogGroups": {
            "Action": ["logs:DescribeLogGroups"],
            "Resource": [f"arn:aws:logs:*:{ACCOUNT}:log-group:*"],
            **elsewhere,
        },
        "SetRetention": {"Action": ["logs:PutRetentionPolicy"], "Resource": edge, **elsewhere},
        "SetKey": {"Action": ["logs:AssociateKmsKey"], "Resource": edge, **elsewhere},
        **named(own, "config-refresh", "log-retention"),
    }


def test_without_keys_queues_and_replicas_of_its_own_a_connector_may_do_less(
    everything: Plan, stacks: Stacks
) -> None:
    minimal = stacks["minimal"].plan
    wanted = {
        EDGE: {"ReadSnapshots", "WriteLogsWhereverItRuns"},
        f"{REFRESH}.module.function": {"PublishSnapshots", "ReadCredentials", "WriteLogs"},
        f"{REFRESH}.module.schedule": {"Invoke"},
    }
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:minimal-credentials-??????"
    for role, sids in wanted.items():
        with_everything = named(policy(everything, role), "everything", "minimal")
        expected = {sid: with_everything[sid] for sid in sids}
        if "ReadSnapshots" in expected:
            del expected["ReadSnapshots"]["Resource"][1:]
        if "ReadCredentials" in expected:
            expected["ReadCredentials"]["Resource"] = [secret]
        assert policy(minimal, f"module.waiting_room.{role}") == expected
        assert trust(minimal, f"module.waiting_room.{role}") == trust(everything, role)
