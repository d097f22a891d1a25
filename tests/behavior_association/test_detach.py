"""What a destroy takes off, and what it leaves or puts back."""

import json
from typing import Any

import pytest

from behavior_association.errors import ServiceError
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
)


def test_a_distribution_is_as_it_was_after_attach_and_detach(shop: Any) -> None:
    before = shop.config
    shop("*", "/tickets/*")

    result = shop.detach("*", "/tickets/*")

    assert result["outcome"] == "detached"
    assert shop.config == before
    assert shop.record() is None


def test_only_what_was_added_is_taken_off(shop: Any) -> None:
    shop("/tickets/*")
    by_hand = {**at(shop.config, "/tickets/*"), "PathPattern": "/by-hand/*"}
    shop.has(*shop.config["CacheBehaviors"]["Items"], behavior("/x/*"), by_hand)

    shop.detach("/tickets/*")

    assert on(shop.config, "/tickets/*") == {}
    assert on(shop.config, "/by-hand/*") == PAIR_ON


def test_it_works_from_the_input_alone_when_the_record_is_lost(shop: Any) -> None:
    before = shop.config
    shop("*", "/tickets/*")
    shop.ssm.delete_parameter(Name=shop.parameter)

    shop.detach("*", "/tickets/*")

    assert shop.config == before


def test_what_an_update_that_failed_would_have_added_does_not_hide_what_is_there(shop: Any) -> None:
    """Terraform keeps the input of the failed update, here `*`, and hands it to the destroy."""
    before = shop.config
    shop("/tickets/*")
    shop.cloudfront.refuses[DISTRIBUTION] = "AccessDenied"
    with pytest.raises(ServiceError):
        shop("*")
    shop.cloudfront.refuses.clear()

    shop.detach("*")

    assert shop.config == before


def test_a_function_that_somebody_put_in_the_pairs_place_stays(shop: Any) -> None:
    shop("*")
    shop.has(default=behavior(LambdaFunctionAssociations=lambdas(viewer_request=arn("auth"))))

    shop.detach("*")

    assert on(shop.config) == {"viewer-request": "auth:3"}


def test_a_version_that_somebody_moved_by_hand_goes_too(shop: Any) -> None:
    shop("*")
    moved = lambdas(
        viewer_request=arn("shop-viewer-request", 9), viewer_response=arn("shop-viewer-response", 9)
    )
    shop.has(default=behavior(LambdaFunctionAssociations=moved))

    shop.detach("*")

    assert on(shop.config) == {}


def test_a_distribution_or_behavior_that_is_gone_does_not_stop_a_destroy(shop: Any) -> None:
    shop("/tickets/*")
    shop.has()
    assert shop.detach("/tickets/*")["outcome"] == "unchanged"

    shop("*")
    shop.cloudfront.delete(DISTRIBUTION)
    assert shop.detach("*")["outcome"] == "unchanged"
    assert shop.record() is None


def test_a_change_in_between_is_kept(shop: Any) -> None:
    shop("*")
    shop.cloudfront.before_update.append(
        lambda: shop.cloudfront.put(DISTRIBUTION, {**shop.config, "Comment": "changed in between"})
    )

    shop.detach("*")

    assert shop.config["Comment"] == "changed in between"
    assert on(shop.config) == {}


def test_the_record_stays_when_taking_off_fails(shop: Any) -> None:
    shop("*")
    shop.cloudfront.refuses[DISTRIBUTION] = "InvalidArgument"

    with pytest.raises(ServiceError):
        shop.detach("*")

    assert shop.record() is not None


def test_a_person_can_take_the_pair_off_by_the_record(shop: Any) -> None:
    shop("*", "/tickets/*")

    shop(action="detach", associations=None)

    assert on(shop.config, "*") == on(shop.config, "/tickets/*") == {}


def test_a_dry_run_that_was_never_applied_has_nothing_to_take_off(shop: Any) -> None:
    by_hand = lambdas(viewer_request=arn("shop-viewer-request"))
    shop.has(default=behavior(LambdaFunctionAssociations=by_hand))

    shop.detach("*", dry_run=True)

    assert on(shop.config) == {"viewer-request": "shop-viewer-request:3"}


def test_a_dry_run_after_an_attachment_still_takes_off_what_was_added(shop: Any) -> None:
    before = shop.config
    shop("*")

    shop.detach("*", dry_run=True)

    assert shop.config == before


