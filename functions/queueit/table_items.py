"""The table's items that edges read, as DynamoDB's attribute maps: `current`, and the snapshots it points at.

Attributes of type B come as bytes from an SDK and as base64 from DynamoDB's own JSON; both are read.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping

from queueit.errors import InvalidTableItem
from queueit.light_typing import Struct
from queueit.snapshot import KEY_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

CURRENT_KEY: Final = "current"
READ_UNIT_BYTES: Final = 4096
"""What a read unit of DynamoDB takes: `current` is polled by every worker."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAX_COPIES: Final = 100
_TYPES: Final[dict[str, Any]] = {"S": str, "N": str, "M": dict, "BOOL": bool, "B": (bytes, str)}

Item: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""An item: attribute name to type and value."""


class Current(Struct):
    """What is in force: the digest of a snapshot and the account's keys, by KEY_NAMES.

    `version` is the configuration's, `highest_version` the highest that ever was in force; `is_held` after a rollback,
    until there is a version above that one. `published_at` and `keys_published_at` (Unix seconds) say since when the
    snapshot and since when the secret keys are in force. The snapshot is stored in `copies` equal items, and in `body`
    as well where it is small. `revision` goes up with every write.
    """

    snapshot: str
    version: int
    highest_version: int
    published_at: int
    keys: Mapping[str, str]
    keys_published_at: int
    copies: int = 1
    is_held: bool = False
    body: bytes | None = None
    revision: int = 1

    def __repr__(self) -> str:
        return f"Current({self.snapshot!r}, version={self.version}, revision={self.revision}, keys=…)"


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def current_item(current: Current) -> dict[str, dict[str, Any]]:
    """The item `current`. Its `body` is left out where it would take more than one read unit."""
    item: dict[str, dict[str, Any]] = {
        "pk": {"S": CURRENT_KEY},
        "snapshot": {"S": current.snapshot},
        "copies": _number(current.copies),
        "version": _number(current.version),
        "highest_version": _number(current.highest_version),
        "published_at": _number(current.published_at),
        "keys": {"M": {name: {"S": value} for name, value in current.keys.items()}},
        "keys_published_at": _number(current.keys_published_at),
        "held": {"BOOL": current.is_held},
        "revision": _number(current.revision),
    }
    if current.body is not None:
        with_body = {**item, "body": {"B": current.body}}
        if item_bytes(with_body) <= READ_UNIT_BYTES:
            return with_body
    return item


def item_bytes(item: Item) -> int:
    """What DynamoDB counts for an item: names and values, numbers at their most."""
    return sum([len(name.encode()) + _value_bytes(value) for name, value in item.items()])


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + sum([1 + len(name.encode()) + _value_bytes(one) for name, one in content.items()])
    if kind == "S":
        return len(content.encode("utf-8", "surrogatepass"))
    if kind == "B":
        return len(content)
    return 1 if kind == "BOOL" else 21


def _attribute(item: Item, name: str, kind: str) -> Any:
    typed = item.get(name)
    value = typed.get(kind) if isinstance(typed, dict) else None
    if not isinstance(value, _TYPES[kind]):
        raise InvalidTableItem(f'the item has no attribute "{name}" of type {kind}')
    return value


def _whole_number(item: Item, name: str) -> int:
    text: str = _attribute(item, name, "N")
    if not text.isdecimal() or len(text) > 20:
        raise InvalidTableItem(f'the attribute "{name}" is not a whole number')
    return int(text)


def _bytes(item: Item, name: str) -> bytes:
    value: bytes | str = _attribute(item, name, "B")
    try:
        return b64decode(value, validate=True) if isinstance(value, str) else value
    except ValueError:
        raise InvalidTableItem(f'the attribute "{name}" is not base64') from None


def _keys(item: Item) -> dict[str, str]:
    stored: dict[str, Any] = _attribute(item, "keys", "M")
    keys: dict[str, str] = {name: _attribute(stored, name, "S") for name in KEY_NAMES if name in stored}
    if not keys.get("secret_key"):
        raise InvalidTableItem("there is no secret key among the keys")
    return keys


def read_current(item: Item) -> Current:
    """What the item `current` says. Raises InvalidTableItem, without a word of its keys."""
    digest: str = _attribute(item, "snapshot", "S")
    if not _DIGEST.fullmatch(digest):
        raise InvalidTableItem("the published snapshot's digest is not a SHA-256")
    copies = _whole_number(item, "copies")
    if not 1 <= copies <= _MAX_COPIES:
        raise InvalidTableItem(f"the published snapshot has {copies} copies, not 1 to {_MAX_COPIES}")
    return Current(
        snapshot=digest,
        version=_whole_number(item, "version"),
        highest_version=_whole_number(item, "highest_version"),
        published_at=_whole_number(item, "published_at"),
        keys=_keys(item),
        keys_published_at=_whole_number(item, "keys_published_at"),
        copies=copies,
        is_held=_attribute(item, "held", "BOOL"),
        body=_bytes(item, "body") if "body" in item else None,
        revision=_whole_number(item, "revision"),
    )


def snapshot_keys(digest: str, copies: int) -> list[str]:
    """The `pk` of each item that holds the snapshot: one, or one for each of several copies, counted from 1."""
    if copies == 1:
        return [f"snapshot#{digest}"]
    return [f"snapshot#{digest}#{number}" for number in range(1, copies + 1)]


def snapshot_item(key: str, body: bytes) -> dict[str, dict[str, Any]]:
    """An item that holds the stored bytes of the snapshot in force; later ones give it an `expires_at`."""
    return {"pk": {"S": key}, "body": {"B": body}}


def read_snapshot(item: Item) -> bytes:
    """The stored bytes in a snapshot's item. Raises InvalidTableItem."""
    return _bytes(item, "body")
