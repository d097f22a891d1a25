"""What operators do by hand: rollback, freeze, the kill switch, and reading the history."""

import re
from collections.abc import Callable
from typing import Any

from config_refresh.content import is_same
from config_refresh.errors import NothingInForce, RefreshError
from config_refresh.history import Cause
from config_refresh.in_force import Connector, Outcome, again_when_overtaken, change, outcome, read_state
from config_refresh.operator_state import OperatorState
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
        raise NothingInForce(_NOTHING_IN_FORCE)
    if state.config == config:
        return outcome("unchanged", state, previous=current.snapshot)
    content = checked_content(connector, state, config, current.keys, cause.source)
    return change(
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
    return _decide(
        connector,
        cause,
        "frozen",
        lambda operator: operator._replace(freeze=operator.freeze or cause.decision),
    )


def unfreeze(connector: Connector, cause: Cause) -> Outcome:
    """Take configurations again, from the next refresh or push on."""
    return _decide(connector, cause, "unfrozen", lambda operator: operator._replace(freeze=None))


def kill(connector: Connector, cause: Cause) -> Outcome:
    """Let every request pass untouched within a poll, until `enable`, whatever the settings of Terraform say.

    It needs neither the platform nor the secret, and three calls to the table.
    """
    return _decide(
        connector,
        cause,
        "killed",
        lambda operator: operator._replace(override=operator.override or cause.decision),
        is_switch=True,
    )


def enable(connector: Connector, cause: Cause) -> Outcome:
    """Lift the override of `kill`: the settings of Terraform hold again, which may themselves say `enabled = false`."""
    return _decide(
        connector, cause, "enabled", lambda operator: operator._replace(override=None), is_switch=True
    )


def _decide(
    connector: Connector,
    cause: Cause,
    name: str,
    decided: Callable[[OperatorState], OperatorState],
    *,
    is_switch: bool = False,
) -> Outcome:
    """Keep a decision; a switch of the connector goes out to the edges with the settings of now."""

    def attempt() -> Outcome:
        state = read_state(connector.store)
        current, content = state.current, state.content
        if current is None or content is None:
            raise NothingInForce(_NOTHING_IN_FORCE)
        operator = decided(state.operator)
        if is_switch:
            config = content.document["integration_config"]
            content = checked_content(connector, state, config, content.keys, cause.source, operator)
        return change(
            connector,
            state,
            content,
            cause,
            name,
            highest_version=current.highest_version,
            is_held=current.is_held,
            operator=operator,
        )

    return again_when_overtaken(attempt, connector.deadline)


def read_history(connector: Connector) -> dict[str, Any]:
    """What is in force, what operators have decided, how the last run ended, and the history, the newest first."""
    state = read_state(connector.store)
    rollback = next((one for one in state.stored.history.entries if one["action"] == "rollback"), None)
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
        "hold": {name: rollback[name] for name in ("at", "actor", "reason")}
        if state.is_held and rollback
        else None,
        "freeze": operator.freeze._asdict() if operator.freeze else None,
        "override": {"enabled": False, **operator.override._asdict()} if operator.override else None,
        "last_run": connector.store.last_run(),
        "entries": [{**one, "in_force": one["snapshot"] == digest} for one in state.stored.history.entries],
    }