class TestRememberingWhatGaveWay:
    @pytest.fixture
    def taken(self, account: Any) -> Any:
        """Two behaviors that had functions of their own, and have the pair now."""
        auth = behavior(
            LambdaFunctionAssociations=lambdas(
                viewer_request=arn("auth"), origin_request=arn("images"), viewer_response=arn("headers")
            )
        )
        rewrite = behavior(
            "/tickets/*",
            FunctionAssociations=functions(
                viewer_request=function_arn("rewrite"), viewer_response=function_arn("cors")
            ),
        )
        account.has(rewrite, default=auth)
        account.before = account.config
        account("*", "/tickets/*", on_conflict="replace", remember_previous=True)
        return account

    def test_a_destroy_puts_it_back(self, taken: Any) -> None:
        taken.detach("*", "/tickets/*", on_conflict="replace", remember_previous=True)

        assert taken.config == taken.before

    def test_without_remembering_it_stays_off(self, taken: Any) -> None:
        taken.detach("*", "/tickets/*", on_conflict="replace", remember_previous=False)

        assert on(taken.config) == {"origin-request": "images:3"}
        assert on(taken.config, "/tickets/*") == {}

    def test_it_is_not_put_back_over_what_somebody_else_put_there(self, taken: Any) -> None:
        theirs = behavior("/tickets/*", LambdaFunctionAssociations=lambdas(viewer_request=arn("vip")))
        taken.has(theirs, default=taken.config["DefaultCacheBehavior"])

        taken.detach("*", "/tickets/*", remember_previous=True)

        assert on(taken.config, "/tickets/*") == {"viewer-request": "vip:3"}

    def test_what_was_taken_off_by_hand_since_does_not_come_back(self, taken: Any) -> None:
        taken.has(behavior("/tickets/*"))
        taken("*", "/tickets/*", on_conflict="replace", remember_previous=True)

        taken.detach("*", "/tickets/*", remember_previous=True)

        assert on(taken.config) == on(taken.config, "/tickets/*") == {}

    def test_the_latest_that_gave_way_comes_back(self, taken: Any) -> None:
        theirs = behavior(LambdaFunctionAssociations=lambdas(viewer_request=arn("auth", 8)))
        taken.has(behavior("/tickets/*"), default=theirs)
        taken("*", on_conflict="replace", remember_previous=True)

        taken.detach("*", remember_previous=True)

        assert on(taken.config) == {"viewer-request": "auth:8"}

    def test_a_function_that_no_longer_exists_names_the_way_out(self, taken: Any) -> None:
        taken.cloudfront.missing_functions.add(arn("auth"))

        with pytest.raises(ServiceError, match="set remember_previous to false"):
            taken.detach("*", "/tickets/*", remember_previous=True)

        taken.detach("*", "/tickets/*", remember_previous=False)
        assert on(taken.config) == {"origin-request": "images:3"}


class TestRecord:
    def test_it_says_what_was_added_and_what_gave_way(self, account: Any) -> None:
        account.has(default=behavior(LambdaFunctionAssociations=lambdas(viewer_request=arn("auth"))))

        account("*", on_conflict="replace", revision="first")

        assert json.loads(account.record() or "") == {
            "format": 1,
            "revision": "first",
            "functions": [
                "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request",
                "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response",
            ],
            "behaviors": {"*": {"lambdas": {"viewer-request": {"lambda_arn": arn("auth")}}}},
        }

    def test_a_record_that_cannot_be_read_stops_everything(self, shop: Any) -> None:
        for text in ("no record", "[]", '{"format": 2}', '{"format": 1, "behaviors": 3}'):
            shop.ssm.put_parameter(Name=shop.parameter, Value=text, Type="String", Overwrite=True)
            for act in (shop, shop.detach):
                with pytest.raises(ServiceError, match="is not a record of this function"):
                    act("*")
        assert shop.cloudfront.updates == []

    def test_a_record_that_would_be_too_large_is_refused_before_anything_is_written(
        self, account: Any
    ) -> None:
        patterns = [f"/{number}/{'x' * 200}/*" for number in range(45)]
        account.has(*[behavior(pattern) for pattern in patterns])

        with pytest.raises(Exception, match="more than 8192 bytes; name fewer behaviors"):
            account(*patterns)

        assert account.cloudfront.updates == []
        assert account.record() is None
