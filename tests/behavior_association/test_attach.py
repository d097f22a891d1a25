"""What attaching the pair changes, and what it leaves alone."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from behavior_association.errors import Overtaken, ServiceError
from behavior_association.handler import run
from tests.behavior_association.distributions import (
    DISTRIBUTION,
    PAIR_ON,
    arn,
    at,
    behavior,
    function_arn,
    functions,
    lambdas,
    on,
    pair,
)


def test_the_pair_goes_on_the_named_behaviors_and_nothing_else_changes(shop: Any) -> None:
    before = shop.config

    result = shop("/tickets/*", "*")

    assert result["outcome"] == "attached"
    assert on(shop.config, "/tickets/*") == on(shop.config, "*") == PAIR_ON
    for pattern in ("basket*", "*.jpg"):
        assert at(shop.config, pattern) == at(before, pattern)
    assert shop.cloudfront.updates == [DISTRIBUTION]


def test_a_namespace_prefix_is_taken_over(shop: Any) -> None:
    plain = shop.cloudfront.document(DISTRIBUTION)
    prefixed = re.sub(rb"<(/?)([A-Z])", rb"<\1cf:\2", plain).replace(b" xmlns=", b" xmlns:cf=")
    shop.cloudfront.put(DISTRIBUTION, prefixed)

    shop("/tickets/*", "*")

    assert on(shop.config, "/tickets/*") == on(shop.config, "*") == PAIR_ON
    shop.detach("/tickets/*", "*")
    assert shop.cloudfront.document(DISTRIBUTION) == prefixed


def test_an_own_association_moves_to_a_new_version_with_the_settings_that_it_has(shop: Any) -> None:
    shop("*")
    with_setting = shop.cloudfront.document(DISTRIBUTION).replace(
        b"</LambdaFunctionAssociation>", b"<FutureOrder>1</FutureOrder></LambdaFunctionAssociation>"
    )
    shop.cloudfront.put(DISTRIBUTION, with_setting)

    shop("*", associations=pair(4))

    assert shop.cloudfront.document(DISTRIBUTION).count(b"<FutureOrder>1</FutureOrder>") == 2
    assert on(shop.config) == {
        "viewer-request": "shop-viewer-request:4",
        "viewer-response": "shop-viewer-response:4",
    }


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"<LambdaFunctionAssociations/>",
        b"<LambdaFunctionAssociations><Quantity>0</Quantity><Items/></LambdaFunctionAssociations>",
    ],
)
def test_a_list_that_is_missing_or_empty_is_made(shop: Any, listed: bytes) -> None:
    empty = b"<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>"
    document = shop.cloudfront.document(DISTRIBUTION)
    assert empty in document
    shop.cloudfront.put(DISTRIBUTION, document.replace(empty, listed))

    shop("/tickets/*", "*")

    assert b"<Quantity>2</Quantity>" in shop.cloudfront.document(DISTRIBUTION)
    assert shop("/tickets/*", "*")["outcome"] == "unchanged"


@pytest.mark.parametrize("pattern", ["*", None])
def test_a_star_and_null_name_the_default_behavior(shop: Any, pattern: str | None) -> None:
    shop(pattern)

    assert on(shop.config, "*") == PAIR_ON


@pytest.mark.parametrize("asked", ["tickets/*", "/tickets/*"])
def test_a_path_pattern_is_the_same_with_and_without_its_leading_slash(shop: Any, asked: str) -> None:
    shop(asked)

    assert on(shop.config, "/tickets/*") == PAIR_ON


def test_an_ordered_behavior_for_every_path_is_not_the_default_behavior(account: Any) -> None:
    account.has(behavior("*"))
    before = account.config

    account("/*")

    assert (on(account.config), at(account.config)["LambdaFunctionAssociations"]["Quantity"]) == ({}, 0)
    ordered = account.config["CacheBehaviors"]["Items"][0]
    assert ordered["LambdaFunctionAssociations"]["Quantity"] == 2
    account.detach("/*")
    assert account.config == before


def test_nothing_is_written_when_nothing_would_change(shop: Any) -> None:
    shop("*", revision="1")
    etag = shop.cloudfront.etag(DISTRIBUTION)

    result = shop("*", revision="2")

    assert (result["outcome"], result["differences"]) == ("unchanged", [])
    assert shop.cloudfront.etag(DISTRIBUTION) == etag


def test_a_deployment_in_progress_is_no_obstacle(shop: Any) -> None:
    shop("*")
    assert shop.cloudfront.status(DISTRIBUTION) == "InProgress"

    shop("/tickets/*")

    assert on(shop.config, "/tickets/*") == PAIR_ON


def test_the_result_names_each_difference(shop: Any) -> None:
    shop("*")

    result = shop("*", associations=pair(4))

    assert result["differences"] == [
        {
            "behavior": "*",
            "event_type": event_type,
            "before": {"lambda_arn": arn(f"shop-{event_type}", 3), "include_body": False},
            "after": {"lambda_arn": arn(f"shop-{event_type}", 4), "include_body": False},
        }
        for event_type in ("viewer-request", "viewer-response")
    ]


def test_include_body_goes_to_viewer_request_alone(shop: Any) -> None:
    shop("*")

    shop("*", associations=pair(include_body=True))

    content = at(shop.config)["LambdaFunctionAssociations"]["Items"]
    assert {item["EventType"]: item["IncludeBody"] for item in content} == {
        "viewer-request": True,
        "viewer-response": False,
    }


def test_a_pair_that_was_attached_by_hand_is_taken_over(account: Any) -> None:
    old = lambdas(
        viewer_request=arn("shop-viewer-request", 1), viewer_response=arn("shop-viewer-response", 1)
    )
    account.has(default=behavior(LambdaFunctionAssociations=old))

    account("*")

    assert on(account.config) == PAIR_ON
    account.detach("*")
    assert on(account.config) == {}


def test_a_pair_under_another_name_is_replaced_where_the_function_had_put_the_first(shop: Any) -> None:
    shop("*")
    other = [
        {**item, "lambda_arn": item["lambda_arn"].replace("shop-viewer", "shop2-viewer")} for item in pair()
    ]

    shop("*", associations=other)

    assert set(on(shop.config).values()) == {"shop2-viewer-request:3", "shop2-viewer-response:3"}


class TestSomebodyElseWrites:
    def test_a_change_in_between_is_kept(self, shop: Any) -> None:
        shop.cloudfront.before_update.append(
            lambda: shop.cloudfront.put(DISTRIBUTION, {**shop.config, "Comment": "changed in between"})
        )

        shop("*")

        assert shop.config["Comment"] == "changed in between"
        assert on(shop.config) == PAIR_ON
        assert len(shop.waits) == 1

    def test_a_behavior_that_went_in_between_is_noticed(self, shop: Any) -> None:
        shop.cloudfront.before_update.append(shop.has)

        with pytest.raises(Exception, match="there is no behavior with this path pattern"):
            shop("/tickets/*")

    def test_it_gives_up_when_others_write_all_the_time(self, shop: Any) -> None:
        shop.cloudfront.before_update += [lambda: shop.cloudfront.put(DISTRIBUTION, shop.config)] * 6

        with pytest.raises(Overtaken, match=rf"{DISTRIBUTION}.*somebody else changes it"):
            shop("*")
        assert len(shop.waits) == 5
        assert sorted(shop.waits) == shop.waits or max(shop.waits) <= 0.5 * 2**4 * 1.5

    def test_a_role_that_has_just_got_its_policy_is_waited_for(self, shop: Any) -> None:
        shop.cloudfront.not_allowed = 3

        shop("*")

        assert on(shop.config) == PAIR_ON
        assert len(shop.waits) == 3

    def test_a_role_that_may_not_read_is_told(self, shop: Any) -> None:
        shop.cloudfront.not_allowed = 5

        with pytest.raises(
            ServiceError,
            match=rf"{DISTRIBUTION}: CloudFront answered AccessDenied.*create_service_linked_role",
        ):
            shop("*")


class TestDryRun:
    def test_it_returns_the_difference_that_the_attachment_then_makes(self, shop: Any) -> None:
        shop("*")
        before = shop.config, shop.record()

        foreseen = shop("/tickets/*", "*", associations=pair(4), dry_run=True)

        assert foreseen["outcome"] == "pending"
        assert (shop.config, shop.record()) == before
        assert shop("/tickets/*", "*", associations=pair(4))["differences"] == foreseen["differences"]

    def test_its_revision_stays_as_long_as_all_is_as_asked_for(self, shop: Any) -> None:
        shop("*", revision="first")

        revisions = [shop("*", dry_run=True)["revision"] for _ in range(3)]

        assert revisions == ["first"] * 3

    def test_its_revision_is_a_new_one_each_time_until_a_change_has_come_through(self, shop: Any) -> None:
        planned = shop("*", dry_run=True)["revision"]
        shop.cloudfront.refuses[DISTRIBUTION] = "InvalidLambdaFunctionAssociation"
        with pytest.raises(ServiceError):
            shop("*", revision=planned)

        second = shop("*", dry_run=True)["revision"]

        assert second != planned
        shop.cloudfront.refuses.clear()
        shop("*", revision=second)
        assert shop("*", dry_run=True)["revision"] == second

    def test_it_notices_what_was_changed_by_hand(self, shop: Any) -> None:
        shop("*", revision="first")
        shop.has()

        result = shop("*", dry_run=True)

        assert (result["outcome"], len(result["differences"])) == ("pending", 2)
        assert result["revision"] != "first"

    def test_it_returns_what_is_in_the_way_instead_of_failing(self, shop: Any) -> None:
        result = shop("/checkout/*", dry_run=True)

        assert "'/checkout/*': there is no behavior" in result["problems"][0]
        shop.cloudfront.delete(DISTRIBUTION)
        assert "there is none with this id" in shop("*", dry_run=True)["problems"][0]
        shop.cloudfront.not_allowed = 1
        assert "AccessDenied" in shop("*", dry_run=True)["problems"][0]
        assert shop.waits == []


def test_every_run_leaves_one_line_of_json(shop: Any) -> None:
    shop("*")
    shop.cloudfront.refuses[DISTRIBUTION] = "InvalidArgument"
    with pytest.raises(ServiceError):
        shop("/tickets/*")

    done, failed = (json.loads(line) for line in shop.lines)
    assert (done["event"], done["outcome"]) == ("association_done", "attached")
    assert (failed["level"], failed["error"]) == ("error", "ServiceError")
    assert "InvalidArgument" in failed["message"]


def test_without_clients_of_its_own_it_makes_those_of_us_east_1(shop: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-real-key")
    event = {"distribution_id": DISTRIBUTION, "path_patterns": ["*"], "associations": pair(), "dry_run": True}

    result = run(
        event, {"AWS_LAMBDA_FUNCTION_NAME": "shop-behavior-association"}, print_line=shop.lines.append
    )

    assert "there is none with this id in this account" in result["problems"][0]


def test_the_cloudfront_in_memory_refuses_what_the_real_one_refuses(account: Any) -> None:
    both = behavior(
        FunctionAssociations=functions(viewer_request=function_arn("rewrite")),
        LambdaFunctionAssociations=lambdas(viewer_response=arn("headers")),
    )
    unqualified = behavior(LambdaFunctionAssociations=lambdas(viewer_request=arn("auth").removesuffix(":3")))
    miscounted = behavior(LambdaFunctionAssociations={"Quantity": 1})
    for default in (both, unqualified, miscounted):
        with pytest.raises(ClientError):
            account.has(default=default)
