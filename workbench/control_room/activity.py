"""Makes one stream out of what edge, table and config-refresh say: requests, workers, publications, switches."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import count, takewhile
from typing import Any, NamedTuple

from workbench.cli.command import plural
from workbench.control_room.event_stream import Event, EventStream
from workbench.control_room.visitors import Visitors
from workbench.local_edge import EdgeEvent, Exchange, FunctionLine, Invocation
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.viewer_event import ViewerRequest

REMEMBERED = 2_000
"""How many requests can be looked at again, and how many decisions wait for the end of theirs."""

DECISION_WITHIN_SECONDS = 0.5
"""How long a request waits for the log line of its decision, which may come after its answer."""

CARRIED_OUT_SECONDS = 1.0
"""How long before its log line is read a publication may have reached a worker."""

_LONGEST_TARGET = 300
_TOKENS = ("queueittoken=", "enqueuetoken=")

ReadHistory = Callable[[], dict[str, Any]]
"""What config_refresh's action `history` gives."""


class TableRead(NamedTuple):
    """A read of the connector's table: `worker` is None for a reader that is no worker of the edge; `status` is HTTP's,
    0 for a connection that was cut.
    """

    worker: int | None
    key: str
    status: int
    duration_ms: float


class Seen(NamedTuple):
    """A request as it was decided: by the snapshot of that digest, with its body or without."""

    request: ViewerRequest
    at: float
    snapshot: str | None


class _Worker:
    """What is known of one worker; times are Unix seconds."""

    def __init__(self, number: int, now: float) -> None:
        self.number = number
        self.started_at = now
        self.snapshot: str | None = None
        self.version: int | None = None
        self.loaded_at: float | None = None
        self.confirmed_at: float | None = None
        self.polls = 0
        self.failed_polls = 0
        self.requests = 0

    def event(self) -> Event:
        return {"type": "worker", **vars(self)}


class _Publication:
    """Something put in force at `at`, on its way to the workers."""

    def __init__(self, number: int, at: float, entry: dict[str, Any], workers: Iterable[int]) -> None:
        self.number, self.at = number, at
        self.snapshot: str = entry["snapshot"]
        self.version: int = entry["version"]
        self.waiting = set(workers)
        self.reached: dict[int, float] = {}

    def reach(self, worker: int, at: float) -> bool:
        """Whether that worker has it only now."""
        if worker not in self.waiting:
            return False
        self.waiting.remove(worker)
        self.reached[worker] = round(max(0.0, at - self.at), 2)
        return True

    def event(self) -> Event:
        return {
            "type": "reached",
            "publication": self.number,
            "version": self.version,
            "reached": dict(self.reached),
            "waiting": sorted(self.waiting),
        }


