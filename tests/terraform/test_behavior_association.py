"""The module deployed by Terraform: moto's Lambda runs the committed zip, CloudFront is the one in memory.

moto checks no IAM policy: what the role may do is asserted by the tests in modules/behavior_association.
"""

from typing import Any

import pytest

pytestmark = pytest.mark.full

PAIR = [
    {"viewer-request": f"shop-viewer-request:{version}", "viewer-response": f"shop-viewer-response:{version}"}
    for version in (1, 2)
]


def test_an_apply_attaches_the_pair_to_the_named_behaviors_of_each_distribution(story: Any) -> None:
    assert story.seen["first"] == {
        "ESHOP *": PAIR[0],
        "ESHOP /tickets/*": PAIR[0],
        "EFANS *": PAIR[0],
        "EFANS /tickets/*": {},
        "ECLUB *": {},
        "ECLUB /tickets/*": PAIR[0],
        "ELATER *": {},
        "ELATER /tickets/*": {},
    }


@pytest.mark.parametrize("step", ["first", "one fewer"])
def test_a_plan_after_an_apply_is_empty(story: Any, step: str) -> None:
    assert story.exit_codes[step] == 0


def test_the_output_shows_what_the_apply_changed(story: Any) -> None:
    assert story.outputs["first"]["differences"]["club"] == [
        {
            "behavior": "/tickets/*",
            "event_type": "viewer-request",
            "before": {"function_arn": "arn:aws:cloudfront::123456789012:function/rewrite"},
            "after": {
                "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:1",
                "include_body": False,
            },
        },
        {
            "behavior": "/tickets/*",
            "event_type": "viewer-response",
            "before": None,
            "after": {
                "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:1",
                "include_body": False,
            },
        },
    ]


def test_a_dry_run_shows_its_difference_and_writes_nothing(story: Any) -> None:
    differences = story.outputs["first"]["differences"]["later"]

    assert [item["behavior"] for item in differences] == ["*", "*"]
    assert story.seen["one fewer"]["ELATER *"] == {}


def test_a_plan_shows_what_was_changed_by_hand_and_the_apply_mends_it(story: Any) -> None:
    plan = story.plans["by hand"]

    assert plan.changes == {'module.behaviors.aws_lambda_invocation.this["fans"]': ("update",)}
    shown = plan.document["planned_values"]["outputs"]["differences"]["value"]["fans"]
    assert [(item["event_type"], item["before"]) for item in shown] == [
        ("viewer-request", None),
        ("viewer-response", None),
    ]
    assert story.seen["by hand"]["EFANS *"] == PAIR[0]


def test_a_distribution_that_fails_keeps_no_other_from_moving_and_each_is_told(story: Any) -> None:
    seen, error = story.seen["refused"], story.errors["refused"]

    assert seen["ESHOP *"] == seen["ESHOP /tickets/*"] == PAIR[1]
    assert seen["EFANS *"] == seen["ECLUB /tickets/*"] == PAIR[0]
    assert "distribution EFANS: CloudFront answered InvalidArgument" in error
    assert "distribution ECLUB: CloudFront answered TooManyLambdaFunctionAssociations" in error
    assert "have the quota raised" in error


def test_the_next_apply_moves_those_that_failed_and_only_those(story: Any) -> None:
    assert story.plans["after the refusal"].changes == {
        'module.behaviors.aws_lambda_invocation.this["fans"]': ("update",),
        'module.behaviors.aws_lambda_invocation.this["club"]': ("update",),
    }
    seen = story.seen["after the refusal"]
    assert seen["EFANS *"] == seen["ECLUB /tickets/*"] == PAIR[1]


def test_what_is_in_the_way_fails_the_plan_with_the_way_out(story: Any) -> None:
    text = " ".join(story.errors["in the way"].replace("│", " ").split())

    assert "distribution EFANS, behavior '/gone/*': there is no behavior with this path pattern" in text
    assert "name one of /tickets/*, * (* is the default behavior)" in text


def test_a_distribution_that_is_no_longer_named_is_left_before_the_role_loses_it(story: Any) -> None:
    calls = story.calls["one fewer"]

    assert calls.index("Invoke delete ECLUB") < calls.index("PutRolePolicy")
    assert story.seen["one fewer"]["ECLUB /tickets/*"] == {"viewer-request": "rewrite"}


def test_a_destroy_leaves_every_distribution_as_it_was(story: Any) -> None:
    assert set(story.seen["destroyed"].values()) == {True}
    found = story.aws.client("ssm").describe_parameters()["Parameters"]
    assert found == []


def test_a_destroy_takes_the_permissions_away_last(story: Any) -> None:
    calls = story.aws.calls()

    deletes = [number for number, call in enumerate(calls) if call.startswith("Invoke delete")]
    assert max(deletes) < calls.index("DeleteRolePolicy")


def test_a_plan_rehearses_and_an_apply_acts(story: Any) -> None:
    calls = [call for call in story.calls["by hand"] if call.startswith("Invoke")]

    assert sorted(calls[:4]) == sorted(f"Invoke rehearsal {key}" for key in story.configs())
    assert calls[4:] == ["Invoke update EFANS"]
