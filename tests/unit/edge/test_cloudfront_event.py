"""CloudFront's event as the engine sees it (protocol section 8)."""

from base64 import b64encode
from typing import Any

import pytest

from edge.cloudfront_event import to_request
from queueit.request import Request
from tests.builders import viewer_request_event


def request_of(*arguments: Any, **properties: Any) -> Request:
    """The engine's request of an event with these properties."""
    return to_request(viewer_request_event(*arguments, **properties)["Records"][0]["cf"]["request"])


def body(data: Any, encoding: str = "base64", *, truncated: bool = False) -> dict[str, Any]:
    return {"inputTruncated": truncated, "action": "read-only", "encoding": encoding, "data": data}


@pytest.mark.parametrize(("query", "end"), [("d=%2F&e", "?d=%2F&e"), ("", "")])
def test_the_url_is_https_with_host_header_raw_path_and_query(query: str, end: str) -> None:
    assert request_of("/a%20b//c", query).url.text == f"https://shop.example.com/a%20b//c{end}"


def test_method_and_client_address_are_taken_over() -> None:
    request = request_of(method="DELETE", client_ip="2001:db8::1")

    assert (request.method, request.client_ip) == ("DELETE", "2001:db8::1")


def test_several_cookie_lines_are_one() -> None:
    request = request_of(headers=[("Cookie", "a=1; b=2"), ("cookie", "a=3"), ("COOKIE", "c=4")])

    assert request.header("cookie") == "a=1; b=2; a=3; c=4"


def test_several_lines_of_another_header_are_joined_by_commas_and_none_are_empty() -> None:
    assert request_of(headers=[("X-A", "1"), ("x-a", "2")]).header("x-a") == "1, 2"
    assert request_of().header("x-a") == ""


def test_a_header_without_a_value_is_empty() -> None:
    headers = {
        "host": [{"key": "Host", "value": "h"}],
        "x-a": [{"key": "X-A", "value": ""}],
        "x-b": [],
        "x-c": [{"key": "X-C", "value": None}],
    }
    request = to_request({"clientIp": "", "headers": headers, "method": "GET", "querystring": "", "uri": "/"})

    assert [request.header(name) for name in ("x-a", "x-b", "x-c")] == ["", "", ""]


@pytest.mark.parametrize("name", ["querystring", "clientIp"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_property_that_is_missing_or_empty_is_empty(name: str, value: str | None) -> None:
    document = viewer_request_event("/a", "b")["Records"][0]["cf"]["request"]
    document.pop(name) if value is None else document.update({name: value})
    request = to_request(document)

    assert {"querystring": request.query, "clientIp": request.client_ip}[name] == ""


def test_a_request_without_a_host_has_a_url_all_the_same() -> None:
    document = viewer_request_event("/a")["Records"][0]["cf"]["request"]
    del document["headers"]["host"]

    assert to_request(document).url.text == "https:///a"


class TestBody:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            (body(b64encode("é=🎟".encode()).decode()), "é=🎟"),
            (body(b64encode(b"a\xffb").decode()), "a\ufffdb"),  # what is not UTF-8 is replaced
            (body(b64encode(b"abc").decode(), truncated=True), "abc"),
            *[(body(data), "") for data in ("YQ", "Y", "é", "\ud800", "=====")],  # broken base64
            *[(body(data), "") for data in ("", None)],
            (None, ""),  # without include_body there is none
            (body("a=b", "text"), "a=b"),
        ],
    )
    def test_it_is_the_text_that_cloudfront_hands_over_and_empty_where_that_is_none(
        self, sent: Any, read: str
    ) -> None:
        assert request_of(body=sent).body == read
