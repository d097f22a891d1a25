"""The end of each example: a new version of the code, a plan that is empty after it, and a destroy."""

import re

import pytest

from tests.terraform.aws import Aws
from tests.terraform.life import change_code
from tests.terraform.stacks import EXAMPLES, MORE_EXAMPLES, Stacks

pytestmark = pytest.mark.full

REMOVED = {"existing_distribution"}  # by test_removal.py


@pytest.mark.parametrize("example", [one for one in (*EXAMPLES, *MORE_EXAMPLES) if one not in REMOVED])
def test_an_example_is_upgraded_and_destroyed(example: str, stacks: Stacks, aws: Aws) -> None:
    place = stacks[example].workspace
    main = place.path / "main.tf"
    text = re.sub(r"\n  deletion_protection += \w+", "", main.read_text(encoding="utf-8"))
    text, modules = re.subn(r'(\n  source += "\.\./\.\.")', r"\1\n\n  deletion_protection = false", text)
    assert modules == 1
    main.write_text(text, encoding="utf-8")
    change_code(place.copy, "edge.zip")

    assert place.apply().count("aws_lambda_function.this[") >= 4
    exit_code, printed = place.exit_code_of_plan()
    assert exit_code == 0, printed
    tables = [name for name in aws.client("dynamodb").list_tables()["TableNames"] if name in place.state()]
    assert tables
    assert "Destroy complete!" in place.destroy()
    assert not set(tables) & set(aws.client("dynamodb").list_tables()["TableNames"])
