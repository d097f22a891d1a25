"""The page of a connector that fails closed, in a real browser."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, request

from edge import generated_response
from edge.unavailable_page import TEXTS, render
from tests.chromium import Page
from tests.pages.accessibility import findings, in_each_look, show
from workbench.demo.web_server import WebServer


@pytest.fixture
def site() -> Iterator[str]:
    """Answers as CloudFront would with the generated response; `/soon/N` loads again after N seconds."""
    app = Flask(__name__)

    @app.get("/")
    def unavailable() -> Response:
        made = generated_response.unavailable((), request.headers.get("Accept-Language", ""))
        headers = [(line["key"], line["value"]) for lines in made["headers"].values() for line in lines]
        return Response(made["body"], int(made["status"]), headers)

    @app.get("/soon/<int:seconds>")
    def soon(seconds: int) -> Response:
        page, _, policy = render("de", seconds)
        return Response(page, 503, {"Content-Security-Policy": policy})

    with WebServer("127.0.0.1", 0) as server:
        server.start(app)
        yield server.url


@pytest.mark.parametrize(
    "language", ["en", *(pytest.param(one, marks=pytest.mark.full) for one in TEXTS if one != "en")]
)
@in_each_look
def test_nothing_is_found_by_axe_in_any_look_and_language(
    site: str, browser: Page, look: str, language: str
) -> None:
    show(browser, look, **{"Accept-Language": language})
    browser.open(site)
    assert browser.value("document.documentElement.lang") == language
    # Nobody loses anything that they have entered when this page is loaded again.
    assert findings(browser, but="meta-refresh") == []


def test_the_seconds_count_down_and_the_page_loads_again_without_any_script(site: str, browser: Page) -> None:
    browser.allow_scripts(False)
    browser.open(f"{site}/soon/3")
    browser.value("window.isOld = true")
    shown = "Number(getComputedStyle(document.querySelector('b'), '::after').getPropertyValue('--s'))"
    assert browser.value(shown) in (2, 3)
    browser.wait_for(f"{shown} === 1")
    browser.wait_for("!window.isOld && document.querySelector('h1')")


def test_the_link_asks_for_the_same_address_again(site: str, browser: Page) -> None:
    browser.open(f"{site}/?row=1")
    assert browser.value("document.querySelector('a').href") == f"{site}/?row=1"
    assert [one for one in browser.errors if "503" not in one] == []
