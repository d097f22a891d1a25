"""A snapshot: all that an edge needs to know, compiled once and swapped whole."""

import re
from typing import Any, Final, NamedTuple

from queueit.errors import InvalidSnapshot, UnknownSnapshotFormat
from queueit.integration_config import Integration, compile_integration_config
from queueit.secret_keys import SecretKeys, secret_keys
from queueit.settings import Settings, parse_settings

FORMAT: Final = 1
SOURCES: Final = ("schedule", "publish", "apply")
_CUSTOMER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Snapshot(NamedTuple):
    """What a decision needs besides the request; immutable. `published_at` is in Unix seconds.

    `by_required_text` are the integrations, each after its `required_text`, at hand for the search.
    """

    customer_id: str
    keys: SecretKeys
    integrations: tuple[Integration, ...]
    by_required_text: tuple[tuple[str, Integration], ...]
    settings: Settings
    version: int
    published_at: int


def _text(document: dict[str, Any], name: str, *, where: str, required: bool = True) -> str:
    value = document.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise InvalidSnapshot(f"invalid snapshot: {where}{name} is missing or not text")
    return value


def compile_snapshot(document: object) -> Snapshot:
    """Check and compile a snapshot document (parsed JSON, format 1 of design.md).

    Raises InvalidSnapshot, UnknownSnapshotFormat for a later format, InvalidIntegrationConfig or InvalidSettings;
    no message holds a credential.
    """
    if not isinstance(document, dict):
        raise InvalidSnapshot("invalid snapshot: it is not an object")
    if document.get("format") != FORMAT:
        raise UnknownSnapshotFormat(f"snapshot format {document.get('format')!r:.20} is not {FORMAT}")
    customer_id = _text(document, "customer_id", where="")
    if not _CUSTOMER_ID.fullmatch(customer_id):
        raise InvalidSnapshot("invalid snapshot: customer_id is not letters, digits, hyphens and underscores")
    credentials = document.get("credentials")
    if not isinstance(credentials, dict):
        raise InvalidSnapshot("invalid snapshot: credentials is not an object")
    published_at = document.get("published_at")
    if not isinstance(published_at, int) or isinstance(published_at, bool):
        raise InvalidSnapshot("invalid snapshot: published_at is not in whole Unix seconds")
    if document.get("source") not in SOURCES:
        raise InvalidSnapshot(f"invalid snapshot: source is not one of {', '.join(SOURCES)}")
    settings = parse_settings(document.get("settings"), strict=False)
    config = compile_integration_config(
        document.get("integration_config"), customer_id=customer_id, settings=settings
    )
    keys = secret_keys(
        _text(credentials, "secret_key", where="credentials."),
        _text(credentials, "previous_secret_key", where="credentials.", required=False),
    )
    integrations = config.integrations
    by_required_text = tuple([(integration.required_text, integration) for integration in integrations])
    return Snapshot(customer_id, keys, integrations, by_required_text, settings, config.version, published_at)
