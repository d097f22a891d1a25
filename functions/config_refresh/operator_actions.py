"""What operators do by hand: rollback, freeze, the kill switch, and reading the history."""

import re
from typing import Any

from config_refresh.connector import (
    Connector,
    Outcome,
    State,
    again_when_overtaken,
    outcome,
    put_in_force,
    read_state,
    record,
)
from config_refresh.content import is_same
from config_refresh.errors import RefreshError
from config_refresh.history import Cause
from config_refresh.refresh import checked_content, version_of

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NOTHING_IN_FORCE = 'nothing usable has been published yet; invoke with {"action": "refresh"} first'


def roll_back(connector: Connector, digest: object, cause: Cause) -> Outcome:
    """Bring the configuration of an earlier snapshot back and hold it.

    With the keys in force and the settings of now: a rollback undoes neither a rotated key nor a kill switch.
    Raises RefreshError, having changed nothing, when the snapshot is not there or cannot be used.
    """
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise RefreshError('"snapshot" is not a digest; give 64 lower-case hex digits')
    earlier = connector.store.document(digest)
    if earlier is None:
        raise RefreshError(f"there is no usable snapshot {digest}; it may have expired. Nothing was changed")
    return again_when_overtaken(lambda: _roll_back(connector, earlier, cause), connector.deadline)


def _roll_back(connector: Connector, earlier: dict[str, Any], cause: Cause) -> Outcome:
    state = read_state(connector.store)
    current, config = state.current, earlier["integration_config"]
    if current is None:
        raise RefreshError(_NOTHING_IN_FORCE)
    if state.config == config:
        return outcome("unchanged", state, previous=current.snapshot)
    content = checked_content(connector, state, config, current.keys, cause.source)
    return put_in_force(
        connector,
        state,
        content._replace(document=earlier) if is_same(earlier, content.document) else content,
        cause,
        "rolled_back",
        highest_version=max(version_of(config), current.highest_version),
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
    return again_when_overtaken(lambda: _switch(connector, cause, "killed", is_new), connector.deadline)


def enable(connector: Connector, cause: Cause) -> Outcome:
    """Lift the override of `kill`: the settings of Terraform hold again, which may themselves say `enabled = false`."""
    state = _published(connector)
    is_new = state.operator.override is not None
    if is_new:
        connector.store.decide("override", None)
    return again_when_overtaken(lambda: _switch(connector, cause, "enabled", is_new), connector.deadline)


def _switch(connector: Connector, cause: Cause, name: str, is_new: bool) -> Outcome:
    """Publish what is in force with the settings of now and the override, or record the decision by itself."""
    state = _published(connector)
    current, in_force = state.current, state.document
    if current is None or in_force is None:
        raise RefreshError(
            "what is in force was lost meanwhile; the next refresh publishes by the new decision"
        )
    done = put_in_force(
        connector,
        state,
        checked_content(connector, state, in_force["integration_config"], current.keys, cause.source),
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
        raise RefreshError(_NOTHING_IN_FORCE)
    return state


def _in_force(name: str, state: State) -> Outcome:
    return outcome(name, state, previous=state.current.snapshot if state.current else None)


def _recorded(name: str, connector: Connector, cause: Cause) -> Outcome:
    def attempt() -> Outcome:
        state = _published(connector)
        record(connector, state, cause)
        return _in_force(name, state)

    return again_when_overtaken(attempt, connector.deadline)


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
