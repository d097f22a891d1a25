"""The connector beside npm's @queue-it/connector-javascript over generated cases."""

from pathlib import Path

import pytest

from tests.conformance.case_generator import CaseGenerator
from tests.conformance.comparison import SETTINGS, Comparison, Score, run
from tests.conformance.oracle import Oracle


def test_the_connector_does_what_the_reference_does_but_for_the_intended_differences(score: Score) -> None:
    assert score.cases
    assert not score.defects, score.report()


@pytest.mark.full
def test_the_cases_reach_every_kind_of_decision_and_every_dimension(score: Score) -> None:
    assert score.unreached == []


def test_a_connector_that_differs_is_reported_with_what_differs_and_the_case(oracle: Oracle) -> None:
    comparison = Comparison(oracle)
    other_cookies = {**SETTINGS, "session_cookie": {"same_site": "Lax"}}
    comparison.compare(CaseGenerator(1).groups(40), other_cookies)
    assert comparison.score.defects
    for defect in comparison.score.defects:
        assert "cookies, ours:" in defect
        assert "; SameSite=Lax" in defect
        assert 'case:      {"config": ' in defect
        assert "headers, ours:" not in defect
    assert f"defects: {len(comparison.score.defects)}" in comparison.score.report()


@pytest.mark.full
def test_any_number_of_processes_compares_the_same_cases(reference: Path) -> None:
    one, two = run(reference, 160, 5, workers=1), run(reference, 160, 5, workers=2)
    assert one.report() == two.report()
