"""No key of the account is anywhere but in Secrets Manager and in the table."""

import json
import zipfile

import pytest

from tests.terraform.aws import Aws
from tests.terraform.stacks import EXAMPLES, Stacks
from tests.terraform.waiting_rooms import NORTHLIGHT, SECRETS, keys


def found_in(text: str) -> list[str]:
    """The keys that a text holds."""
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("stack", EXAMPLES)
def test_neither_plan_nor_state_nor_output_holds_a_key(stack: str, stacks: Stacks) -> None:
    deployment = stacks[stack]
    assert found_in(json.dumps(deployment.plan.document)) == []
    assert found_in(deployment.plan.text + deployment.applied + deployment.plan_afterwards) == []
    assert found_in(deployment.state) == []
    with zipfile.ZipFile(deployment.workspace.path / "tfplan") as saved:
        members = {name: saved.read(name) for name in saved.namelist()}
    assert "tfplan" in members
    for content in members.values():
        assert found_in(content.decode("utf-8", "replace")) == []


def test_the_search_finds_keys_where_they_are(stacks: Stacks, aws: Aws) -> None:
    stacks["minimal"]
    stored = aws.client("secretsmanager").get_secret_value(SecretId="minimal-credentials")["SecretString"]
    assert json.loads(stored) == keys(NORTHLIGHT)
    assert found_in(stored) == [NORTHLIGHT.secret_key, NORTHLIGHT.api_key]


def test_no_function_has_a_key_in_its_environment(stacks: Stacks, aws: Aws) -> None:
    for stack in EXAMPLES:
        stacks[stack]
    functions = aws.client("lambda").list_functions()["Functions"]
    assert len(functions) >= 3 * len(EXAMPLES)
    assert found_in(json.dumps(functions, default=str)) == []
