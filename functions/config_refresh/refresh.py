"""The three actions: refresh, force and rollback. Each either moves the pointer or leaves everything as it is."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from config_refresh.credentials import Credentials
from config_refresh.environment import Environment
from config_refresh.errors import PlatformError, PublicationRefused, RefreshError
from config_refresh.publication import Current, Publication, Store, encode
from queueit.config_warnings import config_warnings
from queueit.errors import QueueitError
from queueit.settings import parse_settings
from queueit.snapshot import FORMAT, compile_snapshot

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHEN_AND_WHY = ("published_at", "source")


class Outcome(NamedTuple):
    """What an invocation did; `previous_snapshot` is the digest that was in force before, None at the first time.

    `warnings` say what the configuration in force asks for and the settings do not give.
    """

    outcome: str
    snapshot: str
    version: int
    previous_snapshot: str | None
    warnings: list[str]


class Connector(NamedTuple):
    """One connector with all that its actions need; `now` in Unix seconds.

    `download` gives the platform's configuration, parsed. Raises PlatformError.
    """

    environment: Environment
    credentials: Callable[[], Credentials]
    download: Callable[[str], dict[str, Any]]
    store: Store
    now: int


def _snapshot_document(
    connector: Connector, credentials: Credentials, config: dict[str, Any], source: str
) -> dict[str, Any]:
    """The document that the edge would load. Raises RefreshError when the edge could not."""
    environment = connector.environment
    document = {
        "format": FORMAT,
        "customer_id": environment.customer_id,
        "credentials": credentials.document,
        "integration_config": config,
        "settings": environment.settings,
        "published_at": connector.now,
        "source": source,
    }
    try:
        compile_snapshot(document)
    except QueueitError as error:
        raise RefreshError(f"{error}; the last good snapshot stays") from None
    return document


def _check_account(config: dict[str, Any], customer_id: str) -> None:
    account = config.get("CustomerId")
    if isinstance(account, str) and account and account.lower() != customer_id.lower():
        raise PlatformError(
            f'the configuration is of the account "{account:.100}", not of "{customer_id}"; check the customer id'
        )


def _content(document: dict[str, Any]) -> dict[str, Any]:
    """A document less what differs between two publications of the same thing."""
    return {name: value for name, value in document.items() if name not in _WHEN_AND_WHY}


def _warnings(document: dict[str, Any]) -> list[str]:
    return config_warnings(document["integration_config"], parse_settings(document["settings"], strict=False))


def _publish(
    connector: Connector,
    document: dict[str, Any],
    current: Current | None,
    stored: dict[str, Any] | None,
    highest_version: int,
) -> Outcome:
    warnings = _warnings(document)
    if (
        current
        and stored
        and _content(stored) == _content(document)
        and current.highest_version == highest_version
    ):
        return Outcome("unchanged", current.snapshot, current.version, current.snapshot, warnings)
    publication: Publication = encode(document)
    connector.store.put_snapshot(publication)
    moved = Current(publication.digest, publication.version, highest_version)
    connector.store.move_current(moved, current, connector.now)
    previous = current.snapshot if current else None
    if previous and previous != publication.digest and stored:
        connector.store.expire_snapshot(previous, connector.now, connector.environment.retention_days)
    return Outcome("published", publication.digest, publication.version, previous, warnings)


def _version(config: dict[str, Any]) -> int:
    version = config.get("Version")
    return version if isinstance(version, int) else 0


def refresh(connector: Connector, source: str) -> Outcome:
    """Publish what the platform, the settings and the credentials are now, if that is anything new.

    A configuration older than the one in force, or different under the same version, is refused. After a rollback
    the rolled-back configuration stays until the platform has a higher version than ever was in force. When the
    platform gives nothing usable, changed settings and credentials are still published with the configuration
    that is in force, so that the kill switch works; the run fails all the same.
    """
    credentials = connector.credentials()
    current = connector.store.current()
    stored = connector.store.document(current.snapshot) if current else None
    in_force = stored["integration_config"] if stored else None
    try:
        config = connector.download(credentials.api_key)
        _check_account(config, connector.environment.customer_id)
        document = _snapshot_document(connector, credentials, config, source)
        version = _version(config)
        if current and in_force is not None and current.highest_version > current.version >= 0:
            if version <= current.highest_version:  # held after a rollback
                document, version = {**document, "integration_config": in_force}, current.highest_version
        elif current and version < current.version:
            raise PublicationRefused(
                f"the platform's configuration has version {version}, older than version {current.version} in force; "
                'publish it again on the platform, or invoke with {"action": "force"}'
            )
        elif current and version == current.version and in_force is not None and config != in_force:
            raise PublicationRefused(
                f"the platform's configuration differs from the one in force under the same version {version}; "
                'publish it again on the platform, or invoke with {"action": "force"}'
            )
    except RefreshError:
        if current and in_force is not None:
            document = _snapshot_document(connector, credentials, in_force, source)
            _publish(connector, document, current, stored, current.highest_version)
        raise
    highest = max(version, current.highest_version if current else 0)
    return _publish(connector, document, current, stored, highest)


def force(connector: Connector) -> Outcome:
    """Publish what the platform has now, whatever its version; ends the hold after a rollback."""
    credentials = connector.credentials()
    config = connector.download(credentials.api_key)
    _check_account(config, connector.environment.customer_id)
    document = _snapshot_document(connector, credentials, config, "publish")
    current = connector.store.current()
    stored = connector.store.document(current.snapshot) if current else None
    return _publish(connector, document, current, stored, _version(config))


def roll_back(connector: Connector, digest: object) -> Outcome:
    """Point at an earlier snapshot that is still stored, and hold its configuration."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise RefreshError('"snapshot" is not a digest; give 64 lower-case hex digits')
    current = connector.store.current()
    document = connector.store.document(digest)
    if document is None:
        raise RefreshError(f"there is no usable snapshot {digest}; it may have expired. Nothing was changed")
    try:
        version = compile_snapshot(document).version
    except QueueitError as error:
        raise RefreshError(f"the snapshot {digest} cannot be used: {error}. Nothing was changed") from None
    if current and current.snapshot == digest:
        return Outcome("unchanged", digest, version, digest, _warnings(document))
    connector.store.keep_snapshot(digest)
    highest = max(version, current.highest_version if current else 0)
    connector.store.move_current(Current(digest, version, highest), current, connector.now)
    if current:
        connector.store.expire_snapshot(current.snapshot, connector.now, connector.environment.retention_days)
    previous = current.snapshot if current else None
    return Outcome("rolled_back", digest, version, previous, _warnings(document))
