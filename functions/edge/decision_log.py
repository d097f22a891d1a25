"""What a worker says of its decisions: a log line for a share of them and for failures, and counts of them all.

Nothing in it tells who asked for what: no token, cookie, address, path or query string.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.snapshot_reader import print_log, random_share
from queueit.light_typing import Protocol
from queueit.outcome import Decision, Reason
from queueit.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

FLUSH_SECONDS: Final = 60.0
"""How long a worker counts before it writes one line of metrics; the first time it is a random part of that."""

FAILURES_IN_FULL: Final = 10
FAILURES_PER_LINE: Final = 100
"""A worker logs its first failures each, then one in so many: the counts have them all."""


class Health(Protocol):
    """How the worker's snapshot is doing: `edge.snapshot_reader.SnapshotReader`, or a stand-in of a test."""

    confirmed_at: float | None
    poll_failures: int


class DecisionLog:
    """One worker's log and counts. No method raises: what is only said of a decision must not change it.

    A worker that is frozen between requests cannot write by the clock: the counts go out with the first request
    after `FLUSH_SECONDS`, and those since the last time are lost with a worker that ends.
    """

    def __init__(
        self,
        connector: str,
        health: Health,
        *,
        uniform: Callable[[], float] = random_share,
        log: Callable[[dict[str, Any]], None] = print_log,
    ) -> None:
        """`uniform` gives numbers from 0 up to 1; `log` takes one JSON object a line."""
        self._connector = connector
        self._health = health
        self._log = log
        self._uniform = uniform
        self._due = uniform()  # of a log line: each decision adds the rate, and 1 is one line
        self._counts: dict[str, int] = {}  # by metric
        self._flush_at: float | None = None
        self._flushed_failures = 0
        self._failed = 0

    def decided(self, decision: Decision, snapshot: Snapshot, cf: dict[str, Any], now: float) -> None:
        """Count a decision on the request of `Records[0].cf`, and log it when it is its turn; `now` in Unix seconds."""
        try:
            metric = decision.reason.metric
            self._counts[metric] = self._counts.get(metric, 0) + 1
            rate = snapshot.settings.decision_log_rate
            self._due += rate
            if self._due >= 1.0:
                self._due -= 1.0
                self._write(decision, snapshot, cf, rate)
            self._flush_when_due(now)
        except Exception:  # noqa: S110  # see the class
            pass

    def failed(self, how: Reason, why: str, event: dict[str, Any], now: float) -> None:
        """Count and log an event that could not be decided on: `how` is FAILED_OPEN or FAILED_CLOSED."""
        try:
            self._counts[how.metric] = self._counts.get(how.metric, 0) + 1
            self._failed += 1
            if self._failed <= FAILURES_IN_FULL or self._failed % FAILURES_PER_LINE == 0:
                self._log(
                    {
                        "level": "error",
                        "event": "decision",
                        "decision": how.name,
                        "why": why,
                        "failures": self._failed,
                        **_request(event["Records"][0]["cf"]),
                    }
                )
            self._flush_when_due(now)
        except Exception:  # noqa: S110  # see the class
            pass

    def _write(self, decision: Decision, snapshot: Snapshot, cf: dict[str, Any], rate: float) -> None:
        integration = decision.integration
        self._log(
            {
                "level": "info",
                "event": "decision",
                "decision": decision.reason.name,
                "integration": integration.name if integration else None,
                "action": integration.action if integration else None,
                "waiting_room": integration.event_id if integration else None,
                "version": snapshot.version,
                "sample_rate": rate,
                **_request(cf),
            }
        )

    def _flush_when_due(self, now: float) -> None:
        if self._flush_at is None:
            self._flush_at = now + FLUSH_SECONDS * self._uniform()
        elif now >= self._flush_at or now < self._flush_at - FLUSH_SECONDS:  # the clock may be set back
            self._flush_at = now + FLUSH_SECONDS
            from edge.embedded_metrics import metrics_line

            counts, self._counts = self._counts, {}
            failures = self._health.poll_failures - self._flushed_failures
            self._flushed_failures += failures
            confirmed_at = self._health.confirmed_at
            age = None if confirmed_at is None else max(0.0, now - confirmed_at)
            self._log(metrics_line(self._connector, counts, failures, age, now))


def _request(cf: dict[str, Any]) -> dict[str, Any]:
    """What helps to find a request in CloudFront's own log."""
    return {
        "method": cf["request"].get("method"),
        "request_id": cf["config"].get("requestId"),
        "distribution": cf["config"].get("distributionId"),
    }
