"""A worker's counts as one log line that CloudWatch turns into metrics (embedded metric format)."""

from typing import Any, Final

NAMESPACE: Final = "QueueIt/CloudFrontConnector"

# Each metric costs money in each region that has it: decisions that call for no different action share one.
_METRICS: Final = {
    "session": "PassedWithSession",
    "token": "PassedWithToken",
    "queue": "SentToQueue",
    "cancel": "Cancelled",
    "switched off": "SwitchedOff",
    "session of another address": "Refused",
    "queue id used up": "Refused",
    "direct pass": "PassedDirectly",
    "direct pass failed": "DirectPassFailed",
    "no match": "PassedUntouched",
    "ignored method": "PassedUntouched",
    "preflight": "PassedUntouched",
    "ignore": "PassedUntouched",
    "nothing to cancel": "PassedUntouched",
    "failed open": "FailedOpen",
    "failed closed": "FailedClosed",
}
_OTHERS: Final = "OtherDecisions"


def metric_of(reason: str) -> str:
    """The metric that a decision counts in, by its reason."""
    if reason.startswith(("token error", "diagnostics error")):
        return "Refused"
    return _METRICS.get(reason, _OTHERS)


def metrics_line(
    connector: str, counts: dict[str, int], poll_failures: int, age_seconds: float | None, now: float
) -> dict[str, Any]:
    """The line for `counts` of decisions by reason, under the dimension Connector; `now` in Unix seconds.

    `age_seconds` is how long ago the table last confirmed that the worker's snapshot is the one in force, None
    without a snapshot. Decisions that did not occur are left out.
    """
    values: dict[str, float] = {}
    for reason, count in counts.items():
        name = metric_of(reason)
        values[name] = values.get(name, 0) + count
    units = dict.fromkeys(values, "Count")
    values["PollFailures"], units["PollFailures"] = poll_failures, "Count"
    if age_seconds is not None:
        values["SnapshotAge"], units["SnapshotAge"] = round(age_seconds, 1), "Seconds"
    directive = {
        "Timestamp": round(now * 1000),
        "CloudWatchMetrics": [
            {
                "Namespace": NAMESPACE,
                "Dimensions": [["Connector"]],
                "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
            }
        ],
    }
    return {"_aws": directive, "Connector": connector, **values}
