"""What happened at the edge, for tests and for a person to read."""

import json
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

Log = Callable[[dict[str, Any]], None]
"""Takes one log message, a JSON object."""

KEPT = 20_000
"""How many invocations, and how many breaches, are kept at most: the oldest go first."""


class Invocation(NamedTuple):
    """One run of a function; `duration_ms` includes the initialisation of a `cold` worker, not the wait for one.

    `outcome` is `success`, or why the visitor got a 503: `exception`, `timeout`, `memory`, `crash`, `init_error` or
    `throttled`. A breach of a rule by a function that ran to its end is a `success` here and a RuleBreach.
    """

    function: str
    event_type: str
    request_id: str
    duration_ms: float
    cold: bool
    outcome: str


class RuleBreach(NamedTuple):
    """An answer of a function that CloudFront refuses; the visitor got a 502."""

    function: str
    event_type: str
    request_id: str
    rule: str
    detail: str


class RequestLog:
    """Invocations and rule breaches, in the order they ended."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.invocations: deque[Invocation] = deque(maxlen=KEPT)
        self.rule_breaches: deque[RuleBreach] = deque(maxlen=KEPT)

    def invoked(self, invocation: Invocation, detail: str | None) -> None:
        """Record an invocation; one that failed is logged with its `detail`."""
        self.invocations.append(invocation)
        if invocation.outcome != "success":
            self.log(
                {"level": "error", "message": "function failed", **invocation._asdict(), "detail": detail}
            )

    def rule_broken(self, breach: RuleBreach) -> None:
        """Record and log a breach."""
        self.rule_breaches.append(breach)
        self.log({"level": "error", "message": "function result failed validation", **breach._asdict()})


def print_line(message: dict[str, Any]) -> None:
    """Write `message` to standard error as one JSON line."""
    sys.stderr.write(json.dumps(message) + "\n")
