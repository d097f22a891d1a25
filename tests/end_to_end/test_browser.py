"""The pages in a real browser: the shop's link ends in the waiting room, which lets the visitor in by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chromium import Page
from tests.end_to_end.watched import Watched
from workbench.demo import Demo
from workbench.sample_waiting_room import WaitingLines


@pytest.fixture
def demo(watched: Watched) -> Demo:
    return watched.demo


@contextmanager
def line_that_stands(demo: Demo, *, crowd: int) -> Iterator[WaitingLines]:
    """The waiting room lets nobody in, and a new line begins behind that many; afterwards all are let in."""
    lines = demo.waiting_room.lines
    speed, crowd_before = lines.visitors_per_second, lines.crowd
    lines.set_pace(visitors_per_second=0, crowd=crowd)
    try:
        yield lines
    finally:
        lines.set_pace(visitors_per_second=speed, crowd=crowd_before)
        lines.admit_everybody()


@pytest.mark.full  # until the page asks again
def test_a_browser_that_opens_a_protected_page_sees_the_waiting_room_count_down(
    demo: Demo, browser: Page
) -> None:
    with line_that_stands(demo, crowd=41) as lines:
        browser.open(f"{demo.shop_url}/tickets?from=browser")
        browser.wait_for("document.getElementById('updated')?.innerText !== 'just now'")
        assert "You are in line" in browser.value("document.body.innerText")
        assert int(browser.value("document.getElementById('position').innerText")) >= 42
        assert any("from=browser" in visitor.target for visitor, _ in lines.waiting())


def test_a_background_request_in_a_browser_takes_the_page_to_the_waiting_room(
    demo: Demo, browser: Page
) -> None:
    with line_that_stands(demo, crowd=7) as lines:
        browser.open(f"{demo.shop_url}/#availability")
        browser.wait_for("document.body.innerText.includes('You are in line')")
        targets = [visitor.target for visitor, _ in lines.waiting()]
    assert any(target.startswith(f"{demo.shop_url}/") and "/tickets" not in target for target in targets)


def test_a_browser_comes_out_on_the_protected_page_when_nobody_has_to_wait(demo: Demo, browser: Page) -> None:
    demo.waiting_room.lines.set_mode("winternights", "safetynet")
    try:
        browser.open(f"{demo.shop_url}/tickets?from=browser")
        # The background request passes with the session.
        browser.wait_for("document.body.innerText.includes('1,240 left')")
    finally:
        demo.waiting_room.lines.set_mode("winternights", "queue")
    assert "Choose your night" in browser.value("document.body.innerText")


def test_a_visitor_whom_no_site_sent_is_told_so_and_shown_the_way(demo: Demo, browser: Page) -> None:
    browser.open(f"{demo.waiting_room_url}/?c=northlight&e=winternights")
    assert "You did not come from the site" in browser.value("document.body.innerText")
    assert browser.value("document.querySelector('main a').href") == f"{demo.shop_url}/tickets"
