"""The pages in a real browser: the shop's link ends in the waiting room, which lets the visitor in by itself."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workbench.demo import Demo
from workbench.sample_waiting_room import WaitingLines

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def page_after(tmp_path: Path) -> Callable[[str, int], str]:
    """Opens an address in a new browser profile and returns the page as it stands some virtual ms later."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(
            f"no browser found on the PATH (looked for {', '.join(BROWSERS)}); "
            "on Debian: apt-get install chromium"
        )

    def open_page(url: str, virtual_ms: int) -> str:
        done = subprocess.run(
            [
                browser,
                *FLAGS,
                f"--user-data-dir={tmp_path / 'profile'}",
                f"--virtual-time-budget={virtual_ms}",
                "--dump-dom",
                url,
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    return open_page


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


def test_a_browser_that_opens_a_protected_page_sees_the_waiting_room_count_down(
    demo: Demo, page_after: Callable[[str, int], str]
) -> None:
    with line_that_stands(demo, crowd=41) as lines:
        page = page_after(f"{demo.shop_url}/tickets?from=browser", 2500)
        place = re.search(r'id="position">(\d+)<', page)
        assert "You are in line" in page
        assert place
        assert int(place[1]) >= 42
        assert "just now" not in page, "the page's script has asked for the place"
        assert any("from=browser" in visitor.target for visitor, _ in lines.waiting())


def test_a_background_request_in_a_browser_takes_the_page_to_the_waiting_room(
    demo: Demo, page_after: Callable[[str, int], str]
) -> None:
    with line_that_stands(demo, crowd=7) as lines:
        page = page_after(f"{demo.shop_url}/#availability", 2500)
        targets = [visitor.target for visitor, _ in lines.waiting()]
    assert "You are in line" in page
    assert any(target.startswith(f"{demo.shop_url}/") and "/tickets" not in target for target in targets)


def test_a_browser_comes_out_on_the_protected_page_when_nobody_has_to_wait(
    demo: Demo, page_after: Callable[[str, int], str]
) -> None:
    demo.waiting_room.lines.set_mode("winternights", "safetynet")
    try:
        page = page_after(f"{demo.shop_url}/tickets?from=browser", 2500)
    finally:
        demo.waiting_room.lines.set_mode("winternights", "queue")
    assert "Choose your night" in page
    assert "1,240 left" in page, "the background request passed with the session"


def test_a_browser_that_nobody_sent_is_told_so_and_shown_the_way(
    demo: Demo, page_after: Callable[[str, int], str]
) -> None:
    page = page_after(f"{demo.waiting_room_url}/?c=northlight&e=winternights", 500)
    assert "You did not come from the site" in page
    assert f'href="{demo.shop_url}/tickets"' in page
