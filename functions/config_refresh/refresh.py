"""Keeps the snapshot what the platform, the settings and the credentials say: the actions refresh and force."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from config_refresh.content import Content, snapshot_document
from config_refresh.credentials import Credentials
from config_refresh.errors import Defect, PublicationRefused, RefreshError, place_of
from config_refresh.history import Cause
from config_refresh.in_force import (
    Connector,
    Outcome,
    State,
    again_when_overtaken,
    change,
    check_account,
    check_content,
    read_state,
)
from config_refresh.key_rotation import next_keys
from config_refresh.operator_state import OperatorState

_ANYWAY = 'publish it again on the platform, or invoke with {"action": "force", "actor": "…"}'


class Sources(NamedTuple):
    """Where news comes from: the secret, and the platform, which is asked with the api key.

    `download` gives the platform's configuration, parsed. They raise CredentialsError and PlatformError.
    """

    credentials: Callable[[], Credentials]
    download: Callable[[str], dict[str, Any]]


def checked_content(
    connector: Connector,
    state: State,
    config: dict[str, Any],
    keys: Mapping[str, str],
    source: str,
    operator: OperatorState | None = None,
) -> Content:
    """What edges are to be told: `config`, the settings of now, and the keys in force or, after them, `keys`.

    `operator` is what operators have decided, where that is no longer what `state` says. Raises RefreshError when the
    edge could not load it.
    """
    environment, now = connector.environment, connector.now
    settings = (operator or state.operator).effective(environment.settings)
    before = state.document["settings"] if state.document else {}
    content = Content(
        snapshot_document(environment.customer_id, config, settings, published_at=now, source=source),
        next_keys(dict(keys), state.current, before, settings, now=now),
    )
    check_content(content)
    return content


def version_of(config: dict[str, Any]) -> int:
    """The configuration's version."""
    version = config.get("Version")
    return version if isinstance(version, int) else 0


def refresh(connector: Connector, sources: Sources, source: str) -> Outcome:
    """Publish what the platform, the settings and the credentials are now, if that is anything new.

    A configuration older than the one in force, or different under the same version, is refused. After a rollback
    the rolled-back configuration stays until the platform has a higher version than ever was in force; while
    publications are frozen, it stays whatever the platform has. When the platform or the secret gives nothing
    usable, the rest is still published with what is in force, so that the kill switch works; the run fails all the
    same.
    """
    return again_when_overtaken(
        lambda: _refresh(connector, sources, Cause("refresh", source)), connector.deadline
    )


def _refresh(connector: Connector, sources: Sources, cause: Cause) -> Outcome:
    state = read_state(connector.store)
    current, in_force = state.current, state.document
    problem: RefreshError | None = None
    config = in_force["integration_config"] if in_force else {}
    keys: Mapping[str, str] = current.keys if current else {}
    highest_version, is_held = (current.highest_version, current.is_held) if current else (0, False)
    is_frozen = bool(state.operator.freeze and in_force)
    is_of_another_account = bool(in_force and in_force["customer_id"] != connector.environment.customer_id)
    if is_frozen and is_of_another_account:
        raise PublicationRefused(
            "the customer id has changed while publications are frozen; "
            'invoke with {"action": "unfreeze", "actor": "…"} first'
        )
    try:
        secret = sources.credentials()
        keys = secret.document
        if not is_frozen:
            published = sources.download(secret.api_key)
            check_account(published, connector.environment.customer_id)
            checked_content(connector, state, published, keys, cause.source)
            if is_to_be_taken(state, published):
                config, is_held = published, False
                highest_version = max(highest_version, version_of(published))
    except Exception as error:
        # A customer id that the platform has not confirmed must not reach the edge with another one's configuration.
        if in_force is None or is_of_another_account:
            raise
        problem = error if isinstance(error, RefreshError) else Defect(place_of(error))
    done = change(
        connector,
        state,
        checked_content(connector, state, config, keys, cause.source),
        cause,
        "published",
        highest_version=highest_version,
        is_held=is_held,
    )
    if problem:
        raise problem
    return done._replace(outcome="frozen") if is_frozen and done.outcome == "unchanged" else done


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two configurations decide alike: a pushed one may be written another way than the one to download.

    A field that is null is one that is missing (protocol section 2), and only the integrations decide.
    """
    first, second = one.get("Integrations"), other.get("Integrations")
    return first == second or bool(_without_nulls(first) == _without_nulls(second))


def is_to_be_taken(state: State, config: dict[str, Any]) -> bool:
    """Whether `config` takes the place of the one in force; False when that one says the same, or a rollback holds it.

    Raises PublicationRefused for an older version, and for another configuration under the same version.
    """
    version, current = version_of(config), state.current
    if current is None:
        return True
    if state.is_held:
        return version > current.highest_version
    if version < current.version:
        raise PublicationRefused(
            f"the platform's configuration has version {version}, older than version {current.version} in force; "
            f"{_ANYWAY}"
        )
    if version > current.version or state.config is None:
        return True
    if not _says_the_same(config, state.config):
        raise PublicationRefused(
            f"the platform's configuration differs from the one in force under the same version {version}; {_ANYWAY}"
        )
    return False


def force(connector: Connector, sources: Sources, cause: Cause) -> Outcome:
    """Publish what the platform has now, whatever its version; ends the hold after a rollback."""
    return again_when_overtaken(lambda: _force(connector, sources, cause), connector.deadline)


def _force(connector: Connector, sources: Sources, cause: Cause) -> Outcome:
    state = read_state(connector.store)
    freeze = state.operator.freeze
    if freeze:
        raise PublicationRefused(
            f'publications are frozen by {freeze.actor}; invoke with {{"action": "unfreeze", "actor": "…"}} first'
        )
    secret = sources.credentials()
    config = sources.download(secret.api_key)
    check_account(config, connector.environment.customer_id)
    highest_version = state.current.highest_version if state.current else 0
    return change(
        connector,
        state,
        checked_content(connector, state, config, secret.document, cause.source),
        cause,
        "published",
        highest_version=max(highest_version, version_of(config)),
        is_held=False,
    )
