"""A worker's counts as one log line that CloudWatch turns into metrics (embedded metric format)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

NAMESPACE: Final = "QueueIt/CloudFrontConnector"


def metrics_line(
    connector: str, counts: dict[str, int], poll_failures: int, age_seconds: float | None, now: float
) -> dict[str, Any]:
    """The line for `counts` of decisions by metric, under the dimension Connector; `now` in Unix seconds.

    `age_seconds` is how long ago the table last confirmed that the worker's snapshot is the one in force, None
    without a snapshot. Decisions that did not occur are left out.
    """
    values: dict[str, float] = {**counts}
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
