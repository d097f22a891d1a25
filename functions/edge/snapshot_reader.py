"""Keeps the snapshot that requests are decided by: loaded at initialisation, revalidated by polling."""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

from edge.connection import Deadline
from edge.regions import HOME_REGION, by_distance
from edge.table import Item, Table, TableError, TableUnfinished
from queueit.errors import QueueitError
from queueit.snapshot import Snapshot
from queueit.stored_snapshot import load
from queueit.table_items import CURRENT_KEY, Current, read_current, read_snapshot, snapshot_keys

LOAD_SECONDS: Final = 3.0
"""What loading at initialisation may take in all."""

POLL_SECONDS: Final = 1.0
"""What a poll may cost a visitor in all, connecting included."""

RETRY_SECONDS: Final = 1.0
"""How long a worker without any snapshot waits between two attempts."""

SOON_SECONDS: Final = 2.0
"""The first wait when the next attempt is likely to get what this one did not: a snapshot that is not replicated
yet, or an answer from so far away that connecting used up the time."""

MAX_BACKOFF_SECONDS: Final = 300.0
"""The longest wait after repeated failures, and how long another region than the failed one is preferred."""

_JITTER: Final = 0.2
"""By how much of itself a wait is shortened at most; never lengthened: edges follow within the interval."""

_FUNCTION_SUFFIXES: Final = ("-viewer-request", "-viewer-response")


class SnapshotUnusable(Exception):
    """What the table holds is not a snapshot; the text is safe to log."""


class _NotReplicated(SnapshotUnusable):
    """`current` is ahead of the snapshot it names."""


class _Refused(SnapshotUnusable):
    """A snapshot arrived whole, but this code cannot use it."""


class ReadableTable(Protocol):
    """What a snapshot is read from: `edge.table.Table`, or a stand-in of a test."""

    name: str

    def get_item(self, region: str, key: str, deadline: Deadline, *, consistent: bool = False) -> Item | None:
        """The item whose `pk` is `key`, None if there is none. Raises TableError."""

    def close(self) -> None:
        """Close the connection."""


