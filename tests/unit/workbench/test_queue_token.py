"""The token that the sample waiting room mints."""

import pytest

from tests.builders import mac
from workbench.queue_token import add_queue_token, mint_queue_token

SECRET = "fake-secret-key-for-tests"
QUEUE_ID = "a64e4ed6-6b36-4b8d-9a2f-3a3f2f1c0a11"


def test_a_token_names_its_room_and_visitor_and_ends_with_the_mac_of_the_rest() -> None:
    token = mint_queue_token(SECRET, "sale", queue_id=QUEUE_ID, expires_at=1_700_000_000)
    unsigned = f"e_sale~q_{QUEUE_ID}~ts_1700000000~ce_true~rt_queue"
    assert token == f"{unsigned}~h_{mac(unsigned, SECRET)}"


def test_a_token_without_a_queue_id_leaves_the_field_out() -> None:
    token = mint_queue_token(SECRET, "sale", expires_at=1_700_000_000, redirect_type="safetynet")
    assert token.startswith("e_sale~ts_1700000000~ce_true~rt_safetynet~h_")


def test_a_fixed_validity_and_an_address_come_before_the_hash() -> None:
    token = mint_queue_token(
        SECRET,
        "sale",
        queue_id=QUEUE_ID,
        expires_at=1_700_000_000,
        extendable=False,
        validity_minutes=3,
        client_ip="203.0.113.7",
    )
    assert f"~ce_false~cv_3~rt_queue~hip_{mac('203.0.113.7', SECRET)}~h_" in token


@pytest.mark.parametrize(
    ("event_id", "redirect_type"),
    [("two_words", "queue"), ("til~de", "queue"), ("", "queue"), ("sale", "a_b")],
)
def test_a_value_that_would_break_the_format_is_refused(event_id: str, redirect_type: str) -> None:
    with pytest.raises(ValueError, match="queue token field"):
        mint_queue_token(SECRET, event_id, expires_at=1_700_000_000, redirect_type=redirect_type)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/tickets", "https://shop.example/tickets?queueittoken=T"),
        ("https://shop.example/tickets?", "https://shop.example/tickets?queueittoken=T"),
        ("https://shop.example/tickets?a=1", "https://shop.example/tickets?a=1&queueittoken=T"),
        ("https://shop.example/tickets?a=1&", "https://shop.example/tickets?a=1&queueittoken=T"),
        ("https://shop.example/tickets?a=1#row", "https://shop.example/tickets?a=1&queueittoken=T#row"),
        ("https://shop.example/#what?", "https://shop.example/?queueittoken=T#what?"),
    ],
)
def test_the_token_is_added_to_the_query_with_the_right_separator(url: str, expected: str) -> None:
    assert add_queue_token(url, "T") == expected
