"""HMAC-SHA256 with the account's secret keys: sign with the current one, verify with every one."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLOCK_BYTES = 64


class SecretKey(Struct):
    """A key, ready to use: SHA-256 has taken in HMAC's inner and outer padding of it, half the work of a MAC."""

    key: bytes
    inner: Any
    outer: Any

    def __repr__(self) -> str:
        return "SecretKey(…)"

    def mac(self, text: str) -> str:
        """HMAC-SHA256 of `text`, 64 lower-case hex digits (protocol section 1)."""
        inner = self.inner.copy()
        inner.update(text.encode("utf-8", "surrogatepass"))
        outer = self.outer.copy()
        outer.update(inner.digest())
        mac: str = outer.hexdigest()
        return mac


def _secret_key(text: str) -> SecretKey:
    key = text.encode("utf-8", "surrogatepass")
    block = (key if len(key) <= _BLOCK_BYTES else sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
    return SecretKey(
        key, sha256(bytes([byte ^ 0x36 for byte in block])), sha256(bytes([byte ^ 0x5C for byte in block]))
    )


class SecretKeys(Struct):
    """The keys that count: `current` signs session cookies, all of `accepted` verify, the current one first.

    `platform` is the one that the platform holds, and signs what the platform reads. It is another one than `current`
    only while a rotation lasts and not every edge has learned it.
    """

    current: SecretKey
    accepted: tuple[SecretKey, ...]
    platform: SecretKey

    def sign(self, text: str) -> str:
        """MAC of `text` under the current key."""
        return self.current.mac(text)

    def verify(self, text: str, mac: str) -> bool:
        """Whether `mac` is that of `text` under any of the keys; in constant time for a given length."""
        if not mac.isascii():
            return False
        for key in self.accepted:
            if compare_digest(key.mac(text), mac):
                return True
        return False


def key_problem(key: str) -> str:
    """What is wrong with a key as a person entered it, without a character of it; empty when nothing is.

    Keys of the platform are visible ASCII: anything else came along by copying, and would make every MAC another one.
    """
    if not key:
        return "is empty"
    if key != key.strip():
        return "has white space around it, such as a line break at its end"
    if not (key.isascii() and key.isprintable()):
        return "has control characters, or characters outside ASCII"
    return ""


def secret_keys(secret_key: str, *others: str | None, session_secret_key: str | None = None) -> SecretKeys:
    """The keys of an account: the platform's, and those that are accepted beside it while a rotation lasts.

    `session_secret_key` is the one that signs session cookies, where it is another one than the platform's.
    """
    texts = [text for text in (session_secret_key, secret_key, *others) if text]
    keys = {text: _secret_key(text) for text in texts}
    accepted = tuple(keys.values())
    return SecretKeys(accepted[0], accepted, keys[secret_key])
