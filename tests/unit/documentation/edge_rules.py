"""The tables of CloudFront's rules in docs/local-edge.md, as the local edge has them.

`python -m tests.unit.documentation.edge_rules` writes them into the page.
"""

import re
from pathlib import Path

from workbench.local_edge.rule_table import Rule

PAGE = Path(__file__).parents[3] / "docs" / "local-edge.md"
_HEADERS = {
    "request": "| a request is refused when | status | rule | AWS |",
    "result": "| a function's result is refused when | status | rule | AWS |",
    "flow": "| what happens | rule | AWS |",
    "distribution": "| a distribution is refused when | rule | AWS |",
}


def _row(rule: Rule) -> str:
    status = [str(rule.status)] if rule.about in ("request", "result") else []
    page = f"[page]({rule.page})" if rule.page else "not verified"
    return "| " + " | ".join([rule.text, *status, f"`{rule.id}`", page]) + " |"


def with_tables(page: str) -> str:
    """The page's text with the tables as they should be."""
    for about, header in _HEADERS.items():
        line = re.sub(r"[^|]+", " --- ", header)
        rows = [_row(rule) for rule in Rule if rule.about == about]
        table = "".join([f"{one}\n" for one in (header, line, *rows)])
        page = re.sub(re.escape(header) + r"\n(?:\|.*\n)*", table.replace("\\", r"\\"), page)
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
