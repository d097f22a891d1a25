"""The two services that a connector can ask while a visitor waits (protocol section 12), as this project calls them.

The platform's own addresses are not public, so a connector takes each from a setting; these answer at
`/services/verify` and `/services/directpass`.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

Behaviour = Literal["answers", "refuses", "fails", "talks garbage", "sleeps"]
"""`refuses` is a 403, `fails` a 500, `sleeps` a response that comes too late for any connector."""

BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)


@dataclass(frozen=True)
class Asked:
    """One call as it arrived: `service` is "verify" or "direct_pass"."""

    service: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


class AskedServices:
    """The state of both services, and how they behave. Safe to use from several threads."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.behaviour: Behaviour = "answers"
        self.sleep_seconds = 6.0
        self.guests: frozenset[str] = frozenset()
        """Addresses of visitors who need not wait."""
        self.asked: list[Asked] = []
        self.sleep = sleep
        self._uses: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Answer properly again, without guests, and forget all calls."""
        with self._lock:
            self.behaviour, self.sleep_seconds, self.guests = "answers", 6.0, frozenset()
            self.asked.clear()
            self._uses.clear()

    def behave(self, behaviour: str, guests: Iterable[str]) -> None:
        """Behave like this from now on, with these guests. Raises ValueError for an unknown behaviour."""
        for known in BEHAVIOURS:
            if behaviour == known:
                with self._lock:
                    self.behaviour, self.guests = known, frozenset(guests)
                return
        raise ValueError(f"behaviour is {behaviour!r}; use one of {', '.join(BEHAVIOURS)}")

    def receive(self, asked: Asked) -> None:
        """Remember a call, and sleep if that is the behaviour."""
        with self._lock:
            self.asked.append(asked)
            behaviour, seconds = self.behaviour, self.sleep_seconds
        if behaviour == "sleeps":
            self.sleep(seconds)

    def use(self, event_id: str, queue_id: str) -> int:
        """Count one more use of a queue id; returns how often it has been used."""
        with self._lock:
            key = (event_id.lower(), queue_id)
            self._uses[key] = self._uses.get(key, 0) + 1
            return self._uses[key]
