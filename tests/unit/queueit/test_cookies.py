"""Cookies in a request, and Set-Cookie values for the response (protocol section 4)."""

from email.utils import formatdate

import pytest

from queueit.cookies import COOKIE_NAME, cookie_attributes, http_date, parse_cookies


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("", []),
        ("a=1", ["1"]),
        ("b=2; a=1; c=3", ["1"]),
        ("a=1;a=2;  a = 3 ", ["1", "2", "3"]),
        ("a=", [""]),
        ("a", []),
        ("aa=1; ba=2", []),
        ("A=1", []),
        ("a=x=y==", ["x=y=="]),
        ('a="1"', ['"1"']),
        ("; ;=;a=1;", ["1"]),
        ("b=a=1", []),
        ("\0a=1", []),
    ],
)
def test_all_values_of_a_name_are_found_in_the_order_sent(header: str, values: list[str]) -> None:
    assert parse_cookies(header).get("a", []) == values


@pytest.mark.parametrize("seconds", [0, 1, 951_782_400, 1_790_000_000, 4_102_444_799])
def test_dates_are_those_of_http(seconds: int) -> None:
    assert http_date(seconds) == formatdate(seconds, usegmt=True)


def test_a_cookie_without_attributes_has_path_and_expiry_alone() -> None:
    assert cookie_attributes().set_cookie("n", "v", 86_400) == (
        "n=v; Path=/; Expires=Fri, 02 Jan 1970 00:00:00 GMT"
    )


def test_attributes_come_in_the_order_domain_http_only_secure_same_site() -> None:
    attributes = cookie_attributes(".example.com", http_only=True, secure=True, same_site="None")

    assert attributes.set_cookie("n", "v", 0) == (
        "n=v; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        "; Domain=.example.com; HttpOnly; Secure; SameSite=None"
    )


@pytest.mark.parametrize("name", ["tickets", "a.b-c_d~1", "#!$'*+^`|"])
def test_a_token_of_rfc_6265_can_be_a_cookies_name(name: str) -> None:
    assert COOKIE_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a;b", "a%20", "é", "a\n", '"a"', "a,b", "(a)", "a&b"])
def test_anything_else_cannot_be_a_cookies_name(name: str) -> None:
    assert COOKIE_NAME.fullmatch(name) is None
