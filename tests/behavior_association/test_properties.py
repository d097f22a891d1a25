"""Whatever distribution goes in, only the named associations differ in what comes out."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from behavior_association.association_request import AssociationRequest, parse_request
from behavior_association.distribution_config import read_config
from behavior_association.plan import Plan, plan_attachment, plan_detachment
from behavior_association.record import decode, encode
from tests.behavior_association.cloudfront import CloudFront, read
from tests.behavior_association.distributions import (
    DISTRIBUTION,
    distribution_and_targets,
    on,
    pair,
    without_associations,
)
from tests.behavior_association.unknown_settings import (
    distribution_and_unknown_element,
    path_to,
    without_functions,
)


def request(patterns: list[str], version: int = 3, **event: Any) -> AssociationRequest:
    document = {
        "distribution_id": DISTRIBUTION,
        "path_patterns": patterns,
        "associations": pair(version),
        "on_conflict": "replace",
        "remember_previous": True,
        **event,
    }
    return parse_request(document)


def stored(config: dict[str, Any] | bytes) -> bytes:
    """The XML that CloudFront has then; fails for a configuration that CloudFront would refuse."""
    cloudfront = CloudFront()
    cloudfront.put(DISTRIBUTION, config)
    return cloudfront.document(DISTRIBUTION)


def attached(document: bytes, patterns: list[str]) -> Plan:
    plan = plan_attachment(read_config(document), request(patterns), None)
    assert plan.problems == []
    return plan


@given(distribution_and_targets())
def test_only_the_functions_of_the_named_behaviors_differ(case: tuple[dict[str, Any], list[str]]) -> None:
    document, patterns = stored(case[0]), case[1]
    config = read(document)

    after = read(stored(attached(document, patterns).document))

    assert without_associations(after, set(patterns)) == without_associations(config, set(patterns))
    for pattern in patterns:
        before = {event: name for event, name in on(config, pattern).items() if event.startswith("origin")}
        assert on(after, pattern) == {
            **before,
            "viewer-request": "shop-viewer-request:3",
            "viewer-response": "shop-viewer-response:3",
        }


@given(distribution_and_targets())
def test_attach_then_detach_is_the_identity(case: tuple[dict[str, Any], list[str]]) -> None:
    document, patterns = stored(case[0]), case[1]
    plan = attached(document, patterns)
    record = decode(encode(plan.record))

    back = plan_detachment(read_config(stored(plan.document)), request(patterns, action="detach"), record)

    assert back.document == document


@given(distribution_and_targets(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_detaching_after_any_number_of_versions_is_the_identity(
    case: tuple[dict[str, Any], list[str]], versions: list[int]
) -> None:
    document, patterns = stored(case[0]), case[1]
    present, record = document, None
    for version in versions:
        plan = plan_attachment(read_config(present), request(patterns, version), record)
        present, record = stored(plan.document), plan.record

    back = plan_detachment(read_config(present), request(patterns, action="detach"), record)

    assert back.document == document


@given(distribution_and_targets())
def test_attaching_again_changes_nothing(case: tuple[dict[str, Any], list[str]]) -> None:
    document, patterns = stored(case[0]), case[1]
    plan = attached(document, patterns)

    again = plan_attachment(read_config(plan.document), request(patterns), plan.record)

    assert again.differences == []
    assert again.document == plan.document
    assert again.record == plan.record


@given(distribution_and_targets(), st.data())
def test_any_other_choice_of_behaviors_comes_to_the_same_as_that_choice_at_first(
    case: tuple[dict[str, Any], list[str]], data: st.DataObject
) -> None:
    document, patterns = stored(case[0]), case[1]
    ordered = [behavior.name for behavior in read_config(document).behaviors[:-1]]
    others = data.draw(st.lists(st.sampled_from(["*", *ordered]), min_size=1, unique=True))
    plan = attached(document, patterns)

    moved = plan_attachment(read_config(plan.document), request(others), plan.record)

    direct = attached(document, others)
    assert stored(moved.document) == stored(direct.document)
    assert moved.record == direct.record


@given(distribution_and_targets())
def test_the_differences_are_what_differs(case: tuple[dict[str, Any], list[str]]) -> None:
    document, patterns = stored(case[0]), case[1]
    plan = attached(document, patterns)

    told = {(item.behavior, item.event_type) for item in plan.differences}

    found = set()
    for pattern in patterns:
        were, are = on(read(document), pattern), on(read(plan.document), pattern)
        found |= {(pattern, event) for event in {*were, *are} if were.get(event) != are.get(event)}
    assert told == found


class TestSettingsThatNobodyKnows:
    """A distribution as a later CloudFront would return it: with one more element somewhere."""

    @given(distribution_and_unknown_element())
    def test_an_unknown_element_is_kept_where_it_was_or_refused_by_name(
        self, case: tuple[bytes, list[str], str]
    ) -> None:
        document, patterns, name = case
        plan = plan_attachment(read_config(document), request(patterns), None)

        if plan.problems:
            assert plan.document == document
            assert all(name in problem or "Quantity" in problem for problem in plan.problems)
        else:
            assert path_to(plan.document, name) == path_to(document, name)
            assert without_functions(plan.document, patterns) == without_functions(document, patterns)
            assert (
                plan_attachment(read_config(plan.document), request(patterns), plan.record).differences == []
            )

    @given(distribution_and_unknown_element())
    def test_detaching_keeps_an_unknown_element_too(self, case: tuple[bytes, list[str], str]) -> None:
        document, patterns, _ = case
        plan = plan_attachment(read_config(document), request(patterns), None)
        assume(not plan.problems)

        back = plan_detachment(read_config(plan.document), request(patterns, action="detach"), plan.record)

        assert back.problems == []
        assert back.document == document

    @given(distribution_and_unknown_element(around="LambdaFunctionAssociations"))
    def test_an_unknown_element_outside_the_lists_of_functions_is_never_in_the_way(
        self, case: tuple[bytes, list[str], str]
    ) -> None:
        document, patterns, _ = case

        assert plan_attachment(read_config(document), request(patterns), None).problems == []
