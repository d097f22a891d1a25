"""Read enqueue tokens as the waiting room does (protocol section 10).

Written apart from the engine in `functions/queueit`, which only makes tokens, and with another AES.
"""

import base64
import hashlib
import hmac
import json
import re
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

_ENCODED = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_AES_BLOCK_BITS = 128


class InvalidEnqueueToken(ValueError):
    """The token is none of this account's, or not of type QT1; the text says what is wrong and is safe to show."""


class EnqueueToken(NamedTuple):
    """What a token says; times in Unix milliseconds, empty strings for what it leaves out."""

    customer_id: str
    event_id: str
    token_id: str
    issued_at_ms: int
    expires_at_ms: int
    client_ip: str
    forwarded_for: str
    key: str
    origin: str


def _decode(text: str) -> bytes:
    if not _ENCODED.fullmatch(text) or len(text) % 4 == 1:
        raise InvalidEnqueueToken("a part of the enqueue token is not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _document(content: bytes, name: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        raise InvalidEnqueueToken(f"the enqueue token's {name} is not JSON") from None
    if not isinstance(document, dict):
        raise InvalidEnqueueToken(f"the enqueue token's {name} is not an object")
    return document


def _decrypt(content: bytes, secret_key: str, token_id: str) -> bytes:
    key = hashlib.sha256(secret_key.encode()).digest()
    vector = hashlib.md5(token_id.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    unpadder = PKCS7(_AES_BLOCK_BITS).unpadder()
    try:
        padded = decryptor.update(content) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise InvalidEnqueueToken("the enqueue token's payload cannot be decrypted") from None


def read_enqueue_token(token: str, secret_key: str) -> EnqueueToken:
    """Verify and decrypt `token`; whether it is past its time is for the caller to say.

    Raises InvalidEnqueueToken for a token that is not signed with `secret_key` or not of type QT1.
    """
    header_part, _, rest = token.partition(".")
    payload_part, _, signature_part = rest.partition(".")
    signed = f"{header_part}.{payload_part}{secret_key}".encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(hashlib.sha256(signed).digest(), _decode(signature_part)):
        raise InvalidEnqueueToken("the enqueue token is not signed with this account's secret key")
    header = _document(_decode(header_part), "header")
    if header.get("typ") != "QT1" or header.get("enc") != "AES256":
        raise InvalidEnqueueToken("the enqueue token is not of type QT1 with AES256")
    token_id = header.get("ti", "")
    payload: dict[str, Any] = {}
    if payload_part:
        payload = _document(_decrypt(_decode(payload_part), secret_key, token_id), "payload")
    return EnqueueToken(
        customer_id=header.get("c", ""),
        event_id=header.get("e", ""),
        token_id=token_id,
        issued_at_ms=header.get("iss", 0),
        expires_at_ms=header.get("exp", 0),
        client_ip=header.get("ip", ""),
        forwarded_for=header.get("xff", ""),
        key=payload.get("k", ""),
        origin=payload.get("o", ""),
    )
