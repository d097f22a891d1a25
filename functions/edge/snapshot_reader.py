"""Keeps the snapshot that requests are decided by: loaded at initialisation, revalidated by polling."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Generator, Mapping
from hashlib import sha256

from edge.regions import HOME_REGION, by_distance
from edge.steps import Deadline, PassedTime, Pause, Steps, Wait
from edge.table import Item, Table, TableBusy, TableError
from queueit.errors import QueueitError
from queueit.light_typing import Protocol
from queueit.snapshot import Snapshot
from queueit.stored_snapshot import load
from queueit.table_items import CURRENT_KEY, Current, read_current, read_snapshot, snapshot_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

LOAD_SECONDS: Final = 3.0
"""What loading at initialisation may take in all."""

BUDGET_SECONDS: Final = 3.0
"""How long a worker without a snapshot lets its visitors wait for one in all, until that has been refilled."""

REFILL: Final = 0.1
"""Seconds of that budget that come back with each second that passes."""

HOPELESS_SECONDS: Final = 0.5
"""How much of it goes to a table that does not answer, or whose answer will be the same the next time."""

SPARED_SECONDS: Final = 1.0
"""What is left of an invocation's time for the decision, however long loading takes."""

POLL_SECONDS: Final = 0.03
"""How long a poll makes visitors wait in all. What is not there by then is collected by a later request."""

LONG_POLL_SECONDS: Final = 1.0
"""How long one request waits when no poll has been confirmed within the setting's `freshness_seconds`."""

SILENT_SECONDS: Final = 1.5
"""How long a wait for the network may last until the exchange has failed."""

EXCHANGE_SECONDS: Final = 30.0
"""How long an exchange with the table may last in all, most of it between requests."""

ASLEEP_SECONDS: Final = 5.0
"""After so long without a request, an exchange that got no answer begins anew and is no failure of the table."""

MAX_BACKOFF_SECONDS: Final = 60.0
"""The longest wait after repeated failures."""

REGION_REST_SECONDS: Final = 300.0
"""How long another region than one that failed is preferred, and between two requests that wait for long."""

SHORTEST_WAIT_SECONDS: Final = 0.001
"""Less than that is not waited for."""

REPORT_SECONDS: Final = 30.0
"""At most so often failed polls are logged."""

_JITTER: Final = 0.2
"""By how much of itself a wait is shortened at most; never lengthened: edges follow within the interval."""

_LONGEST_UNHURRIED: Final = {True: 0.5, False: 3.0}
"""The longest wait between two attempts of a worker without a snapshot, by whether the problem is likely to pass."""

_FUNCTION_SUFFIXES: Final = ("-viewer-request", "-viewer-response")


class SnapshotUnusable(Exception):
    """What the table holds is not a snapshot; the text is safe to log."""


class _NotReplicated(SnapshotUnusable):
    """`current` is ahead of the snapshot it names."""


class _Refused(SnapshotUnusable):
    """A snapshot arrived whole, but this code cannot use it."""


class _Interrupted(Exception):
    """Nothing has come while the worker slept, which says nothing of the table."""


class ReadableTable(Protocol):
    """What a snapshot is read from: `edge.table.Table`, or a stand-in of a test."""

    name: str

    def read(
        self, region: str, key: str, deadline: Deadline, *, consistent: bool = False
    ) -> Steps[Item | None]:
        """The item whose `pk` is `key`, None if there is none. Raises TableError."""

    def close(self) -> None:
        """Close the connection."""


