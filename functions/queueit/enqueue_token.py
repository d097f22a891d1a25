"""The signed and encrypted token (type QT1) that goes with a visitor to the queue (protocol section 10).

It proves to the waiting room that the visitor came through the site. The AES is that of the interpreter's own
OpenSSL where it can be had safely (`queueit.openssl`), else ours in plain Python (`queueit.aes`); which of the two is
found out when this module is imported, so import it while there is CPU to spare.
"""

import json
from binascii import b2a_base64
from hashlib import md5, sha256
from typing import Any, Final

from queueit import aes, openssl
from queueit.percent_encoding import LONE_SURROGATE

MAX_ADDRESS_LENGTH: Final = 1024
"""A longer client address or X-Forwarded-For, in characters, is treated as absent: the token has to fit into a URL."""

_encrypt: Final = openssl.aes_256_cbc() or aes.encrypt


def _json(document: dict[str, Any]) -> bytes:
    """Compact JSON in UTF-8 as JSON.stringify writes it, lone surrogates as escapes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def _base64url(content: bytes) -> str:
    encoded = b2a_base64(content, newline=False).rstrip(b"=")
    return encoded.replace(b"+", b"-").replace(b"/", b"_").decode()


def enqueue_token(
    customer_id: str,
    event_id: str,
    secret_key: str,
    *,
    issued_at_ms: int,
    token_id: str,
    validity_ms: int,
    client_ip: str = "",
    forwarded_for: str = "",
    key: str = "",
    custom_data: dict[str, str] | None = None,
) -> str:
    """The token, `header.payload.signature`; any text will do for any part of it.

    `issued_at_ms` is in Unix milliseconds, `validity_ms` in milliseconds, at least 30,000. `token_id` is a UUID,
    another one for each token: the encryption's initialization vector is made from it. `key` identifies the visitor
    and is encrypted, as is `custom_data`; `client_ip` and `forwarded_for` (the X-Forwarded-For header) are not. What
    is empty is left out.
    """
    header: dict[str, Any] = {
        "typ": "QT1",
        "enc": "AES256",
        "iss": issued_at_ms,
        "exp": issued_at_ms + validity_ms,
        "ti": token_id,
        "c": customer_id,
    }
    if event_id:
        header["e"] = event_id
    if client_ip and len(client_ip) <= MAX_ADDRESS_LENGTH:
        header["ip"] = client_ip
    if forwarded_for and len(forwarded_for) <= MAX_ADDRESS_LENGTH:
        header["xff"] = forwarded_for
    payload: dict[str, Any] = {}
    if key:
        payload["k"] = key
    if custom_data:
        payload["cd"] = custom_data
    payload["o"] = "Connector"
    secret = secret_key.encode()
    vector = md5(token_id.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    encrypted = _encrypt(sha256(secret).digest(), vector, _json(payload))
    signed = f"{_base64url(_json(header))}.{_base64url(encrypted)}"
    return f"{signed}.{_base64url(sha256(signed.encode() + secret).digest())}"
