"""A snapshot as it is published: its stored bytes, in as many equal items as thousands of new workers need."""

from typing import Any, Final, NamedTuple

from config_refresh.errors import TooLarge
from queueit.stored_snapshot import pack
from queueit.table_items import READ_UNIT_BYTES, item_bytes, snapshot_item, snapshot_keys

MAX_ITEM_BYTES: Final = 400 * 1024
"""DynamoDB's limit for an item, names of attributes included."""

MAX_COPIES: Final = 8

MAX_BYTES_OF_ALL_COPIES: Final = 1_500_000
"""The transaction that points at a snapshot touches each of its items and each of the one before, and may take 4 MB."""


class Publication(NamedTuple):
    """A snapshot's digest, its stored bytes, and in how many equal items they are kept."""

    digest: str
    body: bytes
    copies: int


def publication(document: dict[str, Any]) -> Publication:
    """The stored form of a snapshot document that has been checked. Raises TooLarge when no item could hold it."""
    digest, body = pack(document)
    item = snapshot_item(snapshot_keys(digest, MAX_COPIES)[0], body)
    size = item_bytes({**item, "expires_at": {"N": "0"}})
    if size > MAX_ITEM_BYTES:
        raise TooLarge(
            f"the snapshot takes {size} bytes compressed, more than the {MAX_ITEM_BYTES} of a table's item; remove "
            "integrations or triggers that are no longer needed. The last good snapshot stays"
        )
    return Publication(digest, body, copies_for(size))


def copies_for(size: int) -> int:
    """In how many items of `size` bytes a snapshot is kept.

    One for each read unit that reading it takes, as far as possible: so the copies together serve as many new workers
    a second as `current` does, which all of them read first.
    """
    read_units = -(-size // READ_UNIT_BYTES)
    return max(1, min(read_units, MAX_COPIES, MAX_BYTES_OF_ALL_COPIES // size))
