"""`python -m workbench.control_room_picture`: make the picture of the control room that the README shows, anew.

Starts a demo on free ports, sends a few visitors through it, publishes a change, and takes the page as Chromium has it.
"""

import sys
import time
from pathlib import Path

import requests

from workbench.browser import Browser, NoBrowser
from workbench.demo import Demo
from workbench.demo.control_room import open_control_room

FILE = Path(__file__).parents[1] / "docs" / "control-room.png"
_WIDTH, _HEIGHT = 1280, 1040
_BROWSERS = ("Firefox", "Safari", "Chrome", "Edge")


def make_picture() -> bytes:
    """The picture as PNG. Raises NoBrowser where there is no Chromium."""
    with (
        Browser() as browser,
        Demo(visitors_per_second=50, crowd=2, publish_endpoint=True, is_followed=True) as demo,
        open_control_room(demo) as room,
    ):
        browser.show(
            _WIDTH, _HEIGHT, media={"prefers-color-scheme": "light", "prefers-reduced-motion": "reduce"}
        )
        browser.open(room.url)
        browser.wait_for("document.querySelector('#connection')?.textContent === 'live'")
        visits = [_Visit(demo, browser_name) for browser_name in _BROWSERS]
        for step in range(12):
            if step == 4:
                demo.publish(_with_another_page(demo))
            for place, visit in enumerate(visits):
                if step >= 2 * place:
                    visit.go_on()
                    time.sleep(0.12)
            time.sleep(0.7)
        browser.wait_for("document.querySelector('#events').innerText.includes('every worker')")
        return browser.picture()


class _Visit:
    """One visitor's way: to the queue, through it, and on."""

    def __init__(self, demo: Demo, browser_name: str) -> None:
        self._shop = demo.shop_url
        self._pages = [
            "/",
            "/tickets",
            "/event/aurora-fields",
            "/api/stock",
            "/tickets?queueittoken=made-up",
            "/tickets",
        ]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = browser_name

    def go_on(self) -> None:
        """Ask for the next page, and follow where that leads."""
        page = self._pages.pop(0)
        self._pages.append(page)
        answer = self._session.get(f"{self._shop}{page}", timeout=20)
        status = answer.text.partition('data-status="')[2].partition('"')[0]
        if status:
            room = "/".join(answer.url.split("/")[:3])
            place = self._session.get(f"{room}{status}", timeout=20).json()
            if place["redirect"]:
                self._session.get(f"{room}{place['redirect']}", timeout=20)


def _with_another_page(demo: Demo) -> dict[str, object]:
    configuration = demo.sample_configuration()
    tickets = configuration["Integrations"][-1]
    part = {**tickets["Triggers"][0]["TriggerParts"][0], "ValueToCompare": "/presale"}
    tickets["Triggers"].append({"LogicalOperator": "And", "TriggerParts": [part]})
    return configuration


def main() -> int:
    """Write the picture; returns the exit status."""
    try:
        FILE.write_bytes(make_picture())
    except NoBrowser as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
