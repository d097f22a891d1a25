"""The enqueue token: what is in it, read by a reader of its own, and that no text is too strange for it."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueit.enqueue_token import MAX_ADDRESS_LENGTH, enqueue_key, enqueue_token
from workbench.enqueue_token import read_enqueue_token

SECRET = "an-obviously-fake-secret"
SIGNING = enqueue_key(SECRET.encode())
TOKEN_ID = "11111111-2222-4333-8444-555555555555"
KEY = "66666666-7777-4888-9999-000000000000"
ISSUED_AT_MS = 1_790_000_000_125
PLAIN: dict[str, Any] = {"issued_at_ms": ISSUED_AT_MS, "token_id": TOKEN_ID, "validity_ms": 240_000}


def header_text(token: str) -> str:
    part = token.partition(".")[0]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def test_the_header_names_its_keys_in_the_order_of_the_protocol() -> None:
    token = enqueue_token(
        "acme", "spring", SIGNING, **PLAIN, client_ip="203.0.113.7", forwarded_for="198.51.100.1, 10.0.0.1"
    )
    assert header_text(token) == (
        '{"typ":"QT1","enc":"AES256","iss":1790000000125,"exp":1790000240125,'
        f'"ti":"{TOKEN_ID}","c":"acme","e":"spring","ip":"203.0.113.7","xff":"198.51.100.1, 10.0.0.1"}}'
    )


def test_what_is_empty_is_left_out() -> None:
    token = enqueue_token("acme", "spring", SIGNING, **PLAIN)
    assert [*json.loads(header_text(token))] == ["typ", "enc", "iss", "exp", "ti", "c", "e"]
    read = read_enqueue_token(token, SECRET)
    assert (read.key, read.origin) == ("", "Connector")


def test_the_payload_holds_the_key_encrypted() -> None:
    token = enqueue_token("acme", "spring", SIGNING, **PLAIN, key=KEY)
    read = read_enqueue_token(token, SECRET)
    assert (read.key, read.origin) == (KEY, "Connector")
    assert KEY not in header_text(token)


def test_a_token_fits_into_a_url_unencoded() -> None:
    token = enqueue_token("acme", "spring", SIGNING, **PLAIN, forwarded_for="é?~€ü", key=KEY)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert token.count(".") == 2


@pytest.mark.parametrize("name", ["client_ip", "forwarded_for"])
def test_an_overlong_address_is_absent(name: str) -> None:
    def token(**address: Any) -> str:
        return enqueue_token("a", "e", SIGNING, **PLAIN, **address)

    longest = "1" * MAX_ADDRESS_LENGTH
    assert getattr(read_enqueue_token(token(**{name: longest}), SECRET), name) == longest
    assert token(**{name: f"{longest}1"}) == token()


def test_each_token_id_encrypts_the_same_payload_another_way() -> None:
    one = enqueue_token("acme", "spring", SIGNING, **PLAIN, key=KEY)
    other = enqueue_token("acme", "spring", SIGNING, **{**PLAIN, "token_id": KEY}, key=KEY)
    assert one.split(".")[1] != other.split(".")[1]


texts = st.text(st.characters(codec=None))  # lone surrogates included


@given(
    customer_id=texts,
    event_id=texts,
    token_id=texts,
    client_ip=texts,
    forwarded_for=texts,
    key=texts,
    secret=st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_whatever_goes_in_comes_out_of_the_reader(
    customer_id: str, event_id: str, token_id: str, client_ip: str, forwarded_for: str, key: str, secret: str
) -> None:
    token = enqueue_token(
        customer_id,
        event_id,
        enqueue_key(secret.encode()),
        issued_at_ms=ISSUED_AT_MS,
        token_id=token_id,
        validity_ms=30_000,
        client_ip=client_ip,
        forwarded_for=forwarded_for,
        key=key,
    )
    read = read_enqueue_token(token, secret)

    def joined(text: str) -> str:  # a JSON reader takes a pair of surrogates for the character it encodes
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    assert read.customer_id == joined(customer_id)
    assert read.event_id == joined(event_id)
    assert read.token_id == joined(token_id)
    assert read.client_ip == joined(client_ip)
    assert read.forwarded_for == joined(forwarded_for)
    assert read.key == joined(key)
    assert (read.issued_at_ms, read.expires_at_ms) == (ISSUED_AT_MS, ISSUED_AT_MS + 30_000)


def test_a_key_that_is_shown_keeps_its_secret() -> None:
    assert SECRET not in repr(SIGNING)
