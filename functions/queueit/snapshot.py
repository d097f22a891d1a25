"""A snapshot: all that an edge needs to know, compiled once and swapped whole."""

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from queueit.errors import InvalidSnapshot, UnknownSnapshotFormat
from queueit.integration_config import Integration, compile_integration_config
from queueit.secret_keys import SecretKeys, secret_keys
from queueit.settings import Settings, parse_settings

if TYPE_CHECKING:
    from queueit.enqueue_token import EnqueueKey

FORMAT: Final = 1
SOURCES: Final = ("schedule", "publish", "apply")
_CUSTOMER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class ServiceKeys(NamedTuple):
    """What the connector shows to the services it asks (protocol section 12); empty what is not set."""

    api_key: str = ""
    proxy_key: str = ""

    def __repr__(self) -> str:
        return "ServiceKeys(…)"


class Snapshot(NamedTuple):
    """What a decision needs besides the request; immutable. `published_at` is in Unix seconds.

    `by_required_text` are the integrations, each after its `required_text`, at hand for the search. `needs_outside`
    says whether any setting makes decisions ask something of the world outside. `enqueue_key` is None where visitors
    take no token along to the queue.
    """

    customer_id: str
    keys: SecretKeys
    integrations: tuple[Integration, ...]
    by_required_text: tuple[tuple[str, Integration], ...]
    settings: Settings
    version: int
    published_at: int
    service_keys: ServiceKeys
    enqueue_key: "EnqueueKey | None"
    needs_outside: bool


def _service_keys(credentials: dict[str, Any], settings: Settings) -> ServiceKeys:
    """The keys, if none is missing that a setting needs."""
    keys = ServiceKeys(
        *[_text(credentials, name, where="credentials.", required=False) for name in ServiceKeys._fields]
    )
    for setting, name in (("verify", "api_key"), ("direct_pass", "proxy_key")):
        if getattr(settings, setting) and not re.fullmatch(r"[!-~]+", getattr(keys, name)):
            raise InvalidSnapshot(
                f"invalid snapshot: credentials.{name} is missing, or has other characters than visible ASCII; the "
                f'setting "{setting}" needs it: put it into the secret, or leave the setting out'
            )
    return keys


def _enqueue_key(keys: SecretKeys, settings: Settings) -> "EnqueueKey | None":
    """What enqueue tokens are made with, made now, when the CPU is fast; None where they are off."""
    if not settings.enqueue_token.enabled:
        return None
    from queueit.enqueue_token import enqueue_key

    return enqueue_key(keys.current.key)


def _load_features(settings: Settings) -> bool:
    """Whether any feature is on that asks something outside; each is imported now, when the CPU is fast."""
    if settings.verify:
        import queueit.verify_action
    if settings.direct_pass:
        import queueit.direct_pass  # noqa: F401
    return bool(settings.enqueue_token.enabled or settings.verify or settings.direct_pass)


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
    return Snapshot(
        customer_id,
        keys,
        integrations,
        by_required_text,
        settings,
        config.version,
        published_at,
        service_keys=_service_keys(credentials, settings),
        enqueue_key=_enqueue_key(keys, settings),
        needs_outside=_load_features(settings),
    )
