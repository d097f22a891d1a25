"""The lines that a run leaves behind: each is one line of JSON, whatever it has to tell."""

import json

import pytest

from config_refresh import report


@pytest.mark.parametrize(
    "text", ["plain", "é🎟 …", 'a "quote"\nand a line', "lone \ud800 surrogate", "\udfff"]
)
def test_a_log_line_can_be_printed_and_read_back(text: str) -> None:
    lines: list[str] = []
    report.log({"level": "error", "message": text}, lines.append)
    (line,) = lines

    assert line.encode("utf-8")
    assert "\n" not in line
    assert json.loads(line) == {"level": "error", "message": text}


def test_a_log_line_keeps_characters_beyond_ascii_readable() -> None:
    lines: list[str] = []
    report.log({"message": "give {…} a title"}, lines.append)

    assert lines == ['{"message": "give {…} a title"}']


def test_metrics_are_in_cloudwatchs_embedded_format() -> None:
    lines: list[str] = []
    report.metrics("shop", {"RefreshFailed": 1, "ConfigurationVersion": 7}, 1_790_000_000.25, lines.append)
    (line,) = lines

    assert json.loads(line) == {
        "_aws": {
            "Timestamp": 1_790_000_000_250,
            "CloudWatchMetrics": [
                {
                    "Namespace": "QueueIt/CloudFrontConnector",
                    "Dimensions": [["Connector"]],
                    "Metrics": [
                        {"Name": "RefreshFailed", "Unit": "Count"},
                        {"Name": "ConfigurationVersion", "Unit": "None"},
                    ],
                }
            ],
        },
        "Connector": "shop",
        "RefreshFailed": 1,
        "ConfigurationVersion": 7,
    }
