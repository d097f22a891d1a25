"""Handling one viewer-request event: our function and the reference's in turns, on the same events."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.lambda_speed import runtime, unpack_edge
from benchmarks.scenarios import CUSTOMER_ID, Scenario, snapshot_document
from tests.builders import SECRET_KEY

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


class _Function:
    """One of the two in a process of its own, which `command` starts."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, scenario: Scenario, *, normalize: bool = True) -> tuple[int, dict[str, Any]]:
        """Nanoseconds for all runs, and the last one's result."""
        assert self._process.stdin
        assert self._process.stdout
        task = {
            "customer_id": CUSTOMER_ID,
            "secret_key": SECRET_KEY,
            "config": json.dumps(scenario.config),
            "snapshot": snapshot_document(scenario.config),
            "event": scenario.event,
            "runs": RUNS,
            "normalize": normalize,
        }
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["ns"], answer["result"]

    def stop(self) -> None:
        self._process.communicate(timeout=10)


def _script(name: str) -> str:
    return str(Path(__file__).with_name(name))


def _shape(result: dict[str, Any]) -> tuple[str | None, int]:
    """Status, if any, and number of cookies: what two functions that did the same work agree on."""
    headers = result["headers"]
    carrier = headers.get("x-queueit-handover")
    cookies = carrier[0]["value"].count("QueueITAccepted-") if carrier else len(headers.get("set-cookie", []))
    return result.get("status"), cookies


def measure(scenarios: Sequence[Scenario], node_modules: Path | None) -> tuple[str, list[Timing]]:
    """The Python that ran ours, and every scenario's times.

    `node_modules` is the directory that holds the reference, None without Node.
    """
    python, version = runtime()
    folder = tempfile.TemporaryDirectory()
    unpack_edge(folder.name)
    ours = _Function(python, "-I", "-S", _script("our_edge.py"), folder.name)
    functions = [ours]
    if node_modules:
        reference = _Function("node", _script("reference_edge.mjs"), str(node_modules))
        functions.append(reference)
    times: list[list[tuple[int, int, int]]] = [[] for _ in scenarios]
    try:
        for round_number in range(WARM_UP_ROUNDS + ROUNDS):
            for scenario, taken in zip(scenarios, times, strict=True):
                our_time, our_result = ours.run(scenario)
                theirs = lean = 0
                if node_modules:
                    theirs, their_result = reference.run(scenario)
                    lean, _ = reference.run(scenario, normalize=False)
                    if _shape(our_result) != _shape(their_result):
                        raise RuntimeError(
                            f"{scenario.name}: {_shape(our_result)} is not {_shape(their_result)}"
                        )
                if round_number >= WARM_UP_ROUNDS:
                    taken.append((our_time, theirs, lean))
    finally:
        for function in functions:
            function.stop()
        folder.cleanup()
    return version, [
        Timing(
            scenario,
            median([ours for ours, _, _ in taken]) / RUNS / 1000,
            median([theirs for _, theirs, _ in taken]) / RUNS / 1000 if node_modules else None,
            median([ours / theirs for ours, theirs, _ in taken]) if node_modules else None,
            median([ours / lean for ours, _, lean in taken]) if node_modules else None,
        )
        for scenario, taken in zip(scenarios, times, strict=True)
    ]
