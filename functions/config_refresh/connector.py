"""One connector: what is in force, and putting another snapshot in force."""

import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from config_refresh.content import Content, is_same
from config_refresh.deadline import Deadline
from config_refresh.difference import difference
from config_refresh.environment import Environment
from config_refresh.errors import Defect, Overtaken, PlatformError, RefreshError, place_of
from config_refresh.history import Cause, entry
from config_refresh.operator_state import OperatorState
from config_refresh.publication import publication
from config_refresh.store import Store
from queueit.config_warnings import config_warnings
from queueit.errors import QueueitError
from queueit.settings import parse_settings
from queueit.snapshot import SECRET_KEY_NAMES, compile_snapshot
from queueit.table_items import Current

_ATTEMPTS = 10
_SECONDS_PER_DAY = 24 * 60 * 60


class Connector(NamedTuple):
    """One connector: its settings, its table and the time of the run; `now` in Unix seconds."""

    environment: Environment
    store: Store
    now: int
    deadline: Deadline


class State(NamedTuple):
    """What is in force: the pointer, the document it points at (None when it is damaged) and operators' decisions."""

    current: Current | None
    document: dict[str, Any] | None
    operator: OperatorState

    @property
    def content(self) -> Content | None:
        """The document and the keys in force, None when there is no usable document."""
        return Content(self.document, self.current.keys) if self.current and self.document else None

    @property
    def config(self) -> dict[str, Any] | None:
        """The integration configuration in force."""
        return self.document["integration_config"] if self.document else None

    @property
    def is_held(self) -> bool:
        """Whether a rollback holds the configuration in force."""
        return bool(self.current and self.document and self.current.is_held)


class Outcome(NamedTuple):
    """What an invocation did; `previous_snapshot` is the digest that was in force before, None at the first time.

    `enabled` is what edges are told, `frozen` whether operators have frozen publications; `integrations` is how many
    the configuration in force has, `warnings` what in it is accepted and hardly wanted.
    """

    outcome: str
    snapshot: str
    version: int
    previous_snapshot: str | None
    enabled: bool
    frozen: bool
    integrations: int
    warnings: list[str]


def read_state(store: Store) -> State:
    """What is in force now.

    The pointer is read before the operators' decisions, which are kept before the pointer moves: so a state with an
    outdated decision has an outdated pointer too, and nothing can be published by it.
    """
    current = store.current()
    document = store.document_in_force(current) if current else None
    return State(current, document, store.operator_state())


def again_when_overtaken(attempt: Callable[[], Outcome], deadline: Deadline) -> Outcome:
    """Make an attempt, and others by the new state as long as somebody else is faster and time is left.

    Raises Overtaken in the end.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except Overtaken:
            wait = min(0.05 * 2**number, 1.0) * (1 + random.random())  # noqa: S311 - spreads writers, hides nothing
            if number == _ATTEMPTS - 1 or deadline.left() < wait:
                raise
            deadline.wait(wait)
    raise AssertionError("the last attempt returns or raises")


def check_account(config: dict[str, Any], customer_id: str) -> None:
    """Raise PlatformError for a configuration of another account."""
    account = config.get("CustomerId")
    if isinstance(account, str) and account and account.lower() != customer_id.lower():
        raise PlatformError(
            f'the configuration is of the account "{account:.100}", not of "{customer_id}"; check the customer id'
        )


def check_content(content: Content) -> None:
    """Raise RefreshError when the edge could not load the content, checked with the edge's own code."""
    try:
        compile_snapshot(content.document, content.keys)
    except QueueitError as error:
        raise RefreshError(f"{error}; the last good snapshot stays") from None
    except Exception as defect:
        raise Defect(place_of(defect)) from None


def outcome(name: str, state: State, *, previous: str | None) -> Outcome:
    """The result of an invocation after which `state`, which has a document, is in force."""
    if state.current is None or state.document is None:
        raise RefreshError('nothing has been published yet; invoke with {"action": "refresh"} first')
    enabled = (state.document["settings"] or {}).get("enabled") is not False
    current = state.current
    settings = parse_settings(state.document["settings"], strict=False)
    config = state.document["integration_config"]
    return Outcome(
        name,
        current.snapshot,
        current.version,
        previous,
        enabled,
        state.operator.freeze is not None,
        len(config["Integrations"]),
        config_warnings(config, settings),
    )


def put_in_force(
    connector: Connector,
    state: State,
    content: Content,
    cause: Cause,
    name: str,
    *,
    highest_version: int,
    is_held: bool,
) -> Outcome:
    """Put checked content in force and record it; `name` is the outcome, "unchanged" when it is in force already.

    A snapshot is stored first, then the pointer moves; where keys alone are new, only the pointer is written. Raises
    Overtaken when the pointer is not that of `state`.
    """
    before, now = state.current, connector.now
    digest = before.snapshot if before else None
    has_new_keys = before is None or before.keys != content.keys
    after = Current(
        snapshot="",
        version=content.document["integration_config"]["Version"],
        highest_version=highest_version,
        published_at=now,
        keys=content.keys,
        keys_published_at=before.keys_published_at
        if before and _secret_keys(before.keys) == _secret_keys(content.keys)
        else now,
        is_held=is_held,
        revision=before.revision + 1 if before else 1,
    )
    size, document = None, content.document
    if before and state.document and is_same(state.document, document):
        if not has_new_keys and (before.highest_version, before.is_held) == (highest_version, is_held):
            return outcome("unchanged", state, previous=digest)
        document = state.document
        after = after._replace(
            snapshot=before.snapshot,
            published_at=before.published_at,
            copies=before.copies,
            body=before.body,
        )
    else:
        new = publication(document)
        connector.store.put_snapshot(new, now)
        after = after._replace(snapshot=new.digest, copies=new.copies, body=new.body)
        size = len(new.body)
    connector.store.move_current(
        after,
        before,
        expires_at=now + connector.environment.retention_days * _SECONDS_PER_DAY,
        history=connector.store.history(),
        entry=entry(
            cause,
            now,
            snapshot=after.snapshot,
            previous_snapshot=digest,
            version=after.version,
            size=size,
            difference=difference(state.content, content),
        ),
    )
    return outcome(name, State(after, document, state.operator), previous=digest)


def _secret_keys(keys: Mapping[str, str]) -> list[str | None]:
    return [keys.get(name) for name in (*SECRET_KEY_NAMES, "session_secret_key")]


def record(connector: Connector, state: State, cause: Cause) -> None:
    """Record an action that leaves the snapshot in force."""
    if state.current:
        digest, version = state.current.snapshot, state.current.version
        connector.store.record(
            connector.store.history(),
            entry(cause, connector.now, snapshot=digest, previous_snapshot=digest, version=version),
        )
