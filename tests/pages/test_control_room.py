"""The control room's page, looked at by axe-core while visitors come."""

from tests.chromium import Page
from tests.end_to_end.test_control_room import Watched, visitor, watched
from tests.end_to_end.visitor import Visitor
from tests.pages.accessibility import each_look, findings

__all__ = ["visitor", "watched"]  # fixtures


def test_nothing_is_found_by_axe_in_any_look_of_the_page(
    watched: Watched, visitor: Visitor, browser: Page
) -> None:
    found: list[str] = []
    for look in each_look(browser):
        browser.open(watched.url)
        browser.wait_for("document.querySelector('#connection').textContent === 'live'")
        found += findings(browser)
        visitor.get("/about")
        visitor.get(f"/tickets?look={look[0]}{look[1]}")
        browser.wait_for(f"document.querySelector('#rows').innerText.includes('look={look[0]}{look[1]}')")
        browser.value("document.querySelector('[data-switch=cold-workers]').click()")
        browser.wait_for("document.querySelector('#said').textContent.includes('Cold workers:')")
        found += findings(browser)
        browser.value("document.querySelector('#rows tr').click()")
        browser.wait_for("document.querySelector('#explanation[open] ul')")
        found += findings(browser)
    assert (found, browser.errors) == ([], [])
