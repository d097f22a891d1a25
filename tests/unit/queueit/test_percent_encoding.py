"""Percent-encoding as encodeURIComponent, decodeURIComponent and the platform's `enc` do it (protocol section 6)."""

from urllib.parse import quote

import pytest

from queueit.percent_encoding import (
    decode_uri_component,
    encode_for_header,
    encode_query_value,
    encode_uri_component,
)

ASCII = "".join(map(chr, range(0x80)))
BEYOND_ASCII = "é€\u07ff\u0800\uffff\U00010000\U0010ffff🎟"


def test_encode_uri_component_keeps_what_javascript_keeps() -> None:
    assert encode_uri_component(ASCII) == quote(ASCII, safe="-_.!~*'()")


def test_encode_query_value_also_encodes_five_marks_the_last_in_lower_case() -> None:
    assert encode_query_value("!'()*") == "%21%27%28%29%2a"
    assert encode_query_value(ASCII) == quote(ASCII, safe="-_.~").replace("%2A", "%2a")


def test_both_encode_other_characters_as_utf_8() -> None:
    assert encode_uri_component(BEYOND_ASCII) == quote(BEYOND_ASCII)
    assert encode_query_value(BEYOND_ASCII) == quote(BEYOND_ASCII)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc00\ud800"])
def test_an_unencodable_string_gives_the_empty_string(text: str) -> None:
    assert encode_uri_component(text) == ""
    assert encode_query_value(text) == ""


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("", ""),
        ("a+b", "a+b"),
        ("%61%62c", "abc"),
        ("%3D%26%3d%26", "=&=&"),
        ("%C3%A9%e2%82%ac", "é€"),
        ("%F0%9F%8E%9F", "🎟"),
        ("é%20€", "é €"),
        ("%00%0A", "\0\n"),
        ("%253D", "%3D"),
        ("%2526", "%26"),
        ("%25%33%44", "%3D"),
        ("%25%32%36", "%26"),
    ],
)
def test_escapes_are_decoded_once(text: str, decoded: str) -> None:
    assert decode_uri_component(text) == decoded


BROKEN = ("%", "%4", "%zz", "%%3D", "%4%3D", "%u0041", "a%", "%-1", "%٣٣")
NO_UTF_8 = ("%FF", "%C3", "%C3a", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "%C3%41")


@pytest.mark.parametrize("text", [*BROKEN, *NO_UTF_8])
def test_a_broken_escape_and_bytes_that_are_not_utf_8_decode_to_nothing(text: str) -> None:
    assert decode_uri_component(text) is None


def test_a_url_that_fits_a_header_is_left_as_it_is() -> None:
    url = "https://shop.example.com/a%20b?q=(1)'!*#~|"
    assert encode_for_header(url) is url


@pytest.mark.parametrize(
    ("url", "encoded"),
    [
        ("/a b", "/a%20b"),
        ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1"),
        ("/\0\t\x7f", "/%00%09%7F"),
        ("/é🎟", "/%C3%A9%F0%9F%8E%9F"),
        ("/\ud800", "/%EF%BF%BD"),
    ],
)
def test_everything_but_visible_ascii_is_encoded_for_a_header(url: str, encoded: str) -> None:
    assert encode_for_header(url) == encoded
