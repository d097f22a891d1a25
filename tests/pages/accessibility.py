"""What axe-core finds wrong with a page, in each look that it has."""

from pathlib import Path

import pytest

from tests import npm_packages
from tests.chromium import Page

LOOKS = ("dark 390", "light 1280", "dark 1280", "light 390")
"""The colours and the width in CSS pixels; the first is tried in every test run, the others in the full ones."""

in_each_look = pytest.mark.parametrize(
    "look", [LOOKS[0], *(pytest.param(look, marks=pytest.mark.full) for look in LOOKS[1:])]
)


def show(page: Page, look: str, **headers: str) -> None:
    """Give the page a look, and have it send these headers too."""
    scheme, width = look.split()
    page.look_like(scheme=scheme, width=int(width), **headers)


def findings(page: Page, *, but: str = "") -> list[str]:
    """All violations on the page as it stands but those of the rule `but`, and whether it is wider than the window."""
    if missing := npm_packages.missing_tool():
        pytest.skip(missing)
    axe = npm_packages.install(Path(__file__).with_name("package.json")) / "node_modules/axe-core/axe.min.js"
    if not page.value("'axe' in window"):
        page.value(f"{axe.read_text(encoding='utf-8')}; null")
    found: list[str] = page.value(
        """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.flatMap(
            one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""
    )
    width = page.value("document.documentElement.scrollWidth - innerWidth")
    found = [one for one in found if not but or not one.startswith(f"{but}: ")]
    return found + ([f"{width} px wider than the window"] if width > 0 else [])