class Activity:
    """Follows one local edge. Safe to use from several threads; nothing that it is told can make it raise."""

    def __init__(
        self,
        stream: EventStream,
        viewer_request_function: str,
        *,
        read_history: ReadHistory,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        self._function = viewer_request_function
        self._read_history = read_history
        self._now = now
        self._lock = threading.RLock()
        self._reading = (
            threading.Lock()
        )  # one at a time, so that none tells of what an older reading did not have
        self._visitors = Visitors()
        self._decisions: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._invocations: OrderedDict[str, Invocation] = OrderedDict()
        self._undecided: OrderedDict[str, tuple[Exchange, Invocation]] = OrderedDict()
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._workers: dict[int, _Worker] = {}
        self._publications: list[_Publication] = []
        self._numbers = count(1)
        self._known_entry: tuple[Any, ...] | None = None  # the newest of the history that was read last
        self._has_looked = False
        self._state: Event = {}
        self._changes: list[
            float
        ] = []  # when something may have been put in force that has not been read yet

    def edge_event(self, event: EdgeEvent) -> None:
        """Take what the local edge says; an `observe` of it."""
        with self._lock:
            if isinstance(event, Exchange):
                self._answered(event)
            elif isinstance(event, Invocation):
                self._invoked(event)
            elif isinstance(event, FunctionLine) and event.function == self._function:
                self._said(event.worker, _document(event.line))

    def table_read(self, read: TableRead) -> None:
        """Take a read of the table. A worker that read the pointer knows what is in force."""
        with self._lock:
            if read.worker is None or read.key != "current":
                return
            worker = self._worker(read.worker)
            worker.polls += 1
            if read.status == 200:
                worker.confirmed_at = self._now()
            else:
                worker.failed_polls += 1
            self._stream.publish(worker.event(), keep=False)

    def refresh_line(self, line: str) -> None:
        """Take a line that config-refresh or the publish endpoint wrote."""
        document = _document(line)
        what = document.get("event")
        with self._lock:
            if what in ("refresh_failed", "operator_action_failed", "push_refused", "push_failed"):
                text = document.get("message") or document.get("error") or document.get("reason") or ""
                self._announce(str(what).replace("_", " "), str(text), level="warning")
            if document.get("outcome") not in (None, "unchanged") or what == "operator_action_done":
                self._changes.append(self._now())

    def announce(self, title: str, text: str = "") -> None:
        """Tell of something that was done to the system."""
        with self._lock:
            self._announce(title, text)

    def new_edge(self) -> None:
        """Forget the workers: another edge has taken the place of theirs."""
        with self._lock:
            self._workers.clear()
            for publication in self._publications:
                publication.waiting.clear()
            self._stream.publish({"type": "workers", "numbers": []}, keep=False)

    def alive(self, numbers: Iterable[int]) -> None:
        """Forget the workers that have served and are not among `numbers` any more."""
        with self._lock:
            kept = {one.number: one for one in self._workers.values() if not one.requests}
            kept |= {number: self._workers[number] for number in numbers if number in self._workers}
            if len(kept) == len(self._workers):
                return
            gone = self._workers.keys() - kept.keys()
            self._workers = {number: kept[number] for number in sorted(kept)}
            self._stream.publish({"type": "workers", "numbers": sorted(kept)}, keep=False)
            for publication in self._publications:
                if publication.waiting & gone:
                    publication.waiting -= gone
                    self._stream.publish(publication.event())

    def tick(self) -> None:
        """Do what is due: tell of requests whose decision did not come, and of what was put in force meanwhile."""
        with self._lock:
            now, changes = self._now(), self._changes
            for request_id, (exchange, invocation) in list(self._undecided.items()):
                if now - exchange.at - exchange.duration_ms / 1000 < DECISION_WITHIN_SECONDS:
                    break
                del self._undecided[request_id]
                self._tell_request(exchange, invocation, {})
            self._changes = []
        if changes:
            self._read(changes)

    def read(self) -> None:
        """Read now what is in force, and tell of what is new."""
        self._read([self._now()])

    def _read(self, changes: list[float]) -> None:
        with self._reading:
            try:
                history = self._read_history()
            except RuntimeError as failure:
                self.announce("history cannot be read", str(failure))
                return
            with self._lock:
                self._take_history(history, changes)

    def seen(self, request_id: str) -> Seen | None:
        """One of the latest requests, as it was decided."""
        with self._lock:
            return self._seen.get(request_id)

    def state(self) -> Event:
        """What is in force and what operators have decided, as the `state` event says it; empty before it is known."""
        with self._lock:
            return self._state

    def standing(self) -> list[Event]:
        """What a new follower needs to know beside the latest events."""
        with self._lock:
            workers = {"type": "workers", "numbers": sorted(self._workers)}
            return [
                workers,
                *(one.event() for one in self._workers.values()),
                self._state or {"type": "state"},
            ]

    def _worker(self, number: int) -> _Worker:
        if number not in self._workers:
            self._workers[number] = _Worker(number, self._now())
        return self._workers[number]

    def _invoked(self, invocation: Invocation) -> None:
        if invocation.function != self._function:
            return
        _remember(self._invocations, invocation.request_id, invocation)
        if invocation.worker:
            worker = self._worker(invocation.worker)
            worker.requests += 1

    def _said(self, number: int, document: dict[str, Any]) -> None:
        what = document.get("event")
        if what == "decision":
            request_id = str(document.get("request_id"))
            if pending := self._undecided.pop(request_id, None):
                self._tell_request(*pending, document)
            else:
                _remember(self._decisions, request_id, document)
        elif what == "snapshot_loaded":
            worker, now = self._worker(number), self._now()
            worker.snapshot, worker.version = document.get("snapshot"), document.get("version")
            worker.loaded_at = worker.confirmed_at = now
            self._stream.publish(worker.event(), keep=False)
            self._reach(worker)
        elif what is not None and document.get("level") in ("warning", "error"):
            text = document.get("problem") or document.get("error") or document.get("where") or ""
            self._announce(f"worker {number}: {str(what).replace('_', ' ')}", str(text), level="warning")

    def _answered(self, exchange: Exchange) -> None:
        if exchange.request is None:
            self._tell_request(exchange, None, {})
            return
        request_id = exchange.request.request_id
        invocation = self._invocations.pop(request_id, None)
        decision = self._decisions.pop(request_id, None)
        if invocation and invocation.outcome == "success" and decision is None:
            _remember(self._undecided, request_id, (exchange, invocation))
        else:
            self._tell_request(exchange, invocation, decision or {})

    def _tell_request(
        self, exchange: Exchange, invocation: Invocation | None, decision: dict[str, Any]
    ) -> None:
        request = exchange.request
        event: Event = {
            "type": "request",
            "id": None,
            "at": exchange.at,
            "method": None,
            "path": None,
            "visitor": None,
            "status": exchange.status,
            "total_ms": round(exchange.duration_ms, 1),
            "cache": exchange.x_cache.partition(" ")[0],
            "decision": None,
            "integration": decision.get("integration"),
            "action": decision.get("action"),
            "why": decision.get("why"),
            "version": decision.get("version"),
            "ms": None,
            "worker": None,
            "cold": False,
        }
        if request:
            event["id"], event["method"] = request.request_id, request.method
            event["path"] = shown_target(request)
            event["visitor"] = self._visitors.number(request)
        if invocation:
            worker = self._workers.get(invocation.worker)
            event["ms"], event["cold"] = round(invocation.duration_ms, 1), invocation.cold
            event["worker"] = invocation.worker or None
            event["decision"] = decision.get("decision") or (
                "not told" if invocation.outcome == "success" else invocation.outcome
            )
            if request:
                # No more of the body than tells that it was cut: many requests are kept.
                kept = request._replace(body=request.body[: Rule.INCLUDED_BODY_CUT.limit + 1])
                seen = Seen(kept, exchange.at, worker.snapshot if worker else None)
                _remember(self._seen, request.request_id, seen)
        self._stream.publish(event)

    def _reach(self, worker: _Worker) -> None:
        """Note which publication brought the worker's snapshot and keys."""
        now = worker.loaded_at or self._now()
        latest = max(
            (
                one.number
                for one in self._publications
                if one.snapshot == worker.snapshot and _is_heard(one, now)
            ),
            default=0,
        )
        for publication in self._publications:
            if publication.number <= latest and publication.reach(worker.number, now):
                self._stream.publish(publication.event())
                if not publication.waiting:
                    slowest = max(publication.reached.values())
                    self._announce(
                        f"version {publication.version} has reached every worker",
                        f"{plural(len(publication.reached), 'worker')}, the last after {slowest:.1f} s",
                    )

    def _take_history(self, history: dict[str, Any], changes: list[float]) -> None:
        current = history.get("current") or {}
        self._state = {
            "type": "state",
            "version": current.get("version"),
            "snapshot": current.get("snapshot"),
            "killed": history.get("override"),
            "frozen": history.get("freeze"),
            "held": history.get("hold"),
        }
        self._stream.publish(self._state, keep=False)
        entries = history.get("entries") or []
        has_looked, self._has_looked = self._has_looked, True
        new = list(takewhile(lambda one: _identity(one) != self._known_entry, entries))
        if entries:
            self._known_entry = _identity(entries[0])
        if not has_looked:
            return
        for place, entry in reversed(list(enumerate(new, 1))):
            self._put_in_force(entry, changes[-min(place, len(changes))])

    def _put_in_force(self, entry: dict[str, Any], at: float) -> None:
        said = entry.get("difference") or []
        workers = self._workers if said else ()
        publication = _Publication(next(self._numbers), at, entry, workers)
        self._stream.publish(
            {
                "type": "publication",
                "number": publication.number,
                "at": at,
                **{name: entry.get(name) for name in ("action", "source", "actor", "reason")},
                "version": publication.version,
                "snapshot": publication.snapshot,
                "difference": said,
                "waiting": sorted(workers),
            }
        )
        if not said:
            return
        self._publications = [*self._publications[-19:], publication]
        for worker in list(self._workers.values()):
            if (
                worker.snapshot == publication.snapshot
                and worker.loaded_at
                and _is_heard(publication, worker.loaded_at)
            ):
                self._reach(worker)

    def _announce(self, title: str, text: str, level: str = "info") -> None:
        self._stream.publish(
            {"type": "announcement", "at": self._now(), "title": title, "text": text, "level": level}
        )


def shown_target(request: ViewerRequest) -> str:
    """Path and query for people: tokens cut short, nothing endless."""
    parts = []
    for part in request.querystring.split("&"):
        name = next((name for name in _TOKENS if part.startswith(name)), "")
        parts.append(f"{part[: len(name) + 8]}…" if name and len(part) > len(name) + 8 else part)
    query = "&".join(parts)
    target = f"{request.uri}?{query}" if query else request.uri
    return target if len(target) <= _LONGEST_TARGET else f"{target[: _LONGEST_TARGET - 1]}…"


def _is_heard(publication: _Publication, loaded_at: float) -> bool:
    return loaded_at >= publication.at - CARRIED_OUT_SECONDS


def _identity(entry: dict[str, Any]) -> tuple[Any, ...]:
    names = ("at", "action", "source", "actor", "snapshot", "previous_snapshot", "version")
    return (*(entry.get(name) for name in names), *(entry.get("difference") or []))


def _document(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _remember(where: OrderedDict[str, Any], key: str, value: object) -> None:
    where[key] = value
    if len(where) > REMEMBERED:
        where.popitem(last=False)
