"""The table of docs/conformance.md, as the conformance tests have it.

`python -m tests.unit.documentation.conformance_table` writes it into the page.
"""

import re
from pathlib import Path

from tests.conformance.comparison import EVERY_FORM
from tests.conformance.intended_differences import INTENDED_DIFFERENCES

PAGE = Path(__file__).parents[3] / "docs" / "conformance.md"
_HEADER = "| section | name | beside the reference |\n| --- | --- | --- |\n"
_ROWS = re.compile(re.escape(_HEADER) + r"(?:\|.*\n)*")


def table() -> str:
    """The intended differences by their sections, in Markdown."""
    rows = [(int(one.section), one.name, one.why) for one in INTENDED_DIFFERENCES]
    rows.append((9, EVERY_FORM, "the reference matches one of the two URLs, the one the integration says"))
    by_section = sorted(rows, key=lambda row: row[0])
    return _HEADER + "".join([f"| {section} | {name} | {why} |\n" for section, name, why in by_section])


def with_table(page: str) -> str:
    """The page's text with the table as it should be."""
    return _ROWS.sub(lambda _: table(), page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
