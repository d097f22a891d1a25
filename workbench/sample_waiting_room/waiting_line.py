"""The lines visitors wait in: who came when, who is next, and how fast a line moves."""

import math
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, get_args

Mode = Literal["queue", "safetynet", "disabled", "afterevent"]
"""What a room does with arrivals: `queue` lets them wait, the others send them on with that redirect type."""

MODES: tuple[Mode, ...] = get_args(Mode)

_FORGET_AFTER_SECONDS = 900
_LEFT_AFTER_SECONDS = 90
"""Since a visitor's page last asked for its place; browsers let a background page ask only once a minute."""
_MOST_VISITORS_PER_ROOM = 10_000


@dataclass(frozen=True)
class Visitor:
    """A visitor with a place in a line; times are in Unix seconds."""

    queue_id: str
    event_id: str
    place: int
    ahead_on_arrival: int
    joined_at: float
    last_seen_at: float
    target: str
    layout: str = ""
    culture: str = ""
    admitted_at: float | None = None

    def waits(self, now: float) -> bool:
        """Whether the visitor is there and has not gone in."""
        return self.admitted_at is None and now - self.last_seen_at <= _LEFT_AFTER_SECONDS


@dataclass(frozen=True)
class Progress:
    """How far a visitor has got: `ahead` people are in front, and `fraction` (0 to 1) of the wait is over."""

    ahead: int
    fraction: float
    expected_seconds: int | None
    is_turn: bool


@dataclass(frozen=True)
class RoomSummary:
    """One room as the administration page shows it; `refused` are arrivals without a valid enqueue token."""

    event_id: str
    mode: Mode = "queue"
    requires_token: bool = False
    waiting: int = 0
    admitted: int = 0
    refused: int = 0


class _Line:
    """One room's line. Places are handed out in order; everybody up to `served` may go in."""

    def __init__(self, event_id: str, now: float) -> None:
        self.event_id = event_id
        self.mode: Mode = "queue"
        self.requires_token = False
        self.refused = 0
        self.last_place = 0
        self.served = 0.0
        self.moved_at = now
        self.admitted = 0
        self.visitors: dict[str, Visitor] = {}

    def move(self, now: float, speed: float) -> None:
        elapsed = max(0.0, now - self.moved_at)
        self.served = min(float(self.last_place), self.served + speed * elapsed)
        self.moved_at = now

    def ahead_of(self, visitor: Visitor) -> int:
        return max(0, visitor.place - 1 - math.floor(self.served))

    def is_turn(self, visitor: Visitor) -> bool:
        return visitor.place <= math.floor(self.served)

    def forget_those_long_gone(self, now: float) -> None:
        gone = [key for key, one in self.visitors.items() if now - one.last_seen_at > _FORGET_AFTER_SECONDS]
        for key in gone:
            del self.visitors[key]
        while len(self.visitors) >= _MOST_VISITORS_PER_ROOM:
            del self.visitors[next(iter(self.visitors))]


