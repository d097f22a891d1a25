"""The connector beside npm's @queue-it/connector-javascript over generated cases."""

from collections.abc import Callable
from typing import Any

from tests.conformance.case_generator import CaseGenerator, describe
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


def test_one_seed_makes_the_same_cases_again() -> None:
    def cases(seed: int) -> list[str]:
        return [describe(group, case) for group in CaseGenerator(seed).groups(50) for case in group.cases]

    assert cases(7) == cases(7)
    assert cases(7) != cases(8)


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
