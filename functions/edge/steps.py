"""Work that has to wait, cut into steps: one request takes them as far as they go in its time, a later one goes on.

Steps are a generator that yields whenever it would have to wait, and gives its result at the end. Nothing runs between
requests, so that a worker may be frozen at any of its waits.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Generator

from queueit.light_typing import Protocol, Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias, TypeVar

    _Result = TypeVar("_Result")

READABLE: Final = select.POLLIN
WRITABLE: Final = select.POLLOUT


class Wait(Protocol):
    """What steps yield."""

    def wait(self, seconds: float) -> None:
        """Wait until there may be something to go on with, at most `seconds`."""


Steps: TypeAlias = "Generator[Wait, None, _Result]"


class Pause(Struct):
    """Nothing is to be done for `seconds`."""

    seconds: float

    def wait(self, seconds: float) -> None:
        """Let the time pass, or `seconds` of it."""
        time.sleep(min(seconds, self.seconds))


class Readiness(Struct):
    """A socket is to become READABLE or WRITABLE within `seconds`."""

    socket: Any
    event: int
    seconds: float

    def wait(self, seconds: float) -> None:
        """Wait for the socket, at most `seconds`."""
        poll = select.poll()
        poll.register(self.socket, self.event)
        poll.poll(min(seconds, self.seconds) * 1000)


class PassedTime:
    """Seconds that pass, frozen or not: the monotonic clock may stand still then, the other one may be set.

    Each reading adds what the one that went further did since the last. It never goes back.
    """

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, wall_clock: Callable[[], float] = time.time
    ) -> None:
        self._clocks = (monotonic, wall_clock)
        self._last = (monotonic(), wall_clock())
        self._seconds = 0.0

    def __call__(self) -> float:
        """The seconds that have passed since this clock was made."""
        monotonic, wall = self._clocks[0](), self._clocks[1]()
        self._seconds += max(monotonic - self._last[0], wall - self._last[1], 0.0)
        self._last = (monotonic, wall)
        return self._seconds


class Deadline:
    """A point in time that all waiting for one result has to respect; `longest_wait` bounds each single wait too."""

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        longest_wait: float = float("inf"),
    ) -> None:
        self._clock = clock
        self._ends_at = clock() + seconds
        self._longest_wait = longest_wait

    def remaining(self) -> float:
        """Seconds left, more than 0. Raises TimeoutError when there are none."""
        seconds = self._ends_at - self._clock()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    def of_one_wait(self) -> Deadline:
        """The deadline of a wait that begins now; it may be over."""
        return Deadline(min(self._ends_at - self._clock(), self._longest_wait), self._clock)

    def part(self, share: float = 1.0, longest_wait: float = float("inf")) -> Deadline:
        """A deadline that ends after `share` of what is left of this one, with shorter waits if need be."""
        return Deadline(self.remaining() * share, self._clock, min(longest_wait, self._longest_wait))


def finish(steps: Steps[_Result], deadline: Deadline) -> _Result:
    """Take all steps now, and wait where they wait. Raises TimeoutError when `deadline` is over before."""
    try:
        while True:
            next(steps).wait(deadline.remaining())
    except StopIteration as end:
        result: _Result = end.value
        return result
    finally:
        steps.close()
