"""What a run leaves behind for people: one JSON log line and one line of embedded metrics."""

import json
from collections.abc import Callable
from typing import Any, Final

NAMESPACE: Final = "QueueIt/CloudFrontConnector"
_UNITS: Final = {
    "RefreshSucceeded": "Count",
    "RefreshFailed": "Count",
    "Published": "Count",
    "ConfigurationVersion": "None",
    "Integrations": "None",
    "Frozen": "None",
    "Killed": "None",
    "PublishAccepted": "Count",
    "PublishRefused": "Count",
    "PublishFailed": "Count",
}

Print = Callable[[str], None]


def log(message: dict[str, Any], print_line: Print) -> None:
    """One JSON line, which Lambda takes to the log group."""
    line = json.dumps(message, ensure_ascii=False)
    # A lone surrogate, which the platform's JSON may hold, cannot be printed: it stays the JSON escape it was.
    print_line(line.encode("utf-8", "backslashreplace").decode())


def metrics(connector: str, values: dict[str, int], now: float, print_line: Print) -> None:
    """One line in CloudWatch's embedded metric format, under the dimension Connector."""
    directive = {
        "Timestamp": round(now * 1000),
        "CloudWatchMetrics": [
            {
                "Namespace": NAMESPACE,
                "Dimensions": [["Connector"]],
                "Metrics": [{"Name": name, "Unit": _UNITS[name]} for name in values],
            }
        ],
    }
    print_line(json.dumps({"_aws": directive, "Connector": connector, **values}))
