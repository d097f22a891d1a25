"""The time that a run has, which all its attempts share: it ends by itself, and says so, before Lambda ends it."""

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

REPORT_SECONDS: Final = 1.0
"""Kept for the log line and the metric at the end."""

DEFAULT_SECONDS: Final = 60.0
"""For a run that nobody has given an end."""


class Deadline(NamedTuple):
    """`ends_at` is in seconds of `clock`, which only goes forward."""

    ends_at: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def left(self) -> float:
        """Seconds until the run has to end."""
        return self.ends_at - self.clock()

    def wait(self, seconds: float) -> None:
        """Wait, though not beyond the end."""
        self.sleep(max(0.0, min(seconds, self.left())))


def seconds_of(context: Any) -> float:
    """The time that Lambda's context leaves this run; DEFAULT_SECONDS without a context."""
    if context is None:
        return DEFAULT_SECONDS
    return float(context.get_remaining_time_in_millis()) / 1000
