"""Responses that viewer-request makes: complete, not cached, in the shape and size that CloudFront takes."""

from typing import Any

import pytest

from edge import generated_response
from tests.builders import header_of
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.rules import check_viewer_request_result

URL = "https://example.queue-it.net/?c=example&t=https%3A%2F%2Fx"
NOT_CACHED = {
    "Cache-Control": "no-cache, no-store, must-revalidate, max-age=0",
    "Pragma": "no-cache",
    "Expires": "Fri, 01 Jan 1990 00:00:00 GMT",
}
ALL = [
    generated_response.redirect(URL, ("a=1",)),
    generated_response.ajax_redirect(URL, ("a=1",)),
    generated_response.unavailable(),
]


@pytest.mark.parametrize("response", ALL)
def test_each_is_of_cloudfronts_shape_names_the_connector_and_is_not_to_be_cached(
    response: dict[str, Any],
) -> None:
    assert {type(response["status"]), type(response["statusDescription"])} == {str}
    for name, lines in response["headers"].items():
        assert name == name.lower()
        for line in lines:
            assert set(line) == {"key", "value"}
            assert line["key"].lower() == name
    assert header_of(response, "x-queueit-connector") == "cloudfront"
    assert {name: header_of(response, name) for name in NOT_CACHED} == NOT_CACHED
    assert check_viewer_request_result(response, {"headers": {}})


def test_a_page_request_is_redirected_with_302() -> None:
    response = generated_response.redirect(URL, ())

    assert (response["status"], response["statusDescription"]) == ("302", "Found")
    assert header_of(response, "location") == URL
    assert "set-cookie" not in response["headers"]
    assert "body" not in response


def test_no_control_character_reaches_the_location() -> None:
    response = generated_response.redirect("https://x/\r\nSet-Cookie: a=1\0é", ())

    assert header_of(response, "location") == "https://x/%0D%0ASet-Cookie:%20a=1%00%C3%A9"


def test_an_ajax_call_gets_200_and_the_encoded_url_in_a_header_that_scripts_may_read() -> None:
    response = generated_response.ajax_redirect("https://x/?a=!'()*", ())

    assert (response["status"], response["statusDescription"]) == ("200", "OK")
    assert header_of(response, "x-queueit-redirect") == "https%3A%2F%2Fx%2F%3Fa%3D%21%27%28%29%2a"
    assert "x-queueit-redirect" in str(header_of(response, "access-control-expose-headers"))
    assert "location" not in response["headers"]
    assert "body" not in response


@pytest.mark.parametrize("make", [generated_response.redirect, generated_response.ajax_redirect])
def test_cookies_are_one_line_each(make: Any) -> None:
    assert make(URL, ("a=1", "b=2"))["headers"]["set-cookie"] == [
        {"key": "Set-Cookie", "value": "a=1"},
        {"key": "Set-Cookie", "value": "b=2"},
    ]


def test_failing_closed_is_503_with_retry_after_and_a_small_page() -> None:
    response = generated_response.unavailable()

    assert (response["status"], response["statusDescription"]) == ("503", "Service Unavailable")
    assert header_of(response, "retry-after") == "30"
    assert header_of(response, "content-type") == "text/html; charset=utf-8"
    assert header_of(response, "x-queueit-failed") == "true"
    assert response["body"].startswith("<!doctype html>")
    assert header_of(response, "vary") == "Accept-Language"


@pytest.mark.parametrize("make", [generated_response.redirect, generated_response.ajax_redirect])
def test_the_longest_redirect_with_any_number_of_cookies_stays_below_40_kb(make: Any) -> None:
    longest = "https://x/?" + "%41" * (20_000 // 3)  # what encoding once more makes longest
    cookies = tuple(
        [f"QueueITAccepted-SDFrts345E-V3_{number}=; Path=/" + "; x" * 60 for number in range(500)]
    )
    response = make(longest, cookies)
    size = sum(
        [
            len(line["key"]) + len(line["value"]) + 4
            for lines in response["headers"].values()
            for line in lines
        ]
    )

    assert size < Rule.RESPONSE_SIZE.limit == 40 * 1024
    assert check_viewer_request_result(response, {"headers": {}})
    kept = [line["value"] for line in response["headers"]["set-cookie"]]
    assert kept == list(cookies[: len(kept)])
    assert len(kept) > 20


def test_the_first_cookie_is_never_left_out() -> None:
    long = "a=" + "x" * 7_000

    assert generated_response.redirect(URL, (long, "b=2"))["headers"]["set-cookie"] == [
        {"key": "Set-Cookie", "value": long}
    ]


def test_a_response_can_be_changed_without_changing_the_next() -> None:
    generated_response.unavailable()["headers"]["x-more"] = [{"key": "x-more", "value": "1"}]

    assert "x-more" not in generated_response.unavailable()["headers"]
