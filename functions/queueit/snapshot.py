"""A snapshot: all that an edge needs to know, swapped whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from queueit.candidates import Candidates
from queueit.errors import InvalidSnapshot, UnknownSnapshotFormat
from queueit.integration import Integration
from queueit.light_typing import Struct
from queueit.secret_keys import SecretKeys, secret_keys
from queueit.settings import Settings, parse_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from queueit.enqueue_token import EnqueueKey

FORMAT: Final = 1
SOURCES: Final = ("schedule", "publish", "apply", "operator")
SECRET_KEY_NAMES: Final = ("secret_key", "next_secret_key", "previous_secret_key")
"""The key that the platform holds; while a rotation lasts, the one it will hold next, or the one before, counts too."""

KEY_NAMES: Final = (*SECRET_KEY_NAMES, "session_secret_key", "api_key", "proxy_key")
"""`session_secret_key` is that of the secret keys that signs session cookies, where it is not `secret_key` yet."""

_CUSTOMER_ID = r"[A-Za-z0-9_-]{1,100}"
_VISIBLE = r"[!-~]+"


class ServiceKeys(Struct):
    """What the connector shows to the services it asks (protocol section 12); empty what is not set."""

    api_key: str = ""
    proxy_key: str = ""

    def __repr__(self) -> str:
        return "ServiceKeys(…)"


class Snapshot(Struct):
    """What a decision needs besides the request; immutable. `published_at` is in Unix seconds.

    `integrations` may parse and compile one the first time it is asked for. `candidates` says which a URL may be for,
    `own_domain_candidates` those for requests to the distribution's own domain. `needs_services` says whether any
    setting makes decisions use `queueit.services`. `enqueue_key` is None where visitors take no token along to the
    queue.
    """

    customer_id: str
    keys: SecretKeys
    integrations: Sequence[Integration]
    candidates: Candidates
    own_domain_candidates: Candidates
    settings: Settings
    version: int
    published_at: int
    service_keys: ServiceKeys
    enqueue_key: EnqueueKey | None
    needs_services: bool

    def with_keys(self, keys: Mapping[str, str]) -> Snapshot:
        """This snapshot with the account's `keys` in place of those it has. Raises InvalidSnapshot as at loading."""
        return self._replace(**_made_of_keys(keys, self.settings))


def _made_of_keys(keys: Mapping[str, str], settings: Settings) -> dict[str, Any]:
    """The fields of a snapshot that hold keys, or what is made of them."""
    if not keys.get("secret_key"):
        raise InvalidSnapshot("invalid keys: secret_key is missing")
    found = secret_keys(
        *[keys.get(name) or "" for name in SECRET_KEY_NAMES],
        session_secret_key=keys.get("session_secret_key"),
    )
    return {
        "keys": found,
        "service_keys": _service_keys(keys, settings),
        "enqueue_key": _enqueue_key(found, settings),
    }


def _service_keys(keys: Mapping[str, str], settings: Settings) -> ServiceKeys:
    """The keys, if none is missing that a setting needs."""
    found = ServiceKeys(*[keys.get(name) or "" for name in ServiceKeys._fields])
    for setting, name in (("verify", "api_key"), ("direct_pass", "proxy_key")):
        if getattr(settings, setting) and not re.fullmatch(_VISIBLE, getattr(found, name)):
            raise InvalidSnapshot(
                f"invalid keys: {name} is missing, or has other characters than visible ASCII; the setting "
                f'"{setting}" needs it: put it into the secret, or leave the setting out'
            )
    return found


def _enqueue_key(keys: SecretKeys, settings: Settings) -> EnqueueKey | None:
    """What enqueue tokens are made with, made now, when the CPU is fast; None where they are off."""
    if not settings.enqueue_token.enabled:
        return None
    from queueit.enqueue_token import enqueue_key

    return enqueue_key(keys.platform.key)


def assemble(
    integrations: Sequence[Integration],
    candidates: Candidates,
    own_domain_candidates: Candidates,
    *,
    customer_id: str,
    settings: Settings,
    version: int,
    published_at: int,
    keys: Mapping[str, str],
) -> Snapshot:
    """A snapshot of parts that have been checked. Raises InvalidSnapshot when a key is missing."""
    return Snapshot(
        customer_id=customer_id,
        integrations=integrations,
        candidates=candidates,
        own_domain_candidates=own_domain_candidates,
        settings=settings,
        version=version,
        published_at=published_at,
        needs_services=bool(settings.enqueue_token.enabled or settings.verify or settings.direct_pass),
        **_made_of_keys(keys, settings),
    )


def compile_snapshot(document: object, keys: Mapping[str, str]) -> Snapshot:
    """Check a snapshot document (parsed JSON) and compile all of it; `keys` are the account's, by KEY_NAMES.

    A document has `format`, `customer_id`, `integration_config` as the platform publishes it, `settings`,
    `published_at` in Unix seconds and its `source`. Raises InvalidSnapshot, UnknownSnapshotFormat for a later format,
    InvalidIntegrationConfig or InvalidSettings; no message holds a key.
    """
    # An edge rarely needs these: what this code has published is checked, and has its texts with it.
    from queueit.integration_config import compile_integration_config
    from queueit.required_texts import required_texts

    if not isinstance(document, dict):
        raise InvalidSnapshot("invalid snapshot: it is not an object")
    if document.get("format") != FORMAT:
        raise UnknownSnapshotFormat(f"snapshot format {document.get('format')!r:.20} is not {FORMAT}")
    customer_id = document.get("customer_id")
    if not isinstance(customer_id, str) or not re.fullmatch(_CUSTOMER_ID, customer_id):
        raise InvalidSnapshot("invalid snapshot: customer_id is not letters, digits, hyphens and underscores")
    published_at = document.get("published_at")
    if not isinstance(published_at, int) or isinstance(published_at, bool):
        raise InvalidSnapshot("invalid snapshot: published_at is not in whole Unix seconds")
    if document.get("source") not in SOURCES:
        raise InvalidSnapshot(f"invalid snapshot: source is not one of {', '.join(SOURCES)}")
    settings = parse_settings(document.get("settings"), strict=False)
    config_document: Any = document.get("integration_config")
    config = compile_integration_config(config_document, customer_id=customer_id, settings=settings)
    texts = required_texts(config_document["Integrations"])
    return assemble(
        config.integrations,
        Candidates([one.as_sent for one in texts]),
        Candidates([one.own_domain for one in texts]),
        customer_id=customer_id,
        settings=settings,
        version=config.version,
        published_at=published_at,
        keys=keys,
    )
