"""docs/conformance.md lists the intended differences that the conformance tests know, no more and no fewer."""

from pathlib import Path

from tests.conformance.comparison import RAW_OR_NORMALIZED
from tests.conformance.intended_differences import INTENDED_DIFFERENCES

PAGE = Path(__file__).parents[3] / "docs" / "conformance.md"
HEADER = "| section | name | beside the reference |\n| --- | --- | --- |\n"


def test_the_page_lists_every_intended_difference_by_its_section() -> None:
    rows = [(int(one.section), one.name, one.why) for one in INTENDED_DIFFERENCES]
    rows.append(
        (9, RAW_OR_NORMALIZED, "the reference matches one of the two URLs, the one the integration says")
    )
    by_section = sorted(rows, key=lambda row: row[0])
    table = HEADER + "".join([f"| {section} | {name} | {why} |\n" for section, name, why in by_section])

    assert table in PAGE.read_text(encoding="utf-8"), f"docs/conformance.md needs this table:\n\n{table}"
