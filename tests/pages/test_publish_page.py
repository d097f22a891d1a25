"""The publish page in a real browser."""

import json
from collections.abc import Iterator

import pytest

from tests.chromium import Page
from tests.functional.samples.waiting_room_setup import SHOP, configuration
from tests.pages.accessibility import findings, in_each_look, show
from workbench.demo.web_server import WebServer
from workbench.sample_waiting_room import Account, WaitingRoom, create_app

FOCUS = "document.activeElement"


class Served:
    """A waiting room on a port, which can be taken away and brought back."""

    def __init__(self) -> None:
        account = Account("customer", "fake-secret-key", "fake-api-key")
        self.room = WaitingRoom(
            account, default_target=f"http://{SHOP}/tickets", crowd=3, visitors_per_second=0
        )
        self.room.targets.allow(SHOP, "http")
        self.room.publication.publish(configuration())
        self.server = WebServer("127.0.0.1", 0)
        self.server.start(create_app(self.room))

    @property
    def admin(self) -> str:
        return f"{self.server.url}/admin"


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    with made.server:
        yield made


def write(browser: Page, document: object) -> None:
    """Put another text in the place of the editor's, as a person does."""
    text = document if isinstance(document, str) else json.dumps(document, indent=2)
    browser.value("document.getElementById('text').focus(); document.getElementById('text').select()")
    browser.type(text)
    browser.wait_for("document.querySelector('#review .notice')")


def text_of(browser: Page, selector: str) -> str:
    return str(browser.value(f"document.querySelector({selector!r})?.innerText || ''"))


def press_publish(browser: Page) -> None:
    browser.value("document.querySelector('button[value=publish]').focus()")
    browser.press("Enter")


@in_each_look
def test_nothing_is_found_by_axe_on_the_page(served: Served, browser: Page, look: str) -> None:
    served.room.lines.join("sale", target=f"http://{SHOP}/tickets")
    show(browser, look)
    browser.open(f"{served.admin}?notice=Version+2+is+published.")
    assert findings(browser) == []
    browser.value("document.getElementById('url').value = '/tickets'")
    write(browser, configuration(CookieValidityMinute=5, Unknown=1))
    browser.wait_for("document.querySelector('#review .tried')")
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert findings(browser) == []
    write(browser, configuration(CookieValidityMinute="five"))
    browser.wait_for("document.querySelector('#review .notice.bad')")
    assert (findings(browser), browser.errors) == ([], [])


VISITORS_PAGES = (
    "/",
    "/?c=customer&e=sale",
    "/?c=customer&e=gone",
    "/error/hash?e=sale",
    "/cancel/multiple/customer",
)


@in_each_look
def test_nothing_is_found_by_axe_on_the_pages_of_visitors(served: Served, browser: Page, look: str) -> None:
    show(browser, look)
    for path in VISITORS_PAGES:
        browser.open(served.server.url + path)
        assert findings(browser) == [], path


def test_a_refused_publication_is_seen_and_focused_and_leads_to_its_line(
    served: Served, browser: Page
) -> None:
    browser.open(served.admin)
    write(browser, configuration(CookieValidityMinute="five"))
    press_publish(browser)
    browser.wait_for(f"{FOCUS}.id === 'refusal'")
    assert browser.value(f"{FOCUS}.innerText").startswith("Not published: 1 problem to solve.")
    place = browser.value(
        f"(({{top, bottom}}) => top >= 0 && bottom <= innerHeight)({FOCUS}.getBoundingClientRect())"
    )
    assert place, "it is in the window"
    browser.press("Tab")
    assert browser.value(f"{FOCUS}.innerText").startswith("Line ")
    browser.press("Enter")
    browser.wait_for(f"{FOCUS}.id === 'text'")
    chosen = browser.value(f"{FOCUS}.value.slice({FOCUS}.selectionStart, {FOCUS}.selectionEnd)")
    assert chosen.strip() == '"CookieValidityMinute": "five",'
    assert served.room.publication.current()["Version"] == 1


def test_an_edit_outlives_a_reload_and_another_form_of_the_page_and_can_be_discarded(
    served: Served, browser: Page
) -> None:
    browser.open(served.admin)
    write(browser, configuration(Name="Mine"))
    browser.reload()
    browser.wait_for("document.querySelector('#review .notice')")
    assert '"Mine"' in browser.value("document.getElementById('text').value")
    assert 'integration "Mine" is new' in text_of(browser, "#review")
    assert "This browser keeps your edit" in text_of(browser, "#draft")
    served.room.publish(configuration(Name="Theirs"))
    browser.value("document.querySelector('form[action$=admit] button').click()")
    browser.wait_for("document.getElementById('draft')?.innerText.includes('You began with version 1')")
    assert '"Mine"' in browser.value("document.getElementById('text').value")
    browser.value("document.querySelector('#draft button').click()")
    assert '"Theirs"' in browser.value("document.getElementById('text').value")
    browser.reload()
    assert browser.value("document.getElementById('draft').hidden")


def test_an_edit_outlives_a_waiting_room_that_does_not_answer(served: Served, browser: Page) -> None:
    browser.open(served.admin)
    write(browser, configuration(Name="Mine"))
    browser.value("window.fetch = () => Promise.reject(new TypeError('gone'))")
    press_publish(browser)
    browser.wait_for(f"{FOCUS}.className === 'notice bad'")
    assert "Not published: the waiting room does not answer." in browser.value(f"{FOCUS}.innerText")
    assert '"Mine"' in browser.value("document.getElementById('text').value")


def test_a_publication_that_succeeds_is_a_sentence_and_ends_the_draft(served: Served, browser: Page) -> None:
    browser.open(served.admin)
    write(browser, configuration(CookieValidityMinute=5))
    press_publish(browser)
    browser.wait_for(f"{FOCUS}.id === 'notice'")
    assert browser.value(f"{FOCUS}.innerText") == "Version 2 is published."
    assert browser.value("document.getElementById('draft').hidden")
    assert browser.value("location.search") == ""
    assert served.room.publication.current()["Integrations"][0]["CookieValidityMinute"] == 5


def test_the_key_enter_in_the_url_tries_it_and_publishes_nothing(served: Served, browser: Page) -> None:
    browser.open(served.admin)
    browser.value("document.getElementById('url').focus()")
    browser.type("/tickets")
    browser.press("Enter")
    browser.wait_for("document.querySelector('#review .tried')")
    assert 'sent to the waiting room "sale"' in text_of(browser, "#review .tried")
    assert served.room.publication.current()["Version"] == 1


def test_without_script_a_refusal_comes_with_the_text_and_the_focus(served: Served, browser: Page) -> None:
    browser.allow_scripts(False)
    browser.open(served.admin)
    browser.value("document.getElementById('text').value = '{'")
    press_publish(browser)
    browser.wait_for(f"{FOCUS}.id === 'refusal'")
    assert "at line 1, column 2" in text_of(browser, "#review")
    assert browser.value("document.getElementById('text').value") == "{"


def test_a_visitor_who_closes_the_page_leaves_the_line(served: Served, browser: Page) -> None:
    browser.open(f"{served.server.url}/?c=customer&e=sale")
    assert len(served.room.lines.waiting()) == 1
    browser.open(f"{served.server.url}/")
    browser.wait_for("fetch('/admin/overview').then(a => a.json()).then(a => a.visitors.length === 0)")