def random_share() -> float:
    """From 0 up to 1, different in each worker; the `random` module is not worth its import."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


def print_log(message: dict[str, Any]) -> None:
    """One JSON line on standard output, which Lambda takes to the log group."""
    print(json.dumps(message))


Timed = Generator[tuple[Wait, float], None, None]
"""Steps, each with how many seconds it may be waited for."""


def drive(steps: Timed) -> None:
    """Take the steps, and wait where they wait."""
    for wait, seconds in steps:
        wait.wait(seconds)


def _is_same(current: Current, other: Current | None) -> bool:
    """Whether both put the same snapshot and keys in force, whatever else changed."""
    return other is not None and (current.snapshot, current.keys) == (other.snapshot, other.keys)


class SnapshotReader:
    """The snapshot of one connector, as one worker knows it. No method raises.

    `clock` counts the seconds that pass, those while the worker is frozen too; `uniform` gives numbers from 0 up to 1;
    `log` takes one JSON object per thing worth knowing, without secrets. Not for use by several threads at once:
    Lambda handles one request at a time.

    `confirmed_at` (Unix seconds) is when the table was last asked that said that the snapshot is the one in force,
    None before the first time; `poll_failures` counts the polls that failed since the worker began.
    """

    def __init__(
        self,
        table: ReadableTable,
        region: str,
        *,
        load: Callable[[str, bytes, Mapping[str, str]], Snapshot] = load,
        clock: Callable[[], float] | None = None,
        wall_clock: Callable[[], float] = time.time,
        uniform: Callable[[], float] = random_share,
        log: Callable[[dict[str, Any]], None] = print_log,
    ) -> None:
        self._table = table
        self._region = region
        self._load = load
        self._clock = clock or PassedTime()
        self._wall_clock = wall_clock
        self._uniform = uniform
        self._log = log
        self.confirmed_at: float | None = None
        self.poll_failures = 0
        self._snapshot: Snapshot | None = None
        self._current: Current | None = None
        self._refused: tuple[Current, str] | None = None  # with what is wrong with it
        # Where to read, the best first. Nothing is known yet of replicas: perhaps there is one right here.
        self._regions = list(dict.fromkeys([region, HOME_REGION]))
        self._failed_at: dict[str, float] = {}
        self._failures = 0  # since the last poll that succeeded
        self._problem: Exception | None = None
        self._reported_at: float | None = None
        self._confirmed_clock = 0.0  # `confirmed_at` by the clock that counts what passes
        self._poll_waited = 0.0  # by visitors, for the poll under way
        self._long_poll_at = float("-inf")
        self._is_waking = False  # until what came during a long sleep has been collected
        self._advanced_at = self._clock()
        self._budget = BUDGET_SECONDS
        self._budget_at = self._advanced_at
        self._hopeless_waited = 0.0
        self._polling = self._poll_for_ever()

    def load(self) -> None:
        """Read the snapshot for the first time, within 3 s in all."""
        drive(self.loading())

    def current(self, seconds_left: float) -> Snapshot | None:
        """The snapshot to decide by, None as long as none could be loaded.

        `seconds_left` is what is left of the invocation's time. Goes on with a poll that is due or under way, which
        costs a visitor 30 ms at most; without a snapshot, what the budget of waiting allows.
        """
        drive(self.deciding(seconds_left))
        return self._snapshot

    @property
    def snapshot(self) -> Snapshot | None:
        """The one that is loaded, without going on with anything."""
        return self._snapshot

    def close(self) -> None:
        """Close the connection to the table; not for use afterwards."""
        self._polling.close()
        self._table.close()

    def loading(self) -> Timed:
        """`load` in steps, each with how long it may be waited for."""
        ends_at = self._clock() + LOAD_SECONDS
        hopeless_until = self._clock() + HOPELESS_SECONDS
        for wait in self._polling:
            self._advanced_at = now = self._clock()
            if isinstance(wait, Pause):
                if self._snapshot or isinstance(self._problem, _Refused):
                    break
                # Twice at least: the first answer may just have got lost.
                if not self._is_hopeful() and now >= hopeless_until and self._failures > 1:
                    break
            if ends_at - now < SHORTEST_WAIT_SECONDS:
                break
            yield wait, ends_at - now
        if not self._is_hopeful():
            self._hopeless_waited = HOPELESS_SECONDS

    def deciding(self, seconds_left: float) -> Timed:
        """`current` in steps, each with how long it may be waited for."""
        began_at = self._clock()
        has_slept = began_at - self._advanced_at >= ASLEEP_SECONDS
        self._is_waking = has_slept and not self._failures
        may_be_long = seconds_left > SPARED_SECONDS + LONG_POLL_SECONDS
        is_long = False
        for wait in self._polling:
            self._advanced_at = before = self._clock()
            self._is_waking = False
            if self._snapshot:
                if isinstance(wait, Pause):
                    break
                if may_be_long and not is_long and self._is_stale(began_at, has_slept):
                    is_long, self._long_poll_at = True, began_at
                seconds = began_at + LONG_POLL_SECONDS - before if is_long else 0.0
                seconds = max(seconds, POLL_SECONDS - self._poll_waited)
            else:
                seconds = self._allowance(isinstance(wait, Pause))
                seconds = min(seconds, began_at + seconds_left - SPARED_SECONDS - before)
            if seconds < SHORTEST_WAIT_SECONDS:
                if is_long:
                    # Otherwise a table that is never heard of would not count as one that fails.
                    self._polling.throw(TimeoutError("timed out"))
                break
            yield wait, seconds
            waited = self._clock() - before
            self._poll_waited += waited
            if not self._snapshot:
                self._spend(waited, isinstance(wait, Pause))

    def _is_stale(self, at: float, has_slept: bool) -> bool:
        """Whether this request is to wait for the poll, since none could be carried on in time.

        While the table is in trouble that is tried rarely, and not at all where requests come often enough.
        """
        if self._snapshot is None:
            return False
        if at - self._confirmed_clock < self._snapshot.settings.freshness_seconds:
            return False
        return not self._failures or (has_slept and at - self._long_poll_at >= REGION_REST_SECONDS)

    def _is_hopeful(self) -> bool:
        """Whether what the last attempt met is likely to be over a moment later."""
        return isinstance(self._problem, (TableBusy, _NotReplicated))

    def _allowance(self, is_pause: bool) -> float:
        """Seconds that a visitor of a worker without a snapshot may wait now."""
        at = self._clock()
        self._budget = min(BUDGET_SECONDS, self._budget + REFILL * (at - self._budget_at))
        self._budget_at = at
        if is_pause and self._is_hopeful():
            return self._budget
        if isinstance(self._problem, _Refused):
            return 0.0 if is_pause else POLL_SECONDS - self._poll_waited
        hopeless = min(self._budget, HOPELESS_SECONDS - self._hopeless_waited)
        return hopeless if is_pause else max(hopeless, POLL_SECONDS - self._poll_waited)

    def _spend(self, seconds: float, is_pause: bool) -> None:
        self._budget = max(0.0, self._budget - seconds)
        if not (is_pause and self._is_hopeful()):
            self._hopeless_waited += seconds

    def _poll_for_ever(self) -> Steps[None]:
        """Polls, and the pauses between them."""
        while True:
            self._is_waking, self._poll_waited = False, 0.0
            began_at, asked_at = self._clock(), self._wall_clock()
            try:
                yield from self._poll()
            except _Interrupted:
                continue
            except Exception as error:
                self._failed(error)
                next_at = self._clock() + self._backoff()
            else:
                self._problem, self._failures, self._hopeless_waited = None, 0, 0.0
                self.confirmed_at, self._confirmed_clock = asked_at, began_at
                # The interval counts from when the table was asked, which may be many requests ago.
                next_at = began_at + self._interval()
            while (seconds := next_at - self._clock()) > 0:
                yield Pause(seconds)

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, (TableError, SnapshotUnusable))
        self._problem = error
        self._failures += 1
        self.poll_failures += 1
        if self._is_hopeful():
            self._hopeless_waited = 0.0
        if self._reported_at is not None and self._clock() - self._reported_at < REPORT_SECONDS:
            return
        self._reported_at = self._clock()
        self._report(
            "warning" if self._snapshot else "error",
            "snapshot_poll_failed",
            problem=str(error) if known else f"defect: {type(error).__name__}",
            failures=self._failures,
            snapshot=self._current.snapshot if self._current else None,
        )

    def _interval(self) -> float:
        """Seconds from one poll to the next while all is well."""
        seconds = self._snapshot.settings.poll_interval_seconds if self._snapshot else 0
        return seconds * (1 - _JITTER * self._uniform())

    def _backoff(self) -> float:
        """Seconds until the next attempt, longer and longer after failures, different in each worker."""
        doublings = min(self._failures - 1, 10)
        if self._snapshot is None:
            longest = _LONGEST_UNHURRIED[self._is_hopeful()]
            return min(longest, 0.05 * 2.0**doublings) * (1 - 0.5 * self._uniform())
        return min(MAX_BACKOFF_SECONDS, 2.0 * 2.0**doublings) * (1 - _JITTER * self._uniform())

    def _poll(self) -> Steps[None]:
        """Read the table in one region after another until one answers. Raises the last one's problem."""
        problem: Exception = TableError("there is no region to ask")
        for region in self._regions_to_try(self._clock()):
            try:
                return (
                    yield from self._read(region, Deadline(EXCHANGE_SECONDS, self._clock, SILENT_SECONDS))
                )
            except (TableError, SnapshotUnusable) as error:
                if self._is_waking:
                    raise _Interrupted from error
                problem = type(error)(f"{region}: {error}")
                if isinstance(error, _Refused):
                    break
                if not isinstance(error, _NotReplicated):
                    self._failed_at[region] = self._clock()
        raise problem

    def _regions_to_try(self, at: float) -> list[str]:
        """All regions, but those that failed lately after the others, the latest one last."""

        def rank(region: str) -> float:
            failed_at = self._failed_at.get(region)
            if failed_at is None or at - failed_at >= REGION_REST_SECONDS:
                return float("-inf")
            return failed_at

        return sorted(self._regions, key=rank)

    def _read(self, region: str, deadline: Deadline) -> Steps[None]:
        """Follow the pointer of `region`'s table, forwards or, after a rollback, backwards."""
        current = yield from self._published(region, deadline)
        if not _is_same(current, self._current):
            if self._refused and _is_same(current, self._refused[0]):
                raise _Refused(self._refused[1])
            body = current.body
            is_loaded = self._current is not None and self._current.snapshot == current.snapshot
            if body is None and not is_loaded:
                body = yield from self._body(region, current, deadline)
            try:
                if self._snapshot and is_loaded:
                    snapshot = self._snapshot.with_keys(current.keys)
                else:
                    snapshot = self._load(current.snapshot, body or b"", current.keys)
            except Exception as error:
                if body is not None and sha256(body).hexdigest() != current.snapshot:
                    raise SnapshotUnusable("the stored bytes are not those of their digest") from None
                # The same bytes will not do tomorrow either: fetched again only after something else was published.
                reason = str(error) if isinstance(error, QueueitError) else type(error).__name__
                self._refused = (current, f"snapshot {current.snapshot} cannot be used: {reason}")
                raise _Refused(self._refused[1]) from None
            # The snapshot and the keys that go with it change together.
            self._snapshot, self._current = snapshot, current
            self._regions = by_distance(self._region, snapshot.settings.replica_regions)
            self._report(
                "info", "snapshot_loaded", region=region, snapshot=current.snapshot, version=snapshot.version
            )
        self._refused = None
        self._failed_at.pop(region, None)

    def _published(self, region: str, deadline: Deadline) -> Steps[Current]:
        item = yield from self._table.read(region, CURRENT_KEY, deadline)
        if item is None:
            raise SnapshotUnusable("nothing has been published yet")
        try:
            return read_current(item)
        except QueueitError as error:
            raise SnapshotUnusable(f"{error}") from None

    def _body(self, region: str, current: Current, deadline: Deadline) -> Steps[bytes]:
        """The stored bytes, from one of the copies that is as good as any other.

        What a first read does not find may be there already in another of the region's data centres.
        """
        keys = snapshot_keys(current.snapshot, current.copies)
        key = keys[int(self._uniform() * len(keys)) % len(keys)]
        for consistent in (False, True):
            item = yield from self._table.read(region, key, deadline, consistent=consistent)
            if item is not None:
                try:
                    return read_snapshot(item)
                except QueueitError as error:
                    raise SnapshotUnusable(f"{error}") from None
        raise _NotReplicated(f"snapshot {current.snapshot} has been published but is not here yet")

    def _report(self, level: str, event: str, **details: Any) -> None:
        try:  # noqa: SIM105  # contextlib would be a twentieth of the import
            self._log({"level": level, "event": event, "table": self._table.name, **details})
        except Exception:  # noqa: S110  # what is only said must not change what is decided
            pass


def table_name(function_name: str) -> str:
    """The table of the connector that the function belongs to; at the edge, its name has a region before it."""
    name = function_name.removeprefix("us-east-1.")
    for suffix in _FUNCTION_SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def reader_from_environment(environ: Mapping[str, str]) -> SnapshotReader:
    """A reader for the function that Lambda's reserved variables describe."""
    clock = PassedTime()
    table = Table(table_name(environ.get("AWS_LAMBDA_FUNCTION_NAME", "")), environ, clock=clock)
    return SnapshotReader(table, environ.get("AWS_REGION") or HOME_REGION, clock=clock)
