"""Taking the connector away from a distribution that stays, as docs tell it: detach, wait, remove."""

import pytest

from tests.terraform.aws import Aws
from tests.terraform.stacks import Stacks

pytestmark = pytest.mark.full
MODULE = "module.waiting_room"


def test_detaching_touches_the_distribution_and_the_tables_protection_alone(stacks: Stacks) -> None:
    assert stacks.removal.detached.changes == {
        "aws_cloudfront_distribution.shop": ("update",),
        f"{MODULE}.module.config_store.aws_dynamodb_table.this": ("update",),
    }


def test_removing_the_module_afterwards_touches_no_distribution(stacks: Stacks) -> None:
    changes = stacks.removal.removed.changes
    assert len(changes) > 15
    assert all(address.startswith(f"{MODULE}.") for address in changes)
    assert set(changes.values()) == {("delete",)}
    assert stacks.removal.exit_code_afterwards == 0


def test_functions_are_deleted_once_their_replicas_are_gone(stacks: Stacks, aws: Aws) -> None:
    # The account refuses the first deletion of each, as if there were replicas still; delete_timeout bounds the wait.
    log = stacks.removal.log
    for event_type in ("viewer-request", "viewer-response"):
        address = f'{MODULE}.module.edge_functions.aws_lambda_function.this["{event_type}"]'
        assert f"{address}: Destruction complete" in log
    names = {function["FunctionName"] for function in aws.client("lambda").list_functions()["Functions"]}
    assert not {name for name in names if name.startswith("shop-")}
    assert "shop" not in aws.client("dynamodb").list_tables()["TableNames"]


def test_the_secret_that_was_there_before_stays(stacks: Stacks, aws: Aws) -> None:
    assert stacks.removal.removed.changes
    secret = aws.client("secretsmanager").describe_secret(SecretId=stacks.secret_arn)
    assert "DeletedDate" not in secret
