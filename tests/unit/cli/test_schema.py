"""The JSON Schema of a configuration agrees with the compiler that reads it."""

import copy
import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from queueit.errors import InvalidIntegrationConfig
from queueit.integration_config import compile_integration_config
from tests.builders import integration_config, queue_integration, url_part
from tests.command_line import queueit
from workbench.cli.schema import schema

EXAMPLE = Path(__file__).parents[3] / "examples" / "pull_request_check" / "configuration.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def accepted_by_schema(document: Any) -> bool:
    return bool(VALIDATOR.is_valid(document))


def accepted_by_compiler(document: Any) -> bool:
    try:
        compile_integration_config(document)
    except InvalidIntegrationConfig:
        return False
    return True


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_samples_are_accepted() -> None:
    jsonschema.validate(json.loads(EXAMPLE.read_text()), schema())
    jsonschema.validate(integration_config(), schema())


ODD: tuple[Any, ...] = (
    *(None, "", "a", "a b", "a\n", "é", "x" * 201, "x" * 256, "x" * 2049, "*", "/p", "h.example.com:80/"),
    *(True, 0, 1, -1, 10**16, [], ["a"], ["a b"], [""], ["x" * 201], [1], {}, {"a": 1}, [{}], [None]),
)
ROOT_FIELDS = ("Version", "CustomerId", "Integrations")
ACTIONS = ("Queue", "Cancel", "Ignore", "queue", None)
FIELDS = sorted(schema()["$defs"]["queue"]["properties"])
ACCOUNT: dict[str, str | None] = {"CustomerId": "example"}
NO_ACCOUNT: dict[str, str | None] = {"CustomerId": None}


def is_short(action: str | None, field: str, account: dict[str, str | None]) -> bool:
    """Whether `make test` asks: of the actions that there are; without an account the domain alone counts."""
    return action in ACTIONS[:3] and (account == ACCOUNT or field == "QueueDomain")


@pytest.mark.parametrize(
    ("action", "field", "account"),
    [
        pytest.param(*case, marks=() if is_short(*case) else pytest.mark.full)
        for case in itertools.product(ACTIONS, FIELDS, (ACCOUNT, NO_ACCOUNT))
    ],
)
def test_both_agree_on_each_value_of_a_field_of_an_integration(
    action: str | None, field: str, account: dict[str, str | None]
) -> None:
    document = {**integration_config(queue_integration(ActionType=action)), **account}
    for value in ODD:
        document["Integrations"][0][field] = value
        assert accepted_by_schema(document) is accepted_by_compiler(document), document


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("field", FIELDS)
def test_both_agree_on_an_integration_without_a_field(action: str | None, field: str) -> None:
    for account in ({"CustomerId": "example"}, {}):
        document = {**integration_config(queue_integration(ActionType=action)), **account}
        document["Integrations"][0].pop(field, None)
        assert accepted_by_schema(document) is accepted_by_compiler(document), document


@pytest.mark.parametrize("field", ROOT_FIELDS)
def test_both_agree_on_the_fields_of_the_whole(field: str) -> None:
    for value in ODD:
        if field == "CustomerId" and not value and not isinstance(value, str):
            continue  # the compiler takes any empty value for none
        document = {**integration_config(), field: value}
        assert accepted_by_schema(document) is accepted_by_compiler(document), document
    document = integration_config()
    del document[field]
    assert accepted_by_schema(document) is accepted_by_compiler(document)


@pytest.mark.parametrize(
    "action", ["Queue", *[pytest.param(action, marks=pytest.mark.full) for action in ACTIONS[1:]]]
)
@pytest.mark.parametrize("where", ["trigger", "part"])
def test_both_agree_on_triggers_and_their_parts(action: str | None, where: str) -> None:
    good = {"LogicalOperator": "And", "TriggerParts": [url_part("/tickets")]}
    for field in schema()["$defs"][where]["properties"]:
        for value in ODD:
            trigger = copy.deepcopy(good)
            (trigger if where == "trigger" else trigger["TriggerParts"][0])[field] = value  # type: ignore[index]
            document = integration_config(queue_integration(ActionType=action, Triggers=[trigger]))
            assert accepted_by_schema(document) is accepted_by_compiler(document), document


@pytest.mark.parametrize("document", [None, [], "x", 5, {}, {"Actions": []}])
def test_both_refuse_what_is_no_configuration(document: Any) -> None:
    assert accepted_by_schema(document) is accepted_by_compiler(document) is False


def test_the_command_prints_it() -> None:
    assert json.loads(queueit("schema").out) == schema()
    assert queueit("schema", "--json").document == {"ok": True, "schema": schema()}
