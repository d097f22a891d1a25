"""The signed and encrypted token (type QT1) that goes with a visitor to the queue (protocol section 10).

It proves to the waiting room that the visitor came through the site.
"""

from __future__ import annotations

from binascii import b2a_base64
from hashlib import md5, sha256
from json.encoder import encode_basestring

from queueit import aes
from queueit.light_typing import Struct
from queueit.percent_encoding import replace_lone_surrogates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_ADDRESS_LENGTH: Final = 1024
"""A longer client address or X-Forwarded-For, in characters, is treated as absent: the token has to fit into a URL."""

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


class EnqueueKey(Struct):
    """A secret key, ready to make tokens with: the AES key that is made from it has been expanded."""

    secret: bytes
    round_keys: aes.RoundKeys

    def __repr__(self) -> str:
        return "EnqueueKey(…)"


def enqueue_key(secret_key: bytes) -> EnqueueKey:
    """What tokens need of a secret key; worth keeping for the next one."""
    return EnqueueKey(secret_key, aes.round_keys(sha256(secret_key).digest()))


def _encoded(text: str) -> bytes:
    """UTF-8 of JSON text, lone surrogates as the escapes that JSON.stringify makes of them."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return replace_lone_surrogates(text, lambda match: f"\\u{ord(match[0]):04x}").encode()


def _base64url(content: bytes) -> bytes:
    return b2a_base64(content, newline=False).translate(_URL_SAFE, b"=")


def enqueue_token(
    customer_id: str,
    event_id: str,
    signing: EnqueueKey,
    *,
    issued_at_ms: int,
    token_id: str,
    validity_ms: int,
    client_ip: str = "",
    forwarded_for: str = "",
    key: str = "",
) -> str:
    """The token, `header.payload.signature`; any text will do for any part of it.

    `issued_at_ms` is in Unix milliseconds, `validity_ms` in milliseconds, at least 30,000. `token_id` is a UUID,
    another one for each token: the encryption's initialization vector is made from it. `key` identifies the visitor
    and is encrypted; `client_ip` and `forwarded_for` (the X-Forwarded-For header) are not. What is empty is left out.
    """
    quoted = encode_basestring  # JSON text of a string, as JSON.stringify writes it
    header = (
        f'{{"typ":"QT1","enc":"AES256","iss":{issued_at_ms},"exp":{issued_at_ms + validity_ms}'
        f',"ti":{quoted(token_id)},"c":{quoted(customer_id)}'
        + (f',"e":{quoted(event_id)}' if event_id else "")
        + (f',"ip":{quoted(client_ip)}' if 0 < len(client_ip) <= MAX_ADDRESS_LENGTH else "")
        + (f',"xff":{quoted(forwarded_for)}' if 0 < len(forwarded_for) <= MAX_ADDRESS_LENGTH else "")
        + "}"
    )
    payload = f'{{"k":{quoted(key)},"o":"Connector"}}' if key else '{"o":"Connector"}'
    vector = md5(token_id.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    encrypted = aes.encrypt(signing.round_keys, vector, _encoded(payload))
    signed = _base64url(_encoded(header)) + b"." + _base64url(encrypted)
    return (signed + b"." + _base64url(sha256(signed + signing.secret).digest())).decode()
