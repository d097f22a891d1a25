"""HMAC-SHA256 with the account's secret keys: sign with the current one, verify with every one."""

from hmac import compare_digest, digest
from typing import NamedTuple


def _mac(key: bytes, text: str) -> str:
    return digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


class SecretKeys(NamedTuple):
    """The keys that count, each as UTF-8 bytes: the current one first, then the one it replaces, if any."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"SecretKeys({len(self.keys)} keys)"

    def sign(self, text: str) -> str:
        """MAC of `text` under the current key, 64 lower-case hex digits (protocol section 1)."""
        return _mac(self.keys[0], text)

    def verify(self, text: str, mac: str) -> bool:
        """Whether `mac` is that of `text` under any of the keys; in constant time for a given length."""
        claimed = mac.encode("utf-8", "surrogatepass")
        for key in self.keys:
            if compare_digest(_mac(key, text).encode(), claimed):
                return True
        return False


def secret_keys(secret_key: str, previous_secret_key: str | None = None) -> SecretKeys:
    """The keys of an account; during a rotation both are accepted and the first one signs."""
    keys = [secret_key] if not previous_secret_key else [secret_key, previous_secret_key]
    return SecretKeys(tuple(key.encode() for key in keys))
