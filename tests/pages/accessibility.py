"""What axe-core finds wrong with a page, in every look that it has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import npm_packages
from tests.chromium import Page

LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
"""The colours, and the width in CSS pixels."""


def each_look(page: Page) -> Iterator[tuple[str, int]]:
    """Gives the page one look after the other; the page is as it was opened before."""
    for scheme, width in LOOKS:
        page.look_like(scheme=scheme, width=width)
        yield scheme, width


def findings(page: Page, *, but: str = "") -> list[str]:
    """All violations on the page as it stands but those of the rule `but`, and whether it is wider than the window."""
    if missing := npm_packages.missing_tool():
        pytest.skip(missing)
    axe = npm_packages.install(Path(__file__).with_name("package.json")) / "node_modules/axe-core/axe.min.js"
    page.value(f"{axe.read_text(encoding='utf-8')}; null")
    found: list[str] = page.value(
        """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.flatMap(
            one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""
    )
    width = page.value("document.documentElement.scrollWidth - innerWidth")
    found = [one for one in found if not but or not one.startswith(f"{but}: ")]
    return found + ([f"{width} px wider than the window"] if width > 0 else [])
