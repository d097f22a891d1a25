"""The control room's page in a real browser, while visitors come."""

import pytest

from tests.chromium import Page
from tests.end_to_end.test_control_room import visitor
from tests.end_to_end.visitor import Visitor
from tests.end_to_end.watched import Watched
from tests.pages.accessibility import findings, in_each_look, show

__all__ = ["visitor"]  # a fixture

LIVE = "document.querySelector('#connection')?.textContent === 'live'"
ROWS = "[...document.querySelectorAll('#rows tr')].map((row) => row.innerText)"


@pytest.fixture
def page(chromium: Page, watched: Watched) -> Page:
    """The page, following the stream: opened by the first test, as that takes longer than the test."""
    if not chromium.value("location.href").startswith(watched.url):
        chromium.begin_anew()
        chromium.open(watched.url)
    chromium.show(1280, 900)
    chromium.wait_for(LIVE)
    return chromium


def row_with(page: Page, text: str) -> str:
    """The row of the request, as soon as it is there."""
    row = f"{ROWS}.find((row) => row.includes({text!r}))"
    page.wait_for(row)
    return str(page.value(row))


def choose(page: Page, field: str, value: str) -> list[str]:
    """Filter the requests; the rows that are left."""
    page.value(
        f"(() => {{ const one = document.getElementById({field!r}); one.value = {value!r};"
        " one.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    return list(page.value(ROWS))


def test_a_request_appears_while_one_looks_with_what_became_of_it(page: Page, visitor: Visitor) -> None:
    visitor.get("/tickets?seen=live")

    words = row_with(page, "/tickets?seen=live").split()
    assert "queue" in words
    assert "Tickets" in words
    assert "302" in words
    page.wait_for("document.querySelectorAll('#chart rect.queue').length")
    assert "the last 60 seconds" in page.text()
    assert "Worker" in page.value("document.querySelector('#workers').innerText")
    assert "confirmed" in page.value("document.querySelector('#workers').innerText")
    assert page.value("document.querySelector('#version').textContent").startswith("version ")


def test_requests_are_filtered_by_path_visitor_and_decision_and_paused(page: Page, visitor: Visitor) -> None:
    visitor.get("/about?filter=one")
    visitor.get("/tickets?filter=two")
    row_with(page, "filter=two")

    assert all("FILTER=ONE" in row.upper() for row in choose(page, "path", "FILTER=one"))
    choose(page, "path", "")
    assert all("queue" in row.split() for row in choose(page, "decision", "queue"))
    choose(page, "decision", "")
    number = page.value("document.querySelector('#visitor').options[1].value")
    shown = choose(page, "visitor", number)
    assert shown
    assert all(number in row.split() for row in shown)
    choose(page, "visitor", "")

    page.press("p")
    assert page.value("document.querySelector('#pause').ariaPressed") == "true"
    requests = int(page.value("document.querySelector('#requests').textContent"))
    visitor.get("/about?filter=paused")
    page.wait_for(f"Number(document.querySelector('#requests').textContent) > {requests}")
    assert not [row for row in page.value(ROWS) if "filter=paused" in row]
    page.press("p")
    row_with(page, "filter=paused")


def test_a_request_is_explained_by_keyboard_alone(page: Page, visitor: Visitor) -> None:
    visitor.get("/tickets?why=this")
    row_with(page, "why=this")

    page.press("j")
    page.press("Enter")

    page.wait_for("document.querySelector('#explanation[open] ul')")
    text = page.value("document.querySelector('#explanation').innerText")
    assert "The edge answers itself: queue" in text
    assert "Tickets" in text
    assert 'contains "/tickets"' in text
    page.press("Escape")
    page.wait_for("!document.querySelector('#explanation').open")
    page.press("/")
    assert page.value("document.activeElement.id") == "path"


def test_a_switch_is_pressed_and_shows_that_it_is_on(page: Page, visitor: Visitor) -> None:
    button = "document.querySelector('[data-switch=freeze]')"
    for wanted in ("true", "false"):
        page.value(f"{button}.click()")
        page.wait_for(f"{button}.ariaPressed === '{wanted}' && !{button}.disabled")
        assert "Freeze" in page.value("document.querySelector('#said').textContent")
    page.wait_for("document.querySelector('#events').innerText.includes('Freeze on')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_telephone_in_light_and_dark(page: Page, visitor: Visitor, scheme: str) -> None:
    visitor.get("/tickets?" + "long=" * 40)
    row_with(page, "long=")
    page.show(390, 844, media={"prefers-color-scheme": scheme})

    assert page.value("document.documentElement.scrollWidth") <= 390
    red, green, blue = page.value(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert (red + green + blue > 600) == (scheme == "light")
    small = page.value(
        "[...document.querySelectorAll('button, select, input')]"
        ".filter((one) => one.offsetParent && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"
    )
    assert small == []


def test_nothing_moves_for_whoever_wants_no_motion(page: Page, visitor: Visitor) -> None:
    visitor.get("/about?still=1")
    row_with(page, "still=1")
    animation = "getComputedStyle(document.querySelector('#rows tr')).animationName"
    assert page.value(animation) == "arrive"
    page.show(1280, 900, media={"prefers-reduced-motion": "reduce"})
    assert page.value(animation) == "none"


@in_each_look
def test_nothing_is_found_by_axe(watched: Watched, visitor: Visitor, browser: Page, look: str) -> None:
    show(browser, look)
    browser.open(watched.url)
    browser.wait_for(LIVE)
    assert browser.value("document.documentElement.lang") == "en"
    assert browser.value("document.querySelectorAll('h1').length") == 1
    choose(browser, "path", f"look={look[0]}")  # the more rows, the longer axe takes
    assert findings(browser) == []
    visitor.get(f"/about?look={look}")
    visitor.get(f"/tickets?look={look}")
    row_with(browser, "/tickets?look=")
    browser.value("document.querySelector('[data-switch=cold-workers]').click()")
    browser.wait_for("document.querySelector('#said').textContent.includes('Cold workers:')")
    assert findings(browser) == []
    browser.value("document.querySelector('#rows tr').click()")
    browser.wait_for("document.querySelector('#explanation[open] ul')")
    assert (findings(browser), browser.errors) == ([], [])
