"""The connector beside npm's @queue-it/connector-javascript over generated cases."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conformance.case_generator import CaseGenerator
from tests.conformance.comparison import kind_of, run
from tests.conformance.oracle import Oracle


def test_the_connector_does_what_the_reference_does_but_for_the_intended_differences(
    oracle: Oracle, conformance_cases: int, conformance_seed: int, keep_report: Callable[[str], None]
) -> None:
    comparison = run(oracle, conformance_cases, conformance_seed)
    report = (
        f"CONFORMANCE_SEED={conformance_seed} CONFORMANCE_CASES={conformance_cases}\n{comparison.report()}"
    )
    keep_report(report)
    assert not comparison.defects, report


def test_one_seed_makes_the_same_cases_in_every_process() -> None:
    code = "from tests.conformance.case_generator import CaseGenerator; import sys\n"
    code += "print(*CaseGenerator(int(sys.argv[1])).groups(200), sep='\\n')"

    def cases(seed: str, hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, seed],
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert cases("7", "1") == cases("7", "2")
    assert cases("7", "1") != cases("8", "1")


def test_the_cases_reach_every_kind_of_decision(oracle: Oracle, conformance_seed: int) -> None:
    kinds: set[str] = set()
    for group in CaseGenerator(conformance_seed).groups(3000):
        asked: list[tuple[dict[str, Any], float, dict[str, Any]]] = [
            (case.event, case.now, {}) for case in group.cases
        ]
        kinds.update(map(kind_of, oracle.answers(group.config, group.customer_id, group.secret_key, asked)))
    assert kinds >= {
        "no match",
        "Queue: to the queue",
        "Queue: pass",
        "Queue: pass with cookie",
        "Queue: error hash",
        "Queue: error eventid",
        "Queue: error timestamp",
        "Queue: error ip",
        "Queue: error connector/sessionstate",
        "Cancel: pass",
        "Cancel: redirect",
        "Ignore: pass",
    }
