"""The connector beside npm's @queue-it/connector-javascript over generated cases."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.case_generator import CaseGenerator
from tests.conformance.comparison import SETTINGS, Comparison, ask, kind_of, run
from tests.conformance.dimensions import DIMENSIONS, dimensions_of
from tests.conformance.oracle import Oracle


def test_the_connector_does_what_the_reference_does_but_for_the_intended_differences(
    reference: Path, conformance_cases: int, conformance_seed: int, keep_report: Callable[[str], None]
) -> None:
    score = run(reference, conformance_cases, conformance_seed, os.cpu_count() or 1)
    report = f"CONFORMANCE_SEED={conformance_seed} CONFORMANCE_CASES={conformance_cases}\n{score.report()}"
    keep_report(report)
    assert score.cases >= conformance_cases
    assert not score.defects, report


def test_a_connector_that_differs_is_reported_with_what_differs_and_the_case(oracle: Oracle) -> None:
    comparison = Comparison(oracle)
    other_cookies = {**SETTINGS, "session_cookie": {"same_site": "Lax"}}
    comparison.compare(CaseGenerator(1).groups(80), other_cookies)
    assert comparison.score.defects
    for defect in comparison.score.defects:
        assert "cookies, ours:" in defect
        assert "; SameSite=Lax" in defect
        assert 'case:      {"config": ' in defect
        assert "headers, ours:" not in defect
    assert f"defects: {len(comparison.score.defects)}" in comparison.score.report()


@pytest.mark.full
def test_any_number_of_workers_compares_the_same_cases(reference: Path) -> None:
    one, two = run(reference, 160, 5, workers=1), run(reference, 160, 5, workers=2)
    assert one.report() == two.report()


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


def test_the_cases_reach_every_kind_of_decision_and_question_and_every_dimension(
    oracle: Oracle, conformance_seed: int
) -> None:
    kinds: set[str] = set()
    dimensions: set[str] = set()
    for group in CaseGenerator(conformance_seed).groups(3000):
        answers = ask(oracle, group)
        for case, answer in zip(group.cases, answers, strict=True):
            dimensions.update(dimensions_of(group, case, answer["matched"]))
        kinds.update(map(kind_of, answers))
        for answer in answers:
            kinds.update([f"asks {asked['service']}" for asked in answer["asked"]])
            kinds.update([f"cookie {cookie[0].partition('-')[0]}" for cookie in answer["cookies"]])
            if "&enqueuetoken=" in (answer["redirect"] or ""):
                kinds.add("enqueue token")
    assert dimensions == {*DIMENSIONS}
    assert kinds >= {
        "no match",
        "Queue: to the queue",
        "Queue: pass",
        "Queue: pass with cookie",
        "Queue: error hash",
        "Queue: error eventid",
        "Queue: error timestamp",
        "Queue: error ip",
        "Queue: error qidlimit",
        "Queue: error connector/sessionstate",
        "Cancel: pass",
        "Cancel: redirect",
        "Ignore: pass",
        "diagnostics: error hash",
        "diagnostics: error timestamp",
        "asks verify",
        "asks direct_pass",
        "cookie QueueITAccepted",
        "cookie queueitdebug",
        "enqueue token",
    }
