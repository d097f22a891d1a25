"""What edges are told: a snapshot document, and the account's keys that go with it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from queueit.snapshot import FORMAT
from queueit.stored_snapshot import COMPILER

_WHEN_AND_WHY = ("published_at", "source")


class Content(NamedTuple):
    """A snapshot document as `queueit.snapshot.compile_snapshot` takes it, and the keys by KEY_NAMES."""

    document: dict[str, Any]
    keys: Mapping[str, str]

    def __repr__(self) -> str:
        return "Content(…)"


def snapshot_document(
    customer_id: str, config: dict[str, Any], settings: dict[str, Any], *, published_at: int, source: str
) -> dict[str, Any]:
    """The document of a configuration as the platform publishes it, with the settings that edges are to get."""
    return {
        "format": FORMAT,
        "compiler": COMPILER,
        "customer_id": customer_id,
        "integration_config": config,
        "settings": settings,
        "published_at": published_at,
        "source": source,
    }


def is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two documents differ at most in when and why they were published."""
    names = (one.keys() | other.keys()) - set(_WHEN_AND_WHY)
    return all(one.get(name) == other.get(name) for name in names)
