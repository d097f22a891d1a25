"""Looks up the addresses of hosts, each in a thread of its own, because the resolver knows no deadline."""

from __future__ import annotations

import _thread
import socket
from collections.abc import Callable

from edge.steps import Deadline, Steps
from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

GIVE_UP_SECONDS: Final = 60.0
"""After which a look-up that has not ended is left alone, and another one begun."""

Resolve: TypeAlias = "Callable[..., Any]"
"""`socket.getaddrinfo`, or a stand-in of a test."""


class _LookUp:
    """A look-up on its way, and what came of it."""

    def __init__(self, resolve: Resolve, host: str, port: int, clock: Callable[[], float]) -> None:
        # As bytes, because a name as text makes Python import its internationalisation tables.
        self._arguments = (host.encode("ascii"), port)
        self._resolve = resolve
        self.outcome: Any = None
        self.began_at = clock()
        self._ended = _thread.allocate_lock()
        self._ended.acquire()
        _thread.start_new_thread(self._run, ())

    def _run(self) -> None:
        self.outcome = OSError("name look-up failed")
        try:
            self.outcome = list(self._resolve(*self._arguments, type=socket.SOCK_STREAM))
        except OSError as error:
            self.outcome = error
        finally:
            self._ended.release()

    def is_over(self, seconds: float = 0.0) -> bool:
        """Whether there is an outcome, after waiting for it at most `seconds`."""
        if not self._ended.acquire(timeout=seconds):
            return False
        self._ended.release()
        return True


class _LookUpEnd(Struct):
    """A look-up is to end within `seconds`."""

    look_up: _LookUp
    seconds: float

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most `seconds`."""
        self.look_up.is_over(min(seconds, self.seconds))


class NameLookUp:
    """Looks up hosts; one that is still being looked up is not looked up a second time."""

    def __init__(self, resolve: Resolve, clock: Callable[[], float]) -> None:
        self._resolve = resolve
        self._clock = clock
        self._running: dict[tuple[str, int], _LookUp] = {}

    def addresses(self, host: str, port: int, deadline: Deadline) -> Steps[list[Any]]:
        """Where `host` is, as `getaddrinfo` says it. Raises OSError.

        When the deadline is over before, the look-up goes on, and the next one for the host waits for it.
        """
        key = (host, port)
        look_up = self._running.get(key)
        if look_up is None or self._clock() - look_up.began_at > GIVE_UP_SECONDS:
            self._running[key] = look_up = _LookUp(self._resolve, host, port, self._clock)
        waiting = deadline.of_one_wait()
        while not look_up.is_over():
            try:
                seconds = waiting.remaining()
            except TimeoutError:
                raise TimeoutError("name look-up timed out") from None
            yield _LookUpEnd(look_up, seconds)
        self._running.pop(key, None)
        if isinstance(look_up.outcome, OSError):
            raise look_up.outcome
        found: list[Any] = look_up.outcome
        return found
