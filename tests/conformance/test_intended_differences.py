"""Each intended difference by itself: what the reference does, what we do, and that nothing else explains it."""

from typing import Any

import pytest

from tests.conformance.comparison import EVERY_FORM, Comparison, ask
from tests.conformance.intended_differences import INTENDED_DIFFERENCES, question
from tests.conformance.oracle import Oracle
from tests.conformance.outcome import copied, expected_outcome
from tests.conformance.pins import ENQUEUE_TOKEN, GUID, PINS, VERIFY, case, group, session, token


def test_every_intended_difference_has_its_pin() -> None:
    assert {*PINS} == {difference.name for difference in INTENDED_DIFFERENCES} | {EVERY_FORM}


@pytest.mark.parametrize("name", PINS)
def test_an_intended_difference_is_what_it_says(oracle: Oracle, name: str) -> None:
    pin = PINS[name]
    (only,) = pin.group.cases
    (answer,) = ask(oracle, pin.group)
    assert pin.reference(expected_outcome(answer, pin.group, only))
    (verdict,) = Comparison(oracle).verdicts(pin.group, pin.settings)
    assert pin.ours(verdict.ours)
    assert verdict.ours == verdict.expected
    assert {*verdict.differences} == {name, *pin.besides}


@pytest.mark.parametrize("difference", INTENDED_DIFFERENCES, ids=lambda difference: difference.name)
def test_an_ordinary_visit_calls_for_no_intended_difference(difference: Any) -> None:
    ordinary = case(
        "/tickets", "id=1&queueittoken=" + token(("q", GUID), ("rt", "queue")), cookies=[session()]
    )
    features = {"verify": VERIFY["verify"], **ENQUEUE_TOKEN, "truncated_body": "queue", "diagnostics": True}
    asked = question(group(ordinary, features), ordinary, {})
    before = copied([asked.event, asked.config, asked.settings, asked.services, asked.options])
    difference.adjust(asked)
    assert [asked.event, asked.config, asked.settings, asked.services, asked.options] == before