class WaitingLines:
    """All lines of the account, one a room. Safe to use from several threads."""

    def __init__(self, *, now: Callable[[], float], visitors_per_second: float, crowd: int) -> None:
        """`crowd` imaginary people stand in front of a visitor who finds the line empty."""
        self._now = now
        self._speed = visitors_per_second
        self._crowd = crowd
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()

    @property
    def visitors_per_second(self) -> float:
        """How fast each line moves."""
        with self._lock:
            return self._speed

    @property
    def crowd(self) -> int:
        """How many imaginary people stand in front of a visitor who finds the line empty."""
        with self._lock:
            return self._crowd

    def set_pace(self, *, visitors_per_second: float, crowd: int) -> None:
        """Change the speed of every line, and the imaginary crowd for new arrivals. Raises ValueError."""
        if not 0 <= visitors_per_second <= 1000:
            raise ValueError("the speed must be between 0 and 1000 visitors a second")
        if not 0 <= crowd <= 100_000:
            raise ValueError("the crowd must be between 0 and 100000 people")
        with self._lock:
            for line in self._lines.values():
                line.move(self._now(), self._speed)
            self._speed = visitors_per_second
            self._crowd = crowd

    def mode(self, event_id: str) -> Mode:
        """What the room does with arrivals."""
        with self._moved_line(event_id) as line:
            return line.mode

    def set_mode(self, event_id: str, mode: str) -> None:
        """Switch a room. Raises ValueError for an unknown mode."""
        for known in MODES:
            if mode == known:
                with self._moved_line(event_id) as line:
                    line.mode = known
                return
        raise ValueError(f"mode is {mode!r}; use one of {', '.join(MODES)}")

    def requires_token(self, event_id: str) -> bool:
        """Whether the room takes only arrivals with a valid enqueue token."""
        with self._moved_line(event_id) as line:
            return line.requires_token

    def require_token(self, event_id: str, is_required: bool) -> None:
        """Set whether the room takes only arrivals with a valid enqueue token."""
        with self._moved_line(event_id) as line:
            line.requires_token = is_required

    def refuse(self, event_id: str) -> None:
        """Count an arrival who was turned away."""
        with self._moved_line(event_id) as line:
            line.refused += 1

    def holds_place(self, event_id: str, queue_id: str) -> bool:
        """Whether a visitor with that queue id waits."""
        with self._moved_line(event_id) as line:
            visitor = line.visitors.get(queue_id)
            return visitor is not None and visitor.admitted_at is None

    def join(
        self, event_id: str, *, target: str, queue_id: str | None = None, layout: str = "", culture: str = ""
    ) -> Visitor:
        """Give a visitor the place that `queue_id` still holds, or else one at the end."""
        with self._moved_line(event_id) as line:
            now = line.moved_at
            line.forget_those_long_gone(now)
            held = line.visitors.get(queue_id) if queue_id else None
            if held and held.admitted_at is None:
                visitor = replace(held, target=target, last_seen_at=now, layout=layout, culture=culture)
            else:
                crowd = self._crowd if math.floor(line.served) >= line.last_place else 0
                line.last_place += crowd + 1
                ahead = line.last_place - 1 - math.floor(line.served)
                visitor = Visitor(
                    queue_id=str(uuid.uuid4()),
                    event_id=event_id,
                    place=line.last_place,
                    ahead_on_arrival=ahead,
                    joined_at=now,
                    last_seen_at=now,
                    target=target,
                    layout=layout,
                    culture=culture,
                )
            line.visitors[visitor.queue_id] = visitor
            return visitor

    def find(self, event_id: str, queue_id: str) -> Visitor | None:
        """The visitor with that queue id, who counts as present from now on; None for an unknown one."""
        with self._moved_line(event_id) as line:
            visitor = line.visitors.get(queue_id)
            if visitor:
                visitor = line.visitors[queue_id] = replace(visitor, last_seen_at=line.moved_at)
            return visitor

    def progress(self, visitor: Visitor) -> Progress:
        """Where the visitor stands now."""
        with self._moved_line(visitor.event_id) as line:
            ahead = line.ahead_of(visitor)
            is_turn = line.is_turn(visitor)
            left = max(0.0, visitor.place - line.served)
            way = visitor.ahead_on_arrival + 1
            return Progress(
                ahead=ahead,
                fraction=1.0 if is_turn else min(1.0, max(0.0, 1 - left / way)),
                expected_seconds=math.ceil(left / self._speed) if self._speed > 0 else None,
                is_turn=is_turn,
            )

    def admit(self, visitor: Visitor) -> bool:
        """Let the visitor in; False when it is not their turn yet."""
        with self._moved_line(visitor.event_id) as line:
            if not line.is_turn(visitor):
                return False
            if visitor.admitted_at is None:
                line.admitted += 1
            line.visitors[visitor.queue_id] = replace(visitor, admitted_at=line.moved_at)
            return True

    def admit_everybody(self, event_id: str | None = None) -> None:
        """Make it everybody's turn, in one room or in all."""
        with self._lock:
            for line in self._lines.values():
                if event_id is None or line is self._lines.get(event_id.lower()):
                    line.served = float(line.last_place)

    def leave(self, event_id: str, queue_id: str) -> None:
        """Forget the visitor's place."""
        with self._moved_line(event_id) as line:
            line.visitors.pop(queue_id, None)

    def step_away(self, event_id: str, queue_id: str) -> None:
        """Count the visitor as gone until their page asks again; the place is kept for a while."""
        with self._moved_line(event_id) as line:
            if visitor := line.visitors.get(queue_id):
                gone_since = line.moved_at - _LEFT_AFTER_SECONDS - 1
                line.visitors[queue_id] = replace(visitor, last_seen_at=gone_since)

    def waiting(self) -> list[tuple[Visitor, Progress]]:
        """Everybody who is present and has not gone in, in all rooms, those with the fewest people ahead first."""
        with self._lock:
            now = self._now()
            visitors = [
                one for line in self._lines.values() for one in line.visitors.values() if one.waits(now)
            ]
        found = [(visitor, self.progress(visitor)) for visitor in visitors]
        return sorted(found, key=lambda pair: (pair[1].ahead, pair[0].joined_at))

    def rooms(self) -> list[RoomSummary]:
        """Every room that somebody has come to or that was switched, by id."""
        with self._lock:
            now = self._now()
            return sorted(
                (
                    RoomSummary(
                        line.event_id,
                        line.mode,
                        line.requires_token,
                        sum(one.waits(now) for one in line.visitors.values()),
                        line.admitted,
                        line.refused,
                    )
                    for line in self._lines.values()
                ),
                key=lambda room: room.event_id.lower(),
            )

    @contextmanager
    def _moved_line(self, event_id: str) -> Iterator[_Line]:
        """The room's line, moved on to the present, and locked."""
        with self._lock:
            now = self._now()
            line = self._lines.get(event_id.lower())
            if line is None:
                line = self._lines[event_id.lower()] = _Line(event_id, now)
            line.move(now, self._speed)
            yield line
