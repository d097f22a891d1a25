"""The enqueue token: what is in it, read by a reader of its own, and that no text is too strange for it."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueit.enqueue_token import MAX_ADDRESS_LENGTH, enqueue_token
from workbench.enqueue_token import read_enqueue_token

SECRET = "an-obviously-fake-secret"
TOKEN_ID = "11111111-2222-4333-8444-555555555555"
KEY = "66666666-7777-4888-9999-000000000000"
ISSUED_AT_MS = 1_790_000_000_125
PLAIN: dict[str, Any] = {"issued_at_ms": ISSUED_AT_MS, "token_id": TOKEN_ID, "validity_ms": 240_000}


def header_text(token: str) -> str:
    part = token.partition(".")[0]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def test_the_header_names_its_keys_in_the_order_of_the_protocol() -> None:
    token = enqueue_token(
        "acme", "spring", SECRET, **PLAIN, client_ip="203.0.113.7", forwarded_for="198.51.100.1, 10.0.0.1"
    )
    assert header_text(token) == (
        '{"typ":"QT1","enc":"AES256","iss":1790000000125,"exp":1790000240125,'
        f'"ti":"{TOKEN_ID}","c":"acme","e":"spring","ip":"203.0.113.7","xff":"198.51.100.1, 10.0.0.1"}}'
    )


def test_what_is_empty_is_left_out() -> None:
    token = enqueue_token("acme", "spring", SECRET, **PLAIN)
    assert [*json.loads(header_text(token))] == ["typ", "enc", "iss", "exp", "ti", "c", "e"]
    read = read_enqueue_token(token, SECRET)
    assert (read.key, read.custom_data, read.origin) == ("", {}, "Connector")


def test_the_payload_holds_key_and_custom_data_encrypted() -> None:
    token = enqueue_token("acme", "spring", SECRET, **PLAIN, key=KEY, custom_data={"tier": "gold"})
    read = read_enqueue_token(token, SECRET)
    assert (read.key, read.custom_data, read.origin) == (KEY, {"tier": "gold"}, "Connector")
    assert KEY not in header_text(token)


def test_a_token_fits_into_a_url_unencoded() -> None:
    token = enqueue_token("acme", "spring", SECRET, **PLAIN, forwarded_for="é?~€ü", key=KEY)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert token.count(".") == 2


@pytest.mark.parametrize("name", ["client_ip", "forwarded_for"])
def test_an_overlong_address_is_absent(name: str) -> None:
    def token(**address: Any) -> str:
        return enqueue_token("a", "e", SECRET, **PLAIN, **address)

    longest = "1" * MAX_ADDRESS_LENGTH
    assert getattr(read_enqueue_token(token(**{name: longest}), SECRET), name) == longest
    assert token(**{name: f"{longest}1"}) == token()


def test_each_token_id_encrypts_the_same_payload_another_way() -> None:
    one = enqueue_token("acme", "spring", SECRET, **PLAIN, key=KEY)
    other = enqueue_token("acme", "spring", SECRET, **{**PLAIN, "token_id": KEY}, key=KEY)
    assert one.split(".")[1] != other.split(".")[1]


texts = st.text(st.characters(codec=None))  # lone surrogates included


@given(
    customer_id=texts,
    event_id=texts,
    token_id=texts,
    client_ip=texts,
    forwarded_for=texts,
    key=texts,
    custom_data=st.dictionaries(texts, texts),
    secret=st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_whatever_goes_in_comes_out_of_the_reader(
    customer_id: str,
    event_id: str,
    token_id: str,
    client_ip: str,
    forwarded_for: str,
    key: str,
    custom_data: dict[str, str],
    secret: str,
) -> None:
    token = enqueue_token(
        customer_id,
        event_id,
        secret,
        issued_at_ms=ISSUED_AT_MS,
        token_id=token_id,
        validity_ms=30_000,
        client_ip=client_ip,
        forwarded_for=forwarded_for,
        key=key,
        custom_data=custom_data,
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
    assert read.custom_data == {joined(name): joined(value) for name, value in custom_data.items()}
    assert (read.issued_at_ms, read.expires_at_ms) == (ISSUED_AT_MS, ISSUED_AT_MS + 30_000)


def test_without_openssl_the_same_token_comes_out_of_python() -> None:
    code = """
import sys
if "--without-openssl" in sys.argv:
    sys.modules["_hashlib"] = None
from queueit import aes, enqueue_token
assert (enqueue_token._encrypt is aes.encrypt) is ("--without-openssl" in sys.argv), enqueue_token._encrypt
print(enqueue_token.enqueue_token(
    "acme", "spring", "a-fake-secret", issued_at_ms=1, token_id="t", validity_ms=30000, key="k"
))
"""

    def output(*arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        functions = Path(__file__).parents[3] / "functions"
        return subprocess.run(command, cwd=functions, capture_output=True, text=True, check=True).stdout

    from queueit import openssl

    without = output("--without-openssl")
    if openssl.aes_256_cbc() is None:
        pytest.skip("this Python has no OpenSSL to share; the token of plain Python is made all the same")
    assert output() == without
