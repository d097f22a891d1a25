"""The stream of what happens: one publisher, any number of followers, none of which can hold it up."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]
"""A JSON object whose `type` says what else is in it."""

KEPT = 500
"""How many events a new follower can look back on."""

WAITING = 2_000
"""How many events a slow follower may be behind; then it loses the oldest and is told how many."""


class EventStream:
    """Safe to use from several threads."""

    def __init__(self, *, kept: int = KEPT, waiting: int = WAITING) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Event] = deque(maxlen=kept)
        self._waiting = waiting
        self._followers: set[Follower] = set()
        self._is_closed = False

    def publish(self, event: Event, *, keep: bool = True) -> None:
        """Tell every follower, without waiting for one; with `keep` those to come can look back on it."""
        with self._lock:
            if keep:
                self._kept.append(event)
            for follower in self._followers:
                follower.take(event)

    def follow(self) -> "Follower":
        """A follower of all that happens from now on."""
        with self._lock:
            follower = Follower(self, tuple(self._kept), self._waiting)
            if self._is_closed:
                follower.end()
            else:
                self._followers.add(follower)
            return follower

    def forget(self, follower: "Follower") -> None:
        """Tell this follower nothing more."""
        with self._lock:
            self._followers.discard(follower)

    def close(self) -> None:
        """End every follower, and those to come."""
        with self._lock:
            self._is_closed = True
            followers, self._followers = self._followers, set()
        for follower in followers:
            follower.end()


class Follower:
    """What one follower has not seen yet; a context manager that ends when left. `past` is what came before."""

    def __init__(self, stream: EventStream, past: tuple[Event, ...], waiting: int) -> None:
        self.past = past
        self._stream = stream
        self._changed = threading.Condition()
        self._events: deque[Event] = deque(maxlen=waiting)
        self._lost = 0
        self._is_ended = False

    def take(self, event: Event) -> None:
        """Add an event to those that it has not seen."""
        with self._changed:
            self._lost += len(self._events) == self._events.maxlen
            self._events.append(event)
            self._changed.notify()

    def end(self) -> None:
        """Let `events` come to its end."""
        with self._changed:
            self._is_ended = True
            self._changed.notify()

    def events(self, quiet_seconds: float) -> Iterator[Event | None]:
        """Each event as it comes, None after so many seconds without one, until the stream is closed."""
        while True:
            with self._changed:
                if not self._events and not self._is_ended:
                    self._changed.wait(quiet_seconds)
                if self._is_ended:
                    return
                lost, self._lost = self._lost, 0
                event = self._events.popleft() if self._events else None
            if lost:
                yield {"type": "lost", "events": lost}
            yield event

    def __enter__(self) -> "Follower":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.forget(self)
        self.end()


def as_server_sent(event: Event | None) -> str:
    """An event in the form of server-sent events; None is a comment, which keeps the connection."""
    return ": nothing new\n\n" if event is None else f"data: {json.dumps(event)}\n\n"
