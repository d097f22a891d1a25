"""Publishes a configuration that the platform has pushed (protocol section 2): it changes, and nothing else."""

from typing import Any

from config_refresh.content import Content, snapshot_document
from config_refresh.errors import Frozen, Held, NothingInForce, PublicationRefused, RefreshError, Unusable
from config_refresh.history import Cause
from config_refresh.in_force import (
    Connector,
    Outcome,
    again_when_overtaken,
    change,
    check_account,
    check_content,
    outcome,
    read_state,
)
from config_refresh.refresh import is_to_be_taken, version_of

_CAUSE = Cause("push", "publish")


def publish(connector: Connector, config: dict[str, Any]) -> Outcome:
    """Publish `config` with the settings and keys in force.

    The platform signs no time, so an older push can be sent again by whoever saw it. So one is refused whose version
    is not above the highest that ever was in force, unless it says what is in force. Raises PublicationRefused or
    NothingInForce.
    """
    return again_when_overtaken(lambda: _publish(connector, config), connector.deadline)


def _publish(connector: Connector, config: dict[str, Any]) -> Outcome:
    state = read_state(connector.store)
    current, in_force = state.current, state.document
    if current is None or in_force is None:
        raise NothingInForce("nothing usable is in force yet; config_refresh publishes first")
    if state.operator.freeze:
        raise Frozen(f"publications are frozen by {state.operator.freeze.actor}")
    try:
        check_account(config, connector.environment.customer_id)
        content = Content(
            snapshot_document(
                in_force["customer_id"],
                config,
                in_force["settings"],
                published_at=connector.now,
                source=_CAUSE.source,
            ),
            current.keys,
        )
        check_content(content)
    except RefreshError as error:
        raise Unusable(str(error)) from None
    version = version_of(config)
    if state.is_held and version <= current.highest_version:
        raise Held(
            f"version {version} is not above {current.highest_version}, the newest before the rollback"
        )
    if current.version < version <= current.highest_version:
        raise PublicationRefused(
            f"version {version} is not above {current.highest_version}, the highest that ever was in force; only the "
            "schedule may take it from the platform"
        )
    if not is_to_be_taken(state, config):
        return outcome("unchanged", state, previous=current.snapshot)
    return change(
        connector,
        state,
        content,
        _CAUSE,
        "published",
        highest_version=max(current.highest_version, version),
        is_held=False,
    )
