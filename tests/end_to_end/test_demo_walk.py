"""The ten minutes with the demo that the README proposes, taken in a real browser."""

import re
import time
from pathlib import Path

import pytest
import requests

from tests.chromium import Page
from tests.end_to_end.watched import Watched

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
STEPS = README.partition("## Ten minutes with the demo")[2].partition("\n## ")[0]


def publish(browser: Page, admin: str, before: str, after: str) -> str:
    """Edit the published text, publish it, and give what the page says of that, where the focus is."""
    browser.open(admin)
    browser.value("localStorage.clear()")
    browser.reload()
    text = str(browser.value("document.getElementById('text').value"))
    assert text.count(before) >= 1, before
    browser.value("document.getElementById('text').select()")
    browser.type(text.replace(before, after, 1))
    browser.wait_for("document.querySelector('#review .notice')")
    browser.value("document.querySelector('button[value=publish]').click()")
    browser.wait_for("['notice', 'refusal'].includes(document.activeElement.id)")
    return str(browser.value("document.activeElement.innerText"))


@pytest.mark.full  # publications and a rotation, each with its polls
def test_the_walk_of_the_readme_shows_what_it_says(watched: Watched, browser: Page) -> None:
    replacement, terms = re.findall(r"write `(\S+)` for `(\S+)`", STEPS)[0]
    (part,) = re.findall(r"Misspell the `Contains` before `(\S+)`", STEPS)
    room = watched.demo.waiting_room
    admin, shop = f"{watched.demo.waiting_room_url}/admin", watched.demo.shop_url

    browser.open(shop + terms)
    assert browser.value("location.href") == shop + terms

    assert "is published" in publish(browser, admin, f'"{terms}"', f'"{replacement}"')
    room.lines.set_pace(visitors_per_second=0, crowd=5)
    while requests.get(shop + terms, allow_redirects=False, timeout=20).status_code != 302:
        time.sleep(0.2)  # until a poll has brought it
    browser.open(shop + terms)
    assert "You are in line" in browser.text()
    assert watched.request_for(terms, "queue")["status"] == 302

    version = room.publication.current()["Version"]
    assert publish(browser, admin, ",\n", "\n").startswith("Not published: 1 problem to solve.")
    misspelt = f'"Operator": "Contain",\n              "ValueToCompare": "{part}"'
    spelt = misspelt.replace("Contain", "Contains")
    assert "can never match" in publish(browser, admin, spelt, misspelt)
    assert "can never match" not in publish(browser, admin, misspelt, spelt)
    assert room.publication.current()["Version"] == version + 2

    browser.open(watched.url)
    button = "document.querySelector('[data-switch=rotation]')"
    for step in ("1 of 3", "2 of 3", "3 of 3"):
        browser.value(f"{button}.click()")
        browser.wait_for(
            f"document.getElementById('said').textContent.includes('step {step}') && !{button}.disabled"
        )