def random_share() -> float:
    """From 0 up to 1, different in each worker; the `random` module is not worth its import."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


def print_log(message: dict[str, Any]) -> None:
    """One JSON line on standard output, which Lambda takes to the log group."""
    print(json.dumps(message))


class SnapshotReader:
    """The snapshot of one connector, as one worker knows it. Neither method raises.

    `clock` is monotonic, in seconds; `uniform` gives numbers from 0 up to 1; `log` takes one JSON object per
    thing worth knowing, without secrets. Not for use by several threads at once: Lambda handles one request at a time.

    `confirmed_at` (Unix seconds) is when the table last said that the snapshot is the one in force, None before the
    first time; `poll_failures` counts the polls that failed since the worker began.
    """

    def __init__(
        self,
        table: ReadableTable,
        region: str,
        *,
        load: Callable[[str, bytes, Mapping[str, str]], Snapshot] = load,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        uniform: Callable[[], float] = random_share,
        log: Callable[[dict[str, Any]], None] = print_log,
    ) -> None:
        self._table = table
        self._region = region
        self._load = load
        self._clock = clock
        self._wall_clock = wall_clock
        self._uniform = uniform
        self._log = log
        self.confirmed_at: float | None = None
        self.poll_failures = 0
        self._snapshot: Snapshot | None = None
        self._current: Current | None = None
        self._refused: Current | None = None
        self._pending: Current | None = None
        # Where to read, the best first. Nothing is known yet of replicas: perhaps there is one right here.
        self._regions = list(dict.fromkeys([region, HOME_REGION]))
        self._failed_at: dict[str, float] = {}
        self._failures = 0
        self._failure: type[Exception] | None = None
        self._wait_seconds = 0.0
        self._polled_at = (0.0, 0.0)

    def load(self) -> None:
        """Read the snapshot for the first time, within 3 s in all."""
        self._poll(LOAD_SECONDS, self._wall_clock(), is_split=True)

    def current(self, now: float) -> Snapshot | None:
        """The snapshot to decide by, None as long as none could be loaded; `now` in Unix seconds.

        Polls when that is due, which costs 1 s at most, and far less unless something is wrong.
        """
        # Whichever clock went on counts: the monotonic one may stand still while a worker is frozen, and the
        # other one may be set back.
        monotonic, wall = self._polled_at
        if max(self._clock() - monotonic, now - wall) >= self._wait_seconds:
            self._poll(POLL_SECONDS, now)
        return self._snapshot

    def close(self) -> None:
        """Close the connection to the table."""
        self._table.close()

    def _poll(self, seconds: float, now: float, *, is_split: bool = False) -> None:
        """One attempt, and when the next one is due."""
        started_at = self._clock()
        try:
            problem = self._try_regions(Deadline(seconds), is_split)
        except Exception as error:
            problem = SnapshotUnusable(f"defect: {type(error).__name__}")
        ended_at = self._clock()
        kind = type(problem) if problem else None
        self._failures = 0 if problem is None else self._failures + 1 if kind is self._failure else 1
        self._failure = kind
        self._wait_seconds = self._next_wait()
        self._polled_at = (ended_at, now + (ended_at - started_at))
        if problem is None:
            self.confirmed_at = self._polled_at[1]
        else:
            self.poll_failures += 1
            self._report(
                "warning" if self._snapshot else "error",
                "snapshot_poll_failed",
                problem=str(problem),
                failures=self._failures,
                next_poll_seconds=round(self._wait_seconds, 1),
                snapshot=self._current.snapshot if self._current else None,
            )

    def _next_wait(self) -> float:
        """Seconds until the next poll is due: the interval, or longer and longer after failures."""
        if self._snapshot is None:
            return RETRY_SECONDS
        seconds = float(self._snapshot.settings.poll_interval_seconds)
        jitter = 1 - _JITTER * self._uniform()
        if not self._failures:
            return seconds * jitter
        if self._failure in (_NotReplicated, TableUnfinished):
            seconds = SOON_SECONDS
        return min(MAX_BACKOFF_SECONDS, seconds * 2.0 ** min(self._failures - 1, 10) * jitter)

    def _try_regions(self, deadline: Deadline, is_split: bool) -> Exception | None:
        """Read the table in one region after another until one answers; else the last one's problem.

        `is_split` keeps time for each region. Otherwise one may use up all of it: the next poll begins with another.
        """
        problem: Exception | None = None
        regions = self._regions_to_try(self._clock())
        for tried, region in enumerate(regions):
            try:
                self._read(region, deadline.part(1 / (len(regions) - tried)) if is_split else deadline)
            except TimeoutError:
                return problem or TableError("timed out")
            except (TableError, SnapshotUnusable) as error:
                problem = type(error)(f"{region}: {error}")
                if isinstance(error, (TableUnfinished, _Refused)):
                    return problem
                if not isinstance(error, _NotReplicated):
                    self._failed_at[region] = self._clock()
            else:
                self._failed_at.pop(region, None)
                return None
        return problem

    def _regions_to_try(self, at: float) -> list[str]:
        """All regions, but those that failed lately after the others, the latest one last."""

        def rank(region: str) -> float:
            failed_at = self._failed_at.get(region)
            if failed_at is None or at - failed_at >= MAX_BACKOFF_SECONDS:
                return float("-inf")
            return failed_at

        return sorted(self._regions, key=rank)

    def _read(self, region: str, deadline: Deadline) -> None:
        """Follow the pointer of `region`'s table, forwards or, after a rollback, backwards."""
        seconds = deadline.remaining()
        current, self._pending = self._pending, None
        if current is None:
            current = self._published(region, deadline)
            if current in (self._current, self._refused):
                return
        body = current.body
        try:
            if self._snapshot and self._current and self._current.snapshot == current.snapshot:
                snapshot = self._snapshot.with_keys(current.keys)
            else:
                if body is None:
                    if deadline.is_within(min(seconds, POLL_SECONDS) / 2):
                        self._pending = current
                        raise TableUnfinished(
                            f"snapshot {current.snapshot} is published; too late to fetch it"
                        )
                    body = self._body(region, current, deadline)
                snapshot = self._load(current.snapshot, body, current.keys)
        except (TableError, SnapshotUnusable, TimeoutError):
            raise
        except Exception as error:
            # The same bytes will not do tomorrow either: look again only after something else was published.
            self._refused = current
            reason = str(error) if isinstance(error, QueueitError) else type(error).__name__
            raise _Refused(f"snapshot {current.snapshot} cannot be used: {reason}") from None
        # The snapshot and the keys that go with it change together.
        self._snapshot, self._current, self._refused = snapshot, current, None
        self._regions = by_distance(self._region, snapshot.settings.replica_regions)
        self._report(
            "info", "snapshot_loaded", region=region, snapshot=current.snapshot, version=snapshot.version
        )

    def _published(self, region: str, deadline: Deadline) -> Current:
        item = self._table.get_item(region, CURRENT_KEY, deadline)
        if item is None:
            raise SnapshotUnusable("nothing has been published yet")
        try:
            return read_current(item)
        except QueueitError as error:
            raise SnapshotUnusable(f"{error}") from None

    def _body(self, region: str, current: Current, deadline: Deadline) -> bytes:
        """The stored bytes, from one of the copies that is as good as any other."""
        keys = snapshot_keys(current.snapshot, current.copies)
        item = self._table.get_item(
            region, keys[int(self._uniform() * len(keys)) % len(keys)], deadline, consistent=True
        )
        if item is None:
            raise _NotReplicated(f"snapshot {current.snapshot} has been published but is not here yet")
        try:
            return read_snapshot(item)
        except QueueitError as error:
            raise SnapshotUnusable(f"{error}") from None

    def _report(self, level: str, event: str, **details: Any) -> None:
        with suppress(Exception):
            self._log({"level": level, "event": event, "table": self._table.name, **details})


def table_name(function_name: str) -> str:
    """The table of the connector that the function belongs to; at the edge, its name has a region before it."""
    name = function_name.removeprefix("us-east-1.")
    for suffix in _FUNCTION_SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def reader_from_environment(environ: Mapping[str, str]) -> SnapshotReader:
    """A reader for the function that Lambda's reserved variables describe."""
    table = Table(table_name(environ.get("AWS_LAMBDA_FUNCTION_NAME", "")), environ)
    return SnapshotReader(table, environ.get("AWS_REGION") or HOME_REGION)
