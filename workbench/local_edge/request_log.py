"""What happened at the edge, for tests, for a person to read and for whoever follows it."""

import json
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from workbench.local_edge.viewer_event import ViewerRequest

Log = Callable[[dict[str, Any]], None]
"""Takes one log message, a JSON object."""

KEPT = 20_000
"""How many invocations, breaches and lines of functions' logs are kept at most, each: the oldest go first."""


class Invocation(NamedTuple):
    """One run of a function; `duration_ms` includes the initialisation of a `cold` worker, not the wait for one.

    `outcome` is `success`, or why the visitor got a 503: `exception`, `timeout`, `memory`, `crash`, `init_error` or
    `throttled`. A breach of a rule by a function that ran to its end is a `success` here and a RuleBreach. `worker`
    counts the workers that the function has had, from 1; 0 when the event reached none.
    """

    function: str
    event_type: str
    request_id: str
    duration_ms: float
    cold: bool
    outcome: str
    worker: int


class RuleBreach(NamedTuple):
    """An answer of a function that CloudFront refuses, and AWS's page; the visitor got a 502."""

    function: str
    event_type: str
    request_id: str
    rule: str
    detail: str
    page: str | None


class FunctionLine(NamedTuple):
    """A line that a function printed, in its worker of that number."""

    function: str
    worker: int
    line: str


class Exchange(NamedTuple):
    """A request of a visitor and what came of it; `request` is None when it could not be understood.

    `at` is when it came, in Unix seconds; `size` the body's bytes; `x_cache` the response's X-Cache, empty for an
    error page of the edge.
    """

    request: ViewerRequest | None
    at: float
    duration_ms: float
    status: int
    size: int
    x_cache: str


EdgeEvent = Exchange | Invocation | RuleBreach | FunctionLine
"""What can be followed: of one request an Invocation comes before the Exchange, a FunctionLine at any time."""

Observe = Callable[[EdgeEvent], None]
"""Takes each event, on the thread on which it happens; must neither block nor raise."""


def ignore(_event: EdgeEvent) -> None:
    """Follow nothing."""


class RequestLog:
    """Invocations and rule breaches, in the order they ended."""

    def __init__(self, log: Log, observe: Observe = ignore) -> None:
        self.log = log
        self.observe = observe
        self.invocations: deque[Invocation] = deque(maxlen=KEPT)
        self.rule_breaches: deque[RuleBreach] = deque(maxlen=KEPT)
        self.function_lines: deque[FunctionLine] = deque(maxlen=KEPT)

    def invoked(self, invocation: Invocation, detail: str | None) -> None:
        """Record an invocation; one that failed is logged with its `detail`."""
        self.invocations.append(invocation)
        self.observe(invocation)
        if invocation.outcome != "success":
            self.log(
                {"level": "error", "message": "function failed", **invocation._asdict(), "detail": detail}
            )

    def rule_broken(self, breach: RuleBreach) -> None:
        """Record and log a breach."""
        self.rule_breaches.append(breach)
        self.observe(breach)
        self.log({"level": "error", "message": "function result failed validation", **breach._asdict()})

    def printed(self, said: FunctionLine) -> None:
        """Log what a function printed: the fields of a JSON object beside the log's own, anything else as text."""
        self.function_lines.append(said)
        self.observe(said)
        try:
            document = json.loads(said.line)
        except (ValueError, RecursionError):
            document = None
        fields = document if isinstance(document, dict) else {"line": said.line}
        where = {"message": "function output", "function": said.function, "worker": said.worker}
        self.log({"level": "info", **fields, **where})

    def course(self, said: FunctionLine) -> None:
        """Keep a line that Lambda wrote into a function's log: START, END, REPORT."""
        self.function_lines.append(said)


def print_line(message: dict[str, Any]) -> None:
    """Write `message` to standard error as one JSON line."""
    sys.stderr.write(json.dumps(message) + "\n")
