"""docs/aws.md: every assumption has a source or says that it has none, and a step that exists."""

import re
from pathlib import Path

from workbench.acceptance.steps import STEPS

PAGE = (Path(__file__).parents[3] / "docs" / "aws.md").read_text(encoding="utf-8")
STEP_NAMES = {*[step.name for step in STEPS], "removal"}


def rows(columns: int) -> list[list[str]]:
    """The cells of the rows, without heads, of the tables with so many columns."""
    lines = re.findall(r"^\| (.*) \|$", PAGE, re.MULTILINE)
    cells = [line.split(" | ") for line in lines if not line.startswith("---")]
    return [row for row in cells if len(row) == columns and row[0] not in ("assumption", "step")]


def test_every_assumption_has_a_page_of_aws_or_says_that_it_is_not_verified() -> None:
    assumptions = rows(4)
    assert len(assumptions) > 40
    for assumption, where, source, _ in assumptions:
        assert re.search(r"\]\[|not verified|seen by `make acceptance` on \d{4}-\d\d-\d\d", source), (
            assumption
        )
        assert "](" in where, assumption


def test_every_step_that_an_assumption_names_exists() -> None:
    assert {row[3] for row in rows(4)} - STEP_NAMES == {"\N{EN DASH}"}


def test_the_page_describes_every_step() -> None:
    assert [row[0] for row in rows(2)] == [*[step.name for step in STEPS], "removal"]


def test_every_source_is_used_and_has_its_address() -> None:
    defined = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", PAGE, re.MULTILINE))
    assert set(re.findall(r"\]\[([\w-]+)\]", PAGE)) == set(defined)
    assert all(address.startswith("https://") for address in defined.values())
