"""docs/conformance.md lists the intended differences that the conformance tests know, no more and no fewer."""

from tests.unit.documentation.conformance_table import PAGE, table, with_table


def test_the_page_lists_every_intended_difference_by_its_section() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_table(page), "run `python -m tests.unit.documentation.conformance_table`"
    assert page.count(table()) == 1
