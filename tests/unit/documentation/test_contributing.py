"""CONTRIBUTING.md names, for each thing to add, the files that hold the newest of its kind."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MOST_FILES = 6


@pytest.mark.parametrize("heading", ["Add a setting", "Add a trigger validator"])
def test_each_file_of_the_steps_holds_the_newest_and_there_are_few(heading: str) -> None:
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    newest = re.findall(r"The newest is `(\w+)`", section)
    files = re.findall(r"\| `([\w/.-]+)` \|$", section, re.MULTILINE)

    assert len(newest) == 1
    assert 0 < len(files) <= MOST_FILES
    assert [file for file in files if newest[0] not in (ROOT / file).read_text(encoding="utf-8")] == []


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:functions|modules|examples|tests|workbench)/[\w/.-]+)`", PAGE)

    assert len(named) > 12
    assert [file for file in named if not (ROOT / file).exists()] == []
