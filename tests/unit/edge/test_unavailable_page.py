"""The page of a connector that fails closed: in the visitor's language, whatever their browser sends."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import generated_response
from edge.failure_mode import fail_closed
from edge.unavailable_page import TEXTS, language_of, render
from tests.builders import header_of, viewer_request_event
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.rules import check_viewer_request_result


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, FR-CA ; Q=0.7", "fr"),
        ("ja;q=0, nl;q=0.001", "nl"),
        ("fi, sv;q=0.8, da;q=0.9", "da"),
        ("*", "en"),
        ("zh-CN,zh", "en"),
        ("it;q=2, es;q=0.1", "es"),
        ("pt;q=nan, ja;q=1.0001, de;q=\u0661", "en"),
        ("pt-BR;", "pt"),
    ],
)
def test_the_language_is_the_one_that_the_visitor_wants_most(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@given(
    st.text() | st.lists(st.sampled_from([*TEXTS, ";", "q=", "0.5", ",", "*", "-", " ", "\0"])).map("".join)
)
def test_any_accept_language_gets_a_whole_page_that_names_no_other_place(accepted: str) -> None:
    response = generated_response.unavailable(("a=1",), accepted)

    page = response["body"]
    language = header_of(response, "content-language")
    assert language in TEXTS
    assert f'<html lang="{language}">' in page
    assert all(text in page for text in TEXTS[language][:2])
    assert not re.search(r"https?:|//|src=|url\(|@import|<script|\{\}", page)
    assert header_of(response, "cache-control") == "no-cache, no-store, must-revalidate, max-age=0"
    assert check_viewer_request_result(response, {"headers": {}})


@pytest.mark.parametrize("language", TEXTS)
def test_each_page_is_a_tenth_of_what_cloudfront_takes_and_loads_again_as_retry_after_says(
    language: str,
) -> None:
    response = generated_response.unavailable((), language)

    seconds = header_of(response, "retry-after")
    assert f'<meta http-equiv="refresh" content="{seconds}">' in response["body"]
    assert f"<b>{seconds}</b>" in response["body"]
    assert len(b64encode(response["body"].encode())) < Rule.RESPONSE_SIZE.limit / 10


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    page, _, policy = render("en", 30)

    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"


def test_the_language_comes_from_all_lines_of_the_header() -> None:
    event = viewer_request_event(headers=[("Accept-Language", "fi"), ("accept-language", "sv")])

    assert header_of(fail_closed(event), "content-language") == "sv"


@pytest.mark.parametrize("lines", [None, "de", {}, [None], [{}], [{"value": None}], [{"value": 5}], 7])
def test_a_strange_event_gets_the_page_all_the_same(lines: Any) -> None:
    event = viewer_request_event()
    event["Records"][0]["cf"]["request"]["headers"]["accept-language"] = lines

    assert fail_closed(event)["status"] == "503"
    assert fail_closed({})["status"] == "503"
