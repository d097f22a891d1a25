"""What is taken out of a request, and the URL without the token to the byte (protocol sections 2, 3 and 7)."""

from time import process_time

import pytest

from queueit.request import Request
from queueit.session_cookie import NAME_PREFIX
from queueit.url_forms import Url
from tests.unit.queueit.visits import visit

PAGE = "https://shop.example.com/tickets"


class TestUrl:
    @pytest.mark.parametrize(
        ("text", "host", "path"),
        [
            ("https://shop.example.com/a/b?c=d#e", "shop.example.com", "/a/b"),
            ("https://shop.example.com:8443", "shop.example.com:8443", ""),
            ("https://user@shop.example.com/", "user@shop.example.com", "/"),
            ("https://shop.example.com?x/y", "shop.example.com", ""),
            ("https://shop.example.com//a?b?c", "shop.example.com", "//a"),
            ("//host/a", "host", "/a"),
            ("no url", "", "no url"),
            ("", "", ""),
            ("https:///a", "", "/a"),
            ("https://h/a\nb", "h", "/a\nb"),
        ],
    )
    def test_the_parts_are_those_of_rfc_3986_appendix_b(self, text: str, host: str, path: str) -> None:
        url = Url(text)

        assert (url.text, url.host, url.path) == (text, host, path)

    def test_each_part_has_its_upper_cased_form(self) -> None:
        url = Url("https://Shop.example/straße")

        assert (url.text_upper, url.host_upper, url.path_upper) == (
            "HTTPS://SHOP.EXAMPLE/STRASSE",
            "SHOP.EXAMPLE",
            "/STRASSE",
        )


class TestUrlWithoutTheToken:
    @pytest.mark.parametrize(
        ("query", "rest"),
        [
            ("queueittoken=x", ""),
            ("queueittoken", ""),
            ("queueittoken=", ""),
            ("queueittoken=x=y", ""),
            ("a=1&queueittoken=x", "a=1"),
            ("queueittoken=x&a=1", "a=1"),
            ("a=1&queueittoken=x&b=2", "a=1&b=2"),
            ("QueueITToken=x&a=1", "a=1"),
            ("queueittoken=x&a=1&queueittoken=y&QUEUEITTOKEN=z", "a=1"),
            ("queueittoken=x&", ""),
            ("&queueittoken=x", ""),
            ("queueittoken=x;a=1", "a=1"),
            ("b=2&queueittoken=;a=1;c=3&d=4", "b=2&a=1;c=3&d=4"),
            ("queueittoken=x;", ""),
        ],
    )
    def test_every_segment_named_queueittoken_is_cut_and_leaves_no_stray_mark(
        self, query: str, rest: str
    ) -> None:
        request = visit(f"{PAGE}?{query}")

        assert request.has_query_token
        assert request.query_without_token == rest
        assert request.url.text == (f"{PAGE}?{rest}" if rest else PAGE)

    @pytest.mark.parametrize(
        "rest",
        [
            "b=2&a=1&a=1",
            "a=%2f%2F&b=+%20+&c=%c3%A9",
            "a&&b=&=c&==",
            "q=?/?&x=a;b,c",
            "a=é🎟",
            "a=%",
            "a=\udcff",
            "notqueueittoken=1&queueittokens=2&queueittoken%3D=3&x=queueittoken=4",
            "queueit%74oken=1",
            " queueittoken=1",
        ],
    )
    def test_the_rest_keeps_its_order_bytes_and_encoding(self, rest: str) -> None:
        assert visit(f"{PAGE}?queueittoken=x&{rest}").query_without_token == rest
        assert visit(f"{PAGE}?{rest}&queueittoken=x").query_without_token == rest

    @pytest.mark.parametrize("query", ["", "a=1", "x=queueittoken", "queueittokens=1", "aqueueittoken=1&"])
    def test_a_query_without_a_token_is_left_as_it_is(self, query: str) -> None:
        request = visit(f"{PAGE}?{query}")

        assert not request.has_query_token
        assert request.query_without_token == query

    def test_the_url_is_that_of_host_header_path_and_query(self) -> None:
        assert visit("https://SHOP.example:8443/a//b?c=d").url.text == "https://SHOP.example:8443/a//b?c=d"


