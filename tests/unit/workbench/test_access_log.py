"""The line that the local edge's access log has for a request."""

import re

from workbench.local_edge.access_log import access_line
from workbench.local_edge.request_log import Exchange
from workbench.local_edge.viewer_event import HeaderLines, ViewerRequest

COMBINED = re.compile(r'(\S+) - - \[([^]]+)\] "([^"]*)" (\d{3}) (\S+) "([^"]*)" "([^"]*)"')


def exchange(uri: str = "/tickets", querystring: str = "", headers: HeaderLines | None = None) -> Exchange:
    request = ViewerRequest("id", "192.0.2.1", "GET", uri, querystring, headers or [], b"")
    return Exchange(request, 1_790_000_000.25, 3.5, 302, 0, "")


def fields(of: Exchange) -> tuple[str, ...]:
    match = COMBINED.fullmatch(access_line(of))
    assert match
    return match.groups()


def test_a_request_is_a_line_of_the_combined_format() -> None:
    asked = exchange(
        querystring="a=1", headers=[("User-Agent", "curl/8"), ("Referer", "https://example.com/")]
    )

    assert fields(asked._replace(size=120)) == (
        "192.0.2.1",
        "21/Sep/2026:14:13:20 +0000",
        "GET /tickets?a=1 HTTP/1.1",
        "302",
        "120",
        "https://example.com/",
        "curl/8",
    )


def test_what_is_not_known_is_a_hyphen() -> None:
    assert fields(exchange()._replace(request=None)) == (
        "-",
        "21/Sep/2026:14:13:20 +0000",
        "-",
        "302",
        "-",
        "-",
        "-",
    )


def test_nothing_that_a_visitor_sends_ends_a_field_or_the_line() -> None:
    asked = exchange(uri='/"\\é', headers=[("User-Agent", 'a"\r\n"b\x1b')])

    assert fields(asked)[2] == r"GET /\x22\x5C\xC3\xA9 HTTP/1.1"
    assert fields(asked)[6] == r"a\x22\x0D\x0A\x22b\x1B"
