"""The reader of enqueue tokens that the sample waiting room uses: what it refuses."""

import base64
import hashlib
import json

import pytest

from queueit.enqueue_token import enqueue_key, enqueue_token
from workbench.enqueue_token import InvalidEnqueueToken, read_enqueue_token

SECRET = "an-obviously-fake-secret"
TOKEN = enqueue_token(
    "acme",
    "spring",
    enqueue_key(SECRET.encode()),
    issued_at_ms=1_790_000_000_000,
    token_id="an-id",
    validity_ms=240_000,
    key="k",
)


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed(header: bytes, payload: bytes) -> str:
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(hashlib.sha256((text + SECRET).encode()).digest())}"


def test_a_token_without_a_payload_is_read() -> None:
    header = json.dumps({"typ": "QT1", "enc": "AES256", "iss": 1, "ti": "t", "c": "acme"}).encode()
    assert read_enqueue_token(signed(header, b""), SECRET).customer_id == "acme"


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "not signed"),
        ("a.b", "not signed"),
        (TOKEN + "x", "not base64url|not signed"),
        (TOKEN.replace(".", "é", 1), "not signed"),
        (TOKEN[:-4] + "AAAA", "not signed"),
        (TOKEN + ".more", "not base64url"),
        (signed(b"{", b""), "header is not JSON"),
        (signed(b"[]", b""), "header is not an object"),
        (signed(b'{"typ":"QT2","enc":"AES256"}', b""), "not of type QT1"),
        (signed(b'{"typ":"QT1","enc":"AES256"}', b"seventeen letters"), "cannot be decrypted"),
    ],
)
def test_a_token_that_is_not_one_is_refused(token: str, problem: str) -> None:
    with pytest.raises(InvalidEnqueueToken, match=problem):
        read_enqueue_token(token, SECRET)


def test_a_token_of_another_account_is_refused() -> None:
    with pytest.raises(InvalidEnqueueToken, match="this account's secret key"):
        read_enqueue_token(TOKEN, "another-fake-secret")
