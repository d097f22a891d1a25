"""Handling one viewer-request event: our function and the reference's in turns, on the same events."""

import gc
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.scenarios import CUSTOMER_ID, SECRET_KEY, Scenario
from edge import event_handling
from edge.decision_log import DecisionLog
from queueit.snapshot import Snapshot, compile_snapshot

ROUNDS = 15
RUNS = 300
WARM_UP_ROUNDS = 10


class Timing(NamedTuple):
    """Medians over the rounds, in microseconds for one event; a ratio is the median of the rounds' ratios.

    `reference` and `ratio` are of the reference that normalizes URLs as we do; `lean_ratio` of one that does not.
    """

    scenario: Scenario
    ours: float
    reference: float | None
    ratio: float | None
    lean_ratio: float | None


def snapshot_of(config: dict[str, Any]) -> Snapshot:
    """Our snapshot of a configuration, with default settings."""
    return compile_snapshot({
        "format": 1,
        "customer_id": CUSTOMER_ID,
        "integration_config": config,
        "settings": {},
        "published_at": 0,
        "source": "schedule",
    }, {"secret_key": SECRET_KEY})  # fmt: skip


class _Health:
    """A worker's snapshot that is doing well."""

    confirmed_at: float | None = 0.0
    poll_failures = 0


def _ours(scenario: Scenario, snapshot: Snapshot) -> tuple[int, dict[str, Any]]:
    events = [json.loads(scenario.event) for _ in range(RUNS)]
    result: dict[str, Any] = {}
    log = DecisionLog("bench", _Health(), log=lambda _line: None)
    # The prepared events are not garbage that a worker would have to look through.
    gc.collect()
    gc.freeze()
    start = time.perf_counter_ns()
    for event in events:
        result = event_handling.handle(event, snapshot, time.time(), log=log)
    elapsed = time.perf_counter_ns() - start
    gc.unfreeze()
    return elapsed, result


class _Reference:
    """The reference's function in one Node process."""

    def __init__(self, node_modules: Path) -> None:
        script = Path(__file__).with_name("reference_edge.mjs")
        self._process = subprocess.Popen(
            ["node", str(script), str(node_modules)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, scenario: Scenario, *, normalize: bool) -> tuple[int, dict[str, Any]]:
        assert self._process.stdin
        assert self._process.stdout
        question = {
            "config": json.dumps(scenario.config),
            "event": scenario.event,
            "runs": RUNS,
            "normalize": normalize,
        }
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["ns"], answer["result"]

    def stop(self) -> None:
        self._process.communicate(timeout=10)


def _shape(result: dict[str, Any]) -> tuple[str | None, int]:
    """Status, if any, and number of cookies: what two functions that did the same work agree on."""
    headers = result["headers"]
    carrier = headers.get("x-queueit-handover")
    cookies = carrier[0]["value"].count("QueueITAccepted-") if carrier else len(headers.get("set-cookie", []))
    return result.get("status"), cookies


def measure(scenarios: Sequence[Scenario], node_modules: Path | None) -> list[Timing]:
    """Time every scenario; `node_modules` is the directory that holds the reference, None without Node."""
    reference = _Reference(node_modules) if node_modules else None
    snapshots = [snapshot_of(scenario.config) for scenario in scenarios]
    times: list[list[tuple[int, int, int]]] = [[] for _ in scenarios]
    try:
        for round_number in range(WARM_UP_ROUNDS + ROUNDS):
            for scenario, snapshot, taken in zip(scenarios, snapshots, times, strict=True):
                ours, our_result = _ours(scenario, snapshot)
                theirs = lean = 0
                if reference:
                    theirs, their_result = reference.run(scenario, normalize=True)
                    lean, _ = reference.run(scenario, normalize=False)
                    if _shape(our_result) != _shape(their_result):
                        raise RuntimeError(
                            f"{scenario.name}: {_shape(our_result)} is not {_shape(their_result)}"
                        )
                if round_number >= WARM_UP_ROUNDS:
                    taken.append((ours, theirs, lean))
    finally:
        if reference:
            reference.stop()
    return [
        Timing(
            scenario,
            median([ours for ours, _, _ in taken]) / RUNS / 1000,
            median([theirs for _, theirs, _ in taken]) / RUNS / 1000 if reference else None,
            median([ours / theirs for ours, theirs, _ in taken]) if reference else None,
            median([ours / lean for ours, _, lean in taken]) if reference else None,
        )
        for scenario, taken in zip(scenarios, times, strict=True)
    ]
