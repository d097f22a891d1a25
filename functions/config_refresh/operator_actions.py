"""What operators do by hand: rollback, freeze, the kill switch, and reading the history."""

import re
from typing import Any

from config_refresh.connector import (
    Connector,
    Outcome,
    State,
    again_when_overtaken,
    is_same,
    outcome,
    put_in_force,
    read_state,
    record,
)
from config_refresh.errors import RefreshError
from config_refresh.history import Cause
from config_refresh.refresh import snapshot_document
from queueit.errors import QueueitError
from queueit.snapshot import compile_snapshot

_DIGEST = re.compile(r"[0-9a-f]{64}")


def roll_back(connector: Connector, digest: object, cause: Cause) -> Outcome:
    """Bring the configuration of an earlier snapshot back and hold it.

    With the credentials in force and the settings of now: a rollback undoes neither a rotated key nor a kill switch.
    Raises RefreshError, having changed nothing, when the snapshot is not there or cannot be used.
    """
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise RefreshError('"snapshot" is not a digest; give 64 lower-case hex digits')
    earlier = connector.store.document(digest)
    if earlier is None:
        raise RefreshError(f"there is no usable snapshot {digest}; it may have expired. Nothing was changed")
    try:
        version = compile_snapshot(earlier).version
    except QueueitError as error:
        raise RefreshError(f"the snapshot {digest} cannot be used: {error}. Nothing was changed") from None
    return again_when_overtaken(lambda: _roll_back(connector, earlier, version, cause))


def _roll_back(connector: Connector, earlier: dict[str, Any], version: int, cause: Cause) -> Outcome:
    state = read_state(connector.store)
    current, config = state.current, earlier["integration_config"]
    if current and state.config == config:
        return outcome("unchanged", state, previous=current.snapshot)
    credentials = (state.document or earlier)["credentials"]
    document = snapshot_document(connector, state, config, credentials, "publish")
    return put_in_force(
        connector,
        state,
        earlier if is_same(earlier, document) else document,
        cause,
        "rolled_back",
        highest_version=max(version, current.highest_version if current else 0),
        is_held=True,
    )


def freeze(connector: Connector, cause: Cause) -> Outcome:
    """Take no configuration any more, neither from the schedule nor pushed; settings and credentials still change."""
    state = _published(connector)
    if state.operator.freeze:
        return _in_force("unchanged", state)
    connector.store.decide("freeze", cause.decision)
    return _recorded("frozen", connector, cause)


def unfreeze(connector: Connector, cause: Cause) -> Outcome:
    """Take configurations again, from the next refresh or push on."""
    state = _published(connector)
    if not state.operator.freeze:
        return _in_force("unchanged", state)
    connector.store.decide("freeze", None)
    return _recorded("unfrozen", connector, cause)


def kill(connector: Connector, cause: Cause) -> Outcome:
    """Let every request pass untouched within a poll, until `enable`, whatever the settings of Terraform say.

    It needs neither the platform nor the secret.
    """
    state = _published(connector)
    is_new = state.operator.override is None
    if is_new:
        connector.store.decide("override", cause.decision)
    return again_when_overtaken(lambda: _switch(connector, cause, "killed", is_new))


def enable(connector: Connector, cause: Cause) -> Outcome:
    """Lift the override of `kill`: the settings of Terraform hold again, which may themselves say `enabled = false`."""
    state = _published(connector)
    is_new = state.operator.override is not None
    if is_new:
        connector.store.decide("override", None)
    return again_when_overtaken(lambda: _switch(connector, cause, "enabled", is_new))


def _switch(connector: Connector, cause: Cause, name: str, is_new: bool) -> Outcome:
    """Publish what is in force with the settings of now and the override, or record the decision by itself."""
    state = _published(connector)
    current, in_force = state.current, state.document
    if current is None or in_force is None:
        raise RefreshError(
            "what is in force was lost meanwhile; the next refresh publishes by the new decision"
        )
    document = snapshot_document(
        connector, state, in_force["integration_config"], in_force["credentials"], "publish"
    )
    done = put_in_force(
        connector,
        state,
        document,
        cause,
        name,
        highest_version=current.highest_version,
        is_held=current.is_held,
    )
    if done.outcome == "unchanged" and is_new:
        record(connector, state, cause)
        return done._replace(outcome=name)
    return done


def _published(connector: Connector) -> State:
    state = read_state(connector.store)
    if state.document is None:
        raise RefreshError('nothing usable has been published yet; invoke with {"action": "refresh"} first')
    return state


def _in_force(name: str, state: State) -> Outcome:
    return outcome(name, state, previous=state.current.snapshot if state.current else None)


def _recorded(name: str, connector: Connector, cause: Cause) -> Outcome:
    def attempt() -> Outcome:
        state = _published(connector)
        record(connector, state, cause)
        return _in_force(name, state)

    return again_when_overtaken(attempt)


def read_history(connector: Connector) -> dict[str, Any]:
    """What is in force, what operators have decided, and the entries of the history, the newest first."""
    state = read_state(connector.store)
    current, operator = state.current, state.operator
    digest = current.snapshot if current else None
    return {
        "outcome": "history",
        "current": {
            "snapshot": current.snapshot,
            "version": current.version,
            "highest_version": current.highest_version,
            "published_at": current.published_at,
        }
        if current
        else None,
        "held": state.is_held,
        "freeze": operator.freeze._asdict() if operator.freeze else None,
        "override": {"enabled": False, **operator.override._asdict()} if operator.override else None,
        "entries": [
            {**one, "in_force": one["snapshot"] == digest} for one in connector.store.history().entries
        ],
    }
