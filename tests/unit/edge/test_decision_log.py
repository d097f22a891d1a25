"""What a worker logs and counts of its decisions, and that it never gets in their way."""

import json
from typing import Any

import pytest

from edge import event_handling
from edge.decision_log import FLUSH_SECONDS, DecisionLog
from edge.embedded_metrics import metrics_line
from queueit import outcome
from queueit.outcome import FAILED_CLOSED, FAILED_OPEN, Reason
from queueit.snapshot import Snapshot
from tests.builders import NOW, SECRET_KEY, compiled_snapshot, viewer_request_event

TOKEN = "e_tickets~q_11111111-2222-3333-4444-555555555555~ts_1790000100~ce_true~rt_queue~h_0000"


class Health:
    """A snapshot reader, as far as the log asks for it."""

    confirmed_at: float | None = None
    poll_failures = 0


class Worker:
    """One worker's log with what it wrote."""

    def __init__(self, *, start: float = 0.0, **settings: Any) -> None:
        self.health = Health()
        self.lines: list[dict[str, Any]] = []
        self.snapshot: Snapshot = compiled_snapshot(settings=settings)
        self.log = DecisionLog("shop", self.health, uniform=lambda: start, log=self.lines.append)
        self.now = float(NOW)

    def ask(self, uri: str = "/tickets", querystring: str = "", **request: Any) -> dict[str, Any]:
        event = viewer_request_event(uri, querystring, **request)
        return event_handling.handle(event, self.snapshot, self.now, log=self.log)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("event") == "decision"]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "_aws" in line]


def test_the_line_of_a_decision_says_what_was_decided_by_which_integration_and_version() -> None:
    worker = Worker(decision_log_rate=1)
    worker.ask(request_id="request-9")
    assert worker.decisions == [
        {
            "level": "info",
            "event": "decision",
            "decision": "queue",
            "integration": "Tickets",
            "action": "Queue",
            "waiting_room": "tickets",
            "version": 7,
            "sample_rate": 1.0,
            "method": "GET",
            "request_id": "request-9",
            "distribution": "EDFDVBD6EXAMPLE",
        }
    ]


def test_no_line_names_the_visitor_the_page_or_what_they_sent() -> None:
    worker = Worker(start=0.5, decision_log_rate=1)
    headers = [("Cookie", "QueueITAccepted-SDFrts345E-V3_tickets=forged-cookie"), ("User-Agent", "a-browser")]
    worker.ask("/tickets/private", f"seat=12&queueittoken={TOKEN}", headers=headers, client_ip="203.0.113.77")
    worker.ask("/elsewhere", "email=somebody", headers=headers, client_ip="203.0.113.77")
    worker.log.failed(FAILED_OPEN, "defect", viewer_request_event("/private", "seat=12"), worker.now)
    worker.now += 2 * FLUSH_SECONDS
    worker.ask()
    assert len(worker.lines) == 5
    written = json.dumps(worker.lines)
    told = ("private", "seat", "forged", "a-browser", "203.0.113.77", "ts_1790000100", "email", SECRET_KEY)
    assert [word for word in told if word in written] == []


@pytest.mark.parametrize(("rate", "lines"), [(0, 0), (0.01, 10), (0.25, 250), (1, 1000)])
def test_the_share_of_decisions_that_the_setting_says_gets_a_line(rate: float, lines: int) -> None:
    worker = Worker(start=0.5, decision_log_rate=rate)
    for _ in range(1000):
        worker.ask("/elsewhere")
    assert len(worker.decisions) == lines


def test_a_worker_begins_anywhere_in_the_sampling_so_that_short_lives_are_sampled_too() -> None:
    logged = 0
    for position in range(100):
        worker = Worker(start=position / 100, decision_log_rate=0.1)
        worker.ask()
        logged += len(worker.decisions)
    assert logged == pytest.approx(10, abs=1)


def test_one_decision_in_a_hundred_is_logged_by_default() -> None:
    assert compiled_snapshot().settings.decision_log_rate == 0.01


@pytest.mark.parametrize("how", [FAILED_OPEN, FAILED_CLOSED])
def test_failures_have_a_line_whatever_the_rate(how: Reason) -> None:
    worker = Worker(decision_log_rate=0)
    for _ in range(3):
        worker.log.failed(how, "no snapshot", viewer_request_event(), worker.now)
    assert [(line["level"], line["decision"], line["why"]) for line in worker.decisions] == [
        ("error", how.name, "no snapshot")
    ] * 3


