"""URL normalization, step by step (protocol section 9)."""

import time

import pytest

from queueit.url_normalization import normalize_url

HOST = "https://shop.example.com"


@pytest.mark.parametrize(
    ("path", "normalized"),
    [
        ("/a\\b", "/a/b"),
        ("\\a", "/a"),
        ("//a///b", "/a/b"),
        ("/a?b=http://c//d", "/a?b=http://c/d"),
        ("/%74ickets", "/tickets"),
        ("/%2D%2e%5F%7e", "/-._~"),
        ("/%7a%5A%39", "/zZ9"),
        ("/a%2fb%3f", "/a%2Fb%3F"),
        ("/%2574", "/%2574"),
        ("/a b|c", "/a%20b%7Cc"),
        ("/é€🎟", "/%C3%A9%E2%82%AC%F0%9F%8E%9F"),
        ("/%c3%a9", "/%C3%A9"),
        ("/%zz%", "/%zz%"),
        ('/"<>^`{}', "/%22%3C%3E%5E%60%7B%7D"),
        ("/[]@!$&'()*+,;=:", "/[]@!$&'()*+,;=:"),
        ("/a?b=c d%20e", "/a?b=c+d+e"),
        ("/a%20b", "/a%20b"),
        ("/a#b%20c", "/a#b%20c"),
        # dot segments go from the path alone
        ("/./a", "/a"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/../../a", "/a"),
        ("/a/b/..", "/a/"),
        ("/a/b/.", "/a/b/"),
        ("/..", "/"),
        ("/a/%2e%2E/b", "/b"),
        ("/a/.%2e/b", "/b"),
        ("/a\\..\\b", "/b"),
        ("/a/...", "/a/..."),
        ("/.a/..b", "/.a/..b"),
        ("/a/b/c/../../d", "/a/d"),
        ("/a//../b", "/b"),
        ("/a/../b?c=/../d/./e#/../f", "/b?c=/../d/./e#/../f"),
        # an empty path becomes a slash
        *[(rest, f"/{rest}") for rest in ("", "?a=1", "#a")],
        # stricter: no string makes it fail
        ("/\ud800", "/%EF%BF%BD"),
        ("/\udfff\ud800a", "/%EF%BF%BD%EF%BF%BDa"),
        ("/\U0010ffff", "/%F4%8F%BF%BF"),
    ],
)
def test_each_spelling_is_normalized_to_one_form(path: str, normalized: str) -> None:
    assert normalize_url(HOST + path) == HOST + normalized


@pytest.mark.parametrize(
    "url", [f"{HOST}/", f"{HOST}/a/b.html", f"{HOST}/a?b=c&d=e", "https://user@h:8443/a", f"{HOST}/a:b/c~d"]
)
def test_a_url_that_is_normal_already_is_given_back_itself(url: str) -> None:
    assert normalize_url(url) is url


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        ("", ""),
        ("  ", ""),
        ("shop.example.com/../a", "shop.example.com/a"),
        ("shop.example.com", "shop.example.com/"),
        ("/../a", "/a"),
        ("../a", "a"),
        ("./a/./b", "a/b"),
        (".", ""),
        ("a", "a"),
        *[(f"{space}{HOST}/a{space}", f"{HOST}/a") for space in (" ", "\t\r\n", "\u00a0\ufeff", "\u2028")],
    ],
)
def test_white_space_at_the_ends_goes_and_text_that_is_no_absolute_url_has_a_normal_form_too(
    url: str, normalized: str
) -> None:
    assert normalize_url(url) == normalized


@pytest.mark.parametrize("piece", ["/..", "/a/..", "//", "%", "%2e", "\\", "../", "é", "/./", ":/"])
def test_the_time_it_takes_grows_with_the_length_alone(piece: str) -> None:
    url = HOST + piece * (32_768 // len(piece))
    started_at = time.process_time()
    normalize_url(url)

    assert time.process_time() - started_at < 1  # seconds; milliseconds unless it were quadratic
