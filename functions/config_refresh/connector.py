"""One connector: what is in force, and putting another snapshot in force."""

from collections.abc import Callable
from typing import Any, NamedTuple

from config_refresh.difference import difference
from config_refresh.environment import Environment
from config_refresh.errors import Overtaken, PlatformError, RefreshError
from config_refresh.history import Cause, entry
from config_refresh.operator_state import OperatorState
from config_refresh.publication import encode
from config_refresh.store import Current, Store
from queueit.errors import QueueitError
from queueit.snapshot import compile_snapshot

_ATTEMPTS = 3
_SECONDS_PER_DAY = 24 * 60 * 60
_WHEN_AND_WHY = ("published_at", "source")


class Connector(NamedTuple):
    """One connector: its settings and its table; `now` in Unix seconds."""

    environment: Environment
    store: Store
    now: int


class State(NamedTuple):
    """What is in force: the pointer, the document it points at (None when it is damaged) and operators' decisions."""

    current: Current | None
    document: dict[str, Any] | None
    operator: OperatorState

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

    `enabled` is what edges are told, `frozen` whether operators have frozen publications.
    """

    outcome: str
    snapshot: str
    version: int
    previous_snapshot: str | None
    enabled: bool
    frozen: bool


def read_state(store: Store) -> State:
    """What is in force now.

    The pointer is read before the operators' decisions, which are kept before the pointer moves: so a state with an
    outdated decision has an outdated pointer too, and nothing can be published by it.
    """
    current = store.current()
    document = store.document(current.snapshot) if current else None
    return State(current, document, store.operator_state())


def again_when_overtaken(attempt: Callable[[], Outcome]) -> Outcome:
    """Make an attempt, and another one by the new state when somebody else was faster. Raises Overtaken in the end."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except Overtaken:
            continue
    return attempt()


def check_account(config: dict[str, Any], customer_id: str) -> None:
    """Raise PlatformError for a configuration of another account."""
    account = config.get("CustomerId")
    if isinstance(account, str) and account and account.lower() != customer_id.lower():
        raise PlatformError(
            f'the configuration is of the account "{account:.100}", not of "{customer_id}"; check the customer id'
        )


def check_document(document: dict[str, Any]) -> None:
    """Raise RefreshError when the edge could not load the document, checked with the edge's own code."""
    try:
        compile_snapshot(document)
    except QueueitError as error:
        raise RefreshError(f"{error}; the last good snapshot stays") from None


def outcome(name: str, state: State, *, previous: str | None) -> Outcome:
    """The result of an invocation after which `state`, which has a document, is in force."""
    if state.current is None or state.document is None:
        raise RefreshError('nothing has been published yet; invoke with {"action": "refresh"} first')
    enabled = (state.document["settings"] or {}).get("enabled") is not False
    current = state.current
    return Outcome(
        name, current.snapshot, current.version, previous, enabled, state.operator.freeze is not None
    )


def put_in_force(
    connector: Connector,
    state: State,
    document: dict[str, Any],
    cause: Cause,
    name: str,
    *,
    highest_version: int,
    is_held: bool,
) -> Outcome:
    """Publish a checked document and record it; `name` is the outcome, "unchanged" when it is in force already.

    The snapshot is stored first, then the pointer moves. Raises Overtaken when the pointer is not that of `state`.
    """
    before = state.current
    if (
        before
        and state.document
        and is_same(state.document, document)
        and (before.highest_version, before.is_held) == (highest_version, is_held)
    ):
        return outcome("unchanged", state, previous=before.snapshot)
    publication = encode(document)
    connector.store.put_snapshot(publication)
    after = Current(publication.digest, publication.version, highest_version, connector.now, is_held)
    connector.store.move_current(
        after,
        before,
        expires_at=connector.now + connector.environment.retention_days * _SECONDS_PER_DAY,
        history=connector.store.history(),
        entry=entry(
            cause,
            connector.now,
            snapshot=publication.digest,
            previous_snapshot=before.snapshot if before else None,
            version=publication.version,
            size=len(publication.body),
            difference=difference(state.document, document),
        ),
    )
    moved = State(after, document, state.operator)
    return outcome(name, moved, previous=before.snapshot if before else None)


def record(connector: Connector, state: State, cause: Cause) -> None:
    """Record an action that leaves the snapshot in force."""
    if state.current:
        digest, version = state.current.snapshot, state.current.version
        connector.store.record(
            connector.store.history(),
            entry(cause, connector.now, snapshot=digest, previous_snapshot=digest, version=version),
        )


def is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two documents differ at most in when and why they were published."""
    names = (one.keys() | other.keys()) - set(_WHEN_AND_WHY)
    return all(one.get(name) == other.get(name) for name in names)
