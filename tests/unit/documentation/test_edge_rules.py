"""CloudFront's rules: the page lists those that the local edge follows, and each has its test."""

import re
from pathlib import Path

from tests.unit.documentation.edge_rules import PAGE, with_tables
from workbench.local_edge.rule_table import Rule

ROOT = Path(__file__).parents[3]


def test_the_page_on_the_local_edge_lists_every_rule_with_the_page_of_aws() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_tables(page), "run `python -m tests.unit.documentation.edge_rules`"
    assert [rule.id for rule in Rule if page.count(f"| `{rule.id}` |") != 1] == []


def test_every_rule_has_a_test_that_names_it() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests/functional/local_edge").glob("test_*.py"))

    assert sorted({rule.id for rule in Rule} - set(re.findall(r'"([a-z0-9-]+)"', tests))) == []


def test_a_source_is_a_page_of_aws() -> None:
    pages = [rule.page for rule in Rule if rule.page]

    assert len(pages) > len(Rule) / 2
    assert [page for page in pages if not page.startswith("https://docs.aws.amazon.com/")] == []