def test_after_ten_failures_one_in_a_hundred_has_a_line_and_all_are_counted() -> None:
    worker = Worker(start=0.5, decision_log_rate=0)
    for _ in range(1000):
        worker.log.failed(FAILED_OPEN, "no snapshot", viewer_request_event(), worker.now)
    assert [line["failures"] for line in worker.decisions] == [*range(1, 11), *range(100, 1001, 100)]
    worker.now += 2 * FLUSH_SECONDS
    worker.log.failed(FAILED_OPEN, "no snapshot", viewer_request_event(), worker.now)
    assert worker.lines[-1]["FailedOpen"] == 1001


def test_counts_are_written_with_the_first_request_after_a_minute_and_begin_anew() -> None:
    worker = Worker(start=0.5, decision_log_rate=0)
    worker.health.confirmed_at = worker.now
    worker.ask()
    worker.now += 29
    worker.ask("/elsewhere")
    assert worker.metrics == [], "the first time is a random part of a minute away"
    worker.now += 1
    worker.ask("/elsewhere")
    worker.now += 59
    worker.ask()
    assert [(line["SentToQueue"], line["PassedUntouched"]) for line in worker.metrics] == [(1, 2)]
    worker.now += 600  # frozen meanwhile
    worker.health.confirmed_at = worker.now - 12
    worker.health.poll_failures = 2
    worker.ask()
    last = worker.metrics[-1]
    assert (last["SentToQueue"], last["SnapshotAge"], last["PollFailures"]) == (2, 12.0, 2)
    assert "PassedUntouched" not in last
    worker.now += 60
    worker.ask()
    assert worker.metrics[-1]["PollFailures"] == 0, "failures are counted once"


def test_a_clock_that_is_set_back_does_not_stop_the_metrics() -> None:
    worker = Worker(decision_log_rate=0)
    worker.ask()
    worker.now -= 3600
    worker.ask()
    worker.now += 61
    worker.ask()
    assert len(worker.metrics) == 2


def test_metrics_are_in_the_embedded_format_under_the_connectors_name() -> None:
    line = metrics_line("shop", {"SentToQueue": 3, "Refused": 2}, 4, 2.04, 1.5)
    metrics = [
        {"Name": "SentToQueue", "Unit": "Count"},
        {"Name": "Refused", "Unit": "Count"},
        {"Name": "PollFailures", "Unit": "Count"},
        {"Name": "SnapshotAge", "Unit": "Seconds"},
    ]
    directive = {
        "Namespace": "QueueIt/CloudFrontConnector",
        "Dimensions": [["Connector"]],
        "Metrics": metrics,
    }
    assert line == {
        "_aws": {"Timestamp": 1500, "CloudWatchMetrics": [directive]},
        "Connector": "shop",
        "SentToQueue": 3,
        "Refused": 2,
        "PollFailures": 4,
        "SnapshotAge": 2.0,
    }


def test_a_worker_without_any_snapshot_has_no_age_to_report() -> None:
    assert "SnapshotAge" not in metrics_line("shop", {"FailedOpen": 1}, 1, None, 0)


PREFLIGHT: dict[str, Any] = {
    "method": "OPTIONS",
    "headers": [("Origin", "https://www.example.com"), ("Access-Control-Request-Method", "GET")],
}


@pytest.mark.parametrize(
    ("request_", "metric"),
    [
        ({}, "SentToQueue"),
        ({"querystring": f"queueittoken={TOKEN}"}, "Refused"),
        ({"uri": "/"}, "PassedUntouched"),
        (PREFLIGHT, "PassedUntouched"),
    ],
)
def test_each_kind_of_decision_counts_in_its_metric(request_: dict[str, Any], metric: str) -> None:
    worker = Worker(decision_log_rate=0)
    worker.ask(**request_)
    worker.now += FLUSH_SECONDS
    worker.log.failed(FAILED_OPEN, "defect", viewer_request_event(), worker.now)
    assert worker.metrics[0][metric] == 1
    assert worker.metrics[0]["FailedOpen"] == 1


def test_reasons_that_share_a_metric_count_together() -> None:
    worker = Worker(decision_log_rate=0)
    worker.ask(uri="/")
    worker.now += FLUSH_SECONDS
    worker.ask(**PREFLIGHT)
    assert worker.metrics[0]["PassedUntouched"] == 2


def test_every_reason_has_a_name_of_its_own() -> None:
    reasons = [one for one in vars(outcome).values() if isinstance(one, Reason)]

    assert len({reason.name for reason in reasons}) == len(reasons) == 16


def test_a_log_that_cannot_be_written_changes_no_decision() -> None:
    def broken(_line: dict[str, Any]) -> None:
        raise OSError("no space left")

    log = DecisionLog("shop", Health(), uniform=lambda: 0.0, log=broken)
    snapshot = compiled_snapshot(settings={"decision_log_rate": 1})
    answer = event_handling.handle(viewer_request_event(), snapshot, NOW, log=log)
    assert answer["status"] == "302"
    log.failed(FAILED_OPEN, "defect", {}, NOW)
