"""Whatever distribution goes in, only the named associations differ in what comes out."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from behavior_association.plan import Plan, plan_attachment, plan_detachment
from behavior_association.record import decode, encode
from behavior_association.request import Request, parse_request
from tests.behavior_association.cloudfront import CloudFront
from tests.behavior_association.distributions import (
    DISTRIBUTION,
    distribution_and_targets,
    on,
    pair,
    without_associations,
)

quick = settings(max_examples=40, deadline=None)


def request(patterns: list[str], version: int = 3, **event: Any) -> Request:
    document = {
        "distribution_id": DISTRIBUTION,
        "path_patterns": patterns,
        "associations": pair(version),
        "on_conflict": "replace",
        "remember_previous": True,
        **event,
    }
    return parse_request(document)


def stored(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration as CloudFront gives it back; fails for one that CloudFront would refuse."""
    cloudfront = CloudFront()
    cloudfront.put(DISTRIBUTION, config)
    return cloudfront.config(DISTRIBUTION)


def attached(config: dict[str, Any], patterns: list[str]) -> Plan:
    plan = plan_attachment(config, request(patterns), None)
    assert plan.problems == []
    return plan


@quick
@given(distribution_and_targets())
def test_only_the_functions_of_the_named_behaviors_differ(case: tuple[dict[str, Any], list[str]]) -> None:
    config, patterns = stored(case[0]), case[1]

    after = stored(attached(config, patterns).config)

    assert without_associations(after, set(patterns)) == without_associations(config, set(patterns))
    for pattern in patterns:
        before = {event: name for event, name in on(config, pattern).items() if event.startswith("origin")}
        assert on(after, pattern) == {
            **before,
            "viewer-request": "shop-viewer-request:3",
            "viewer-response": "shop-viewer-response:3",
        }


@quick
@given(distribution_and_targets())
def test_attach_then_detach_is_the_identity(case: tuple[dict[str, Any], list[str]]) -> None:
    config, patterns = stored(case[0]), case[1]
    plan = attached(config, patterns)
    record = decode(encode(plan.record))

    back = plan_detachment(stored(plan.config), request(patterns, action="detach"), record)

    assert stored(back.config) == config


@quick
@given(distribution_and_targets(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_so_it_is_after_any_number_of_versions(
    case: tuple[dict[str, Any], list[str]], versions: list[int]
) -> None:
    config, patterns = stored(case[0]), case[1]
    present, record = config, None
    for version in versions:
        plan = plan_attachment(present, request(patterns, version), record)
        present, record = stored(plan.config), plan.record

    back = plan_detachment(present, request(patterns, action="detach"), record)

    assert stored(back.config) == config


@quick
@given(distribution_and_targets())
def test_attaching_again_changes_nothing(case: tuple[dict[str, Any], list[str]]) -> None:
    config, patterns = stored(case[0]), case[1]
    plan = attached(config, patterns)

    again = plan_attachment(stored(plan.config), request(patterns), plan.record)

    assert again.differences == []
    assert stored(again.config) == stored(plan.config)
    assert again.record == plan.record


@quick
@given(distribution_and_targets(), st.data())
def test_any_other_choice_of_behaviors_comes_to_the_same_as_that_choice_at_first(
    case: tuple[dict[str, Any], list[str]], data: st.DataObject
) -> None:
    config, patterns = stored(case[0]), case[1]
    ordered = [item["PathPattern"] for item in config["CacheBehaviors"].get("Items", [])]
    others = data.draw(st.lists(st.sampled_from(["*", *ordered]), min_size=1, unique=True))
    plan = attached(config, patterns)

    moved = plan_attachment(stored(plan.config), request(others), plan.record)

    direct = attached(config, others)
    assert stored(moved.config) == stored(direct.config)
    assert moved.record == direct.record


@quick
@given(distribution_and_targets())
def test_the_configuration_that_was_read_is_left_as_it_is(case: tuple[dict[str, Any], list[str]]) -> None:
    config = stored(case[0])
    untouched = stored(case[0])

    attached(config, case[1])

    assert config == untouched


@quick
@given(distribution_and_targets())
def test_the_differences_are_what_differs(case: tuple[dict[str, Any], list[str]]) -> None:
    config, patterns = stored(case[0]), case[1]
    plan = attached(config, patterns)

    told = {(item.behavior, item.event_type) for item in plan.differences}

    found = set()
    for pattern in patterns:
        were, are = on(config, pattern), on(plan.config, pattern)
        found |= {(pattern, event) for event in {*were, *are} if were.get(event) != are.get(event)}
    assert told == found
