"""The URLs that visitors are sent to, to the byte (protocol section 6)."""

import pytest

from queueit import __version__
from queueit.redirect_urls import MAX_LENGTH, base_url, cancel_url, error_url, query, queue_url
from tests.builders import GUID, NOW

BASE = "https://example.queue-it.net/"
SHARED = f"c=example&e=tickets&ver=cloudfront-python-{__version__}&cver=7&man=Tickets"
SUFFIX = f"&kupver=cloudfront-{__version__}"


@pytest.mark.parametrize(
    ("domain", "prefix", "base"),
    [
        ("example.queue-it.net", "", BASE),
        ("example.queue-it.net/", "", BASE),
        ("example.queue-it.net", "/", BASE),
        ("example.queue-it.net", "room", f"{BASE}room/"),
        ("example.queue-it.net/", "/room/", f"{BASE}room/"),
        ("example.queue-it.net", "//a/b//", f"{BASE}a/b/"),
        ("wait.example.com:8443", "a", "https://wait.example.com:8443/a/"),
    ],
)
def test_the_base_has_domain_and_prefix_with_single_slashes(domain: str, prefix: str, base: str) -> None:
    assert base_url(domain, prefix) == base


class TestQuery:
    def test_its_parameters_come_in_the_order_c_e_ver_cver_man(self) -> None:
        assert query("example", "tickets", 7, "Tickets", culture="", layout="") == SHARED

    def test_culture_and_layout_follow_where_they_are_set(self) -> None:
        assert query("example", "tickets", 7, "Tickets", culture="da-DK", layout="Layout 1") == (
            f"{SHARED}&cid=da-DK&l=Layout%201"
        )

    def test_every_value_is_encoded(self) -> None:
        assert query("a b", "c&d", 7, "e=f!'()*", culture="ø", layout="/?") == (
            f"c=a%20b&e=c%26d&ver=cloudfront-python-{__version__}&cver=7&man=e%3Df%21%27%28%29%2a&cid=%C3%B8&l=%2F%3F"
        )


class TestQueueUrl:
    def test_it_names_the_target_and_the_platform(self) -> None:
        assert queue_url(BASE, SHARED, "https://shop.example.com/a?b=c") == (
            f"{BASE}?{SHARED}&t=https%3A%2F%2Fshop.example.com%2Fa%3Fb%3Dc{SUFFIX}"
        )

    @pytest.mark.parametrize("target", ["", "\ud800"])
    def test_without_a_target_that_can_be_encoded_it_has_no_t(self, target: str) -> None:
        assert queue_url(BASE, SHARED, target) == f"{BASE}?{SHARED}{SUFFIX}"

    def test_one_that_would_be_too_long_goes_without_its_target(self) -> None:
        longest = MAX_LENGTH - len(f"{BASE}?{SHARED}&t={SUFFIX}")

        assert len(queue_url(BASE, SHARED, "x" * longest)) == MAX_LENGTH
        assert queue_url(BASE, SHARED, "x" * (longest + 1)) == f"{BASE}?{SHARED}{SUFFIX}"


class TestErrorUrl:
    def test_it_names_code_token_time_and_target_in_this_order(self) -> None:
        assert error_url(BASE, SHARED, "hash", "", "e_tickets~h_0", "https://x/", NOW) == (
            f"{BASE}error/hash/?{SHARED}&queueittoken=e_tickets~h_0&ts={NOW}&t=https%3A%2F%2Fx%2F{SUFFIX}"
        )

    def test_the_reason_comes_before_the_token(self) -> None:
        assert error_url(BASE, SHARED, "ip", "ip,cip:31,hip:0", "t", "", NOW) == (
            f"{BASE}error/ip/?{SHARED}&icr=ip%2Ccip%3A31%2Chip%3A0&queueittoken=t&ts={NOW}{SUFFIX}"
        )

    def test_without_a_token_it_has_no_queueittoken(self) -> None:
        assert error_url(BASE, SHARED, "connector/sessionstate", "", None, "", NOW) == (
            f"{BASE}error/connector/sessionstate/?{SHARED}&ts={NOW}{SUFFIX}"
        )

    def test_stricter_a_token_is_percent_encoded_and_a_genuine_one_looks_the_same(self) -> None:
        genuine = f"e_tickets~q_{GUID}~ts_{NOW}~ce_true~rt_queue~h_{'0' * 64}"

        assert f"&queueittoken={genuine}&ts=" in error_url(BASE, SHARED, "hash", "", genuine, "", NOW)
        assert "&queueittoken=a%26b%0D%0Ac%3Cd&ts=" in error_url(
            BASE, SHARED, "hash", "", "a&b\r\nc<d", "", NOW
        )

    def test_one_that_would_be_too_long_goes_without_its_target_then_without_its_token(self) -> None:
        both = error_url(BASE, SHARED, "hash", "", "e_a", "x" * MAX_LENGTH, NOW)
        neither = error_url(BASE, SHARED, "hash", "", "é" * 4096, "x" * MAX_LENGTH, NOW)

        assert both == f"{BASE}error/hash/?{SHARED}&queueittoken=e_a&ts={NOW}{SUFFIX}"
        assert neither == f"{BASE}error/hash/?{SHARED}&ts={NOW}{SUFFIX}"


class TestCancelUrl:
    def test_it_lists_the_rooms_with_their_queue_ids(self) -> None:
        url = cancel_url(BASE, "example", ("a", "b", "c"), {"a": GUID, "c": "q 1"}, "https://x/")

        assert url == (f"{BASE}cancel/multiple/example?wrl=a~{GUID}_b_c~q%201&r=https%3A%2F%2Fx%2F{SUFFIX}")

    def test_without_a_target_it_has_no_r(self) -> None:
        assert cancel_url(BASE, "example", ("a",), {}, "") == f"{BASE}cancel/multiple/example?wrl=a{SUFFIX}"

    def test_one_that_would_be_too_long_goes_without_its_target_then_without_the_queue_ids(self) -> None:
        rooms = ("a", "b")

        assert cancel_url(BASE, "example", rooms, {"a": GUID}, "x" * MAX_LENGTH) == (
            f"{BASE}cancel/multiple/example?wrl=a~{GUID}_b{SUFFIX}"
        )
        assert cancel_url(BASE, "example", rooms, {"a": "é" * MAX_LENGTH}, "x" * MAX_LENGTH) == (
            f"{BASE}cancel/multiple/example?wrl=a_b{SUFFIX}"
        )
