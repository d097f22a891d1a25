"""Trying a distribution that has functions which the local edge cannot run."""

from typing import Any

import pytest

from tests.behavior_association.distributions import (
    arn,
    behavior,
    distribution,
    function_arn,
    functions,
    lambdas,
    on,
)
from workbench.local_edge import UnsupportedDistribution
from workbench.local_edge.other_functions import without_other_functions


def real_life() -> dict[str, Any]:
    """A distribution with the pair on one behavior, and functions of others beside it."""
    mixed = lambdas(
        viewer_request=arn("shop-viewer-request"),
        viewer_response=arn("headers"),
        origin_request=arn("shop-viewer-request"),
    )
    rewrite = functions(viewer_request=function_arn("rewrite"))
    return distribution(
        behavior("/old/*", FunctionAssociations=rewrite),
        behavior("/plain/*"),
        default=behavior(LambdaFunctionAssociations=mixed),
    )


def test_only_named_functions_on_viewer_events_stay_and_the_rest_is_told() -> None:
    config = real_life()

    kept, left_out = without_other_functions(config, {"shop-viewer-request"})

    assert on(kept) == {"viewer-request": "shop-viewer-request:3"}
    assert on(kept, "/old/*") == on(kept, "/plain/*") == {}
    assert left_out == [
        f"behavior '/old/*': {function_arn('rewrite')} on viewer-request is left out",
        f"behavior '*': {arn('headers')} on viewer-response is left out",
        f"behavior '*': {arn('shop-viewer-request')} on origin-request is left out",
    ]


def test_the_distribution_that_was_given_stays_as_it_is() -> None:
    config = real_life()

    without_other_functions(config, ())

    assert config == real_life()


def test_anything_but_a_distribution_is_refused() -> None:
    with pytest.raises(UnsupportedDistribution, match="the distribution lacks 'DefaultCacheBehavior'"):
        without_other_functions({}, ())
