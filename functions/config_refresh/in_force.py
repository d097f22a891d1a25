"""One connector: what is in force, and the one way to change it."""

import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from config_refresh.config_warnings import config_warnings
from config_refresh.content import Content, is_same
from config_refresh.deadline import Deadline
from config_refresh.difference import difference
from config_refresh.edge_limits import over_the_limit
from config_refresh.environment import Environment
from config_refresh.errors import Defect, Overtaken, PlatformError, RefreshError, Unusable, place_of
from config_refresh.history import Cause, entry
from config_refresh.operator_state import OperatorState
from config_refresh.publication import publication
from config_refresh.store import Store, Stored
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
    """What is in force: the state as it is stored, and the document it points at, None when that is damaged."""

    stored: Stored
    document: dict[str, Any] | None

    @property
    def current(self) -> Current | None:
        """The pointer, None before the first publication."""
        return self.stored.current

    @property
    def operator(self) -> OperatorState:
        """What operators have decided."""
        return self.stored.operator

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
    """What an invocation did; `previous_snapshot` is the digest that was in force before, None the first time.

    `enabled` is what edges are told, `frozen` whether operators have frozen publications, `held` whether a rollback
    holds the configuration in force; `integrations` is how many that has, `warnings` what in it is accepted but
    probably a mistake.
    """

    outcome: str
    snapshot: str
    version: int
    previous_snapshot: str | None
    enabled: bool
    frozen: bool
    held: bool
    integrations: int
    warnings: list[str]


def read_state(store: Store) -> State:
    """What is in force now."""
    stored = store.read()
    return State(stored, store.document_in_force(stored.current) if stored.current else None)


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
    if too_much := over_the_limit(content.document["integration_config"]):
        raise Unusable(f"{too_much}; the last good snapshot stays")


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
        state.is_held,
        len(config["Integrations"]),
        config_warnings(config, settings),
    )


def change(
    connector: Connector,
    state: State,
    content: Content,
    cause: Cause,
    name: str,
    *,
    highest_version: int,
    is_held: bool,
    operator: OperatorState | None = None,
) -> Outcome:
    """Put checked content in force, with `operator` as what operators have decided, and record it: one transaction.

    `name` is the outcome, "unchanged" when nothing would differ from `state`; then nothing is written. Raises Overtaken
    when somebody else has changed anything since `state` was read.
    """
    before, now, operator = state.current, connector.now, operator or state.operator
    digest = before.snapshot if before else None
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
    new, document = None, content.document
    if before and state.document and is_same(state.document, document):
        document = state.document
        after = after._replace(
            snapshot=before.snapshot, published_at=before.published_at, copies=before.copies, body=before.body
        )
        if after._replace(revision=before.revision) == before and operator == state.operator:
            return outcome("unchanged", state, previous=digest)
    else:
        new = publication(document)
        after = after._replace(snapshot=new.digest, copies=new.copies, body=new.body)
    expires_at = now + connector.environment.retention_days * _SECONDS_PER_DAY
    history = state.stored.history
    if digest and digest != after.snapshot:
        history = history.with_expiry(digest, expires_at)
    recorded = entry(
        cause,
        now,
        snapshot=after.snapshot,
        previous_snapshot=digest,
        version=after.version,
        size=len(new.body) if new else None,
        difference=difference(state.content, content),
    )
    changed = Stored(after, operator, history.with_expiry(after.snapshot, None).with_entry(recorded))
    connector.store.write(state.stored, changed, new, expires_at=expires_at)
    return outcome(name, State(changed, document), previous=digest)


def _secret_keys(keys: Mapping[str, str]) -> list[str | None]:
    return [keys.get(name) for name in (*SECRET_KEY_NAMES, "session_secret_key")]