class TestToken:
    @staticmethod
    def text_of(request: Request) -> str | None:
        token = request.token()
        return token.text if token else None

    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ("queueittoken=e_a~h_b", "e_a~h_b"),
            ("a=1&QueueItToken=e_a~h_b", "e_a~h_b"),
            ("queueittoken=e%5Fa%7Eh_b", "e_a~h_b"),
            ("queueittoken=a+b", "a+b"),
            ("queueittoken=a=b", "a=b"),
            ("queueittoken=first&queueittoken=second", "first"),
            ("queueittoken=&queueittoken=second", "second"),
            ("queueittoken=%&queueittoken=second", "second"),
        ],
    )
    def test_it_is_read_from_the_query_string(self, query: str, text: str) -> None:
        assert self.text_of(visit(f"{PAGE}?{query}")) == text

    def test_without_one_in_the_query_string_it_is_read_from_the_header(self) -> None:
        assert self.text_of(visit(headers={"x-queueittoken": "from-header"})) == "from-header"

    def test_the_one_in_the_query_string_comes_first(self) -> None:
        request = visit(f"{PAGE}?queueittoken=from-query", headers={"x-queueittoken": "from-header"})

        assert self.text_of(request) == "from-query"

    @pytest.mark.parametrize("query", ["queueittoken=", "queueittoken", "queueittoken=%FF", "queueittoken=%"])
    def test_one_that_cannot_be_read_counts_as_absent(self, query: str) -> None:
        assert self.text_of(visit(f"{PAGE}?{query}")) is None
        assert self.text_of(visit(f"{PAGE}?{query}", headers={"x-queueittoken": "t"})) == "t"

    @pytest.mark.parametrize("place", ["query", "header"])
    def test_stricter_a_token_over_4096_characters_counts_as_absent(self, place: str) -> None:
        longest, longer = "x" * 4096, "x" * 4097
        if place == "query":
            requests = [visit(f"{PAGE}?queueittoken={text}") for text in (longest, longer)]
        else:
            requests = [visit(headers={"x-queueittoken": text}) for text in (longest, longer)]

        assert list(map(self.text_of, requests)) == [longest, None]


class TestCookies:
    def test_all_values_of_a_session_cookie_are_given_as_sent(self) -> None:
        name = f"{NAME_PREFIX}room"

        assert visit(cookie=f"{name}=1; {name} = ; b=2;{name}=%3D").session_cookies == {
            name: ["1", "", "%3D"]
        }

    @pytest.mark.parametrize(
        ("cookie", "value"),
        [("a=%C3%A9; a=2", "é"), ("a=%", "%"), ("a=%FF", "%FF"), ("b=1", ""), ("", ""), ("a=", "")],
    )
    def test_a_trigger_sees_the_first_one_decoded_where_it_can_be(self, cookie: str, value: str) -> None:
        assert visit(cookie=cookie).cookie("a") == value

    def test_the_header_is_read_and_each_cookie_decoded_once_however_many_triggers_ask(self) -> None:
        asked: list[str] = []

        def header(name: str) -> str:
            asked.append(name)
            return f"a=%41%42; b=%43%44; {NAME_PREFIX}room=1" if name == "cookie" else ""

        request = Request(
            method="GET", host="h", path="/", query="", client_ip="", header=header, body=lambda: ""
        )
        values = [(request.cookie("a"), request.cookie("b"), request.cookie("c")) for _ in range(3)]

        assert values == [("AB", "CD", "")] * 3
        assert len({id(value) for triple in values for value in triple[:2]}) == 2
        assert request.session_cookies == request.session_cookies == {f"{NAME_PREFIX}room": ["1"]}
        assert asked.count("cookie") == 1

    def test_a_large_cookie_header_costs_a_thousand_trigger_parts_little_more_than_one(self) -> None:
        request = visit(cookie="; ".join([f"a{number}=%41%42" for number in range(1500)]))

        assert request.cookie("a7") == "AB"
        began = process_time()
        for _ in range(1000):
            request.cookie("a7")
        assert process_time() - began < 0.05


def test_the_page_of_an_ajax_call_is_that_of_its_header() -> None:
    assert visit(headers={"x-queueit-ajaxpageurl": "https%3A%2F%2Fx"}).ajax_page_url == "https%3A%2F%2Fx"
    assert visit().ajax_page_url == ""


def test_nothing_is_read_before_something_asks_for_it() -> None:
    asked: list[str] = []

    def header(name: str) -> str:
        asked.append(name)
        return ""

    def body() -> str:
        asked.append("body")
        return ""

    request = Request(method="GET", host="h", path="/", query="a=1", client_ip="", header=header, body=body)

    assert not asked
    assert request.body == ""
    assert request.token() is None
    assert asked == ["body", "x-queueittoken"]
