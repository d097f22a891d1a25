"""A snapshot in its stored form (design: the table)."""

import hashlib
import json
import zlib
from typing import Any, Final, NamedTuple

from config_refresh.errors import TooLarge

MAX_ITEM_BYTES: Final = 400 * 1024
"""DynamoDB's limit for an item, names of attributes included."""


class Publication(NamedTuple):
    """A snapshot as it is stored: `body` is compressed, `digest` is of the JSON before compression."""

    digest: str
    body: bytes
    version: int


def encode(document: dict[str, Any]) -> Publication:
    """The stored form of a snapshot document; the same document always gives the same digest.

    Raises TooLarge when it is too large for an item.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    data = text.encode("utf-8", "surrogatepass")
    digest, body = hashlib.sha256(data).hexdigest(), zlib.compress(data, 9)
    size = len(body) + len("pk") + len("snapshot#") + len(digest) + len("body") + len("expires_at") + 21
    if size > MAX_ITEM_BYTES:
        raise TooLarge(
            f"the snapshot takes {size} bytes compressed, more than the {MAX_ITEM_BYTES} of a table's item; remove "
            "integrations or triggers that are no longer needed. The last good snapshot stays"
        )
    return Publication(digest, body, document["integration_config"]["Version"])


def decode(digest: str, body: bytes) -> dict[str, Any] | None:
    """The document in a stored snapshot; None when it is not what its digest says."""
    try:
        data = zlib.decompress(body)
        if hashlib.sha256(data).hexdigest() != digest:
            return None
        document: dict[str, Any] = json.loads(data)
        return document
    except (ValueError, zlib.error):
        return None
