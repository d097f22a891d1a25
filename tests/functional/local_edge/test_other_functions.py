"""Trying a distribution that has functions which the local edge cannot run."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
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
from workbench.local_edge.other_functions import leave_out_other_functions

ROOT = Path(__file__).parents[3]


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

    kept, left_out = leave_out_other_functions(config, {"shop-viewer-request"})

    assert on(kept) == {"viewer-request": "shop-viewer-request:3"}
    assert on(kept, "/old/*") == on(kept, "/plain/*") == {}
    assert left_out == [
        f"behavior '/old/*': {function_arn('rewrite')} on viewer-request is left out",
        f"behavior '*': {arn('headers')} on viewer-response is left out",
        f"behavior '*': {arn('shop-viewer-request')} on origin-request is left out",
    ]


def test_the_distribution_that_was_given_stays_as_it_is() -> None:
    config = real_life()

    leave_out_other_functions(config, ())

    assert config == real_life()


def test_what_is_no_distribution_is_refused() -> None:
    with pytest.raises(UnsupportedDistribution, match="the distribution lacks 'DefaultCacheBehavior'"):
        leave_out_other_functions({}, ())


def test_the_command_serves_the_rest_and_says_what_it_leaves_out(
    workshop: Any, sources: Any, origin: Any, tmp_path: Path
) -> None:
    code = workshop.zip(sources.mark_response, "mark")
    pairs = workshop.associations(("viewer-response", "mark"), ("viewer-request", "auth"))
    config = workshop.distribution(origin.port, workshop.behavior(LambdaFunctionAssociations=pairs))
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(config))
    arguments = [
        *(sys.executable, "-m", "workbench.local_edge", "--leave-out-other-functions", "--port", "0"),
        *("--distribution", str(file), "--function", f"mark={code}:mark.handler"),
    ]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("local edge: ").strip()
            with urllib.request.urlopen(url, timeout=10) as response:
                assert response.headers["X-Marked"] == "yes"
        finally:
            process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=10)[1]
    assert f"local edge: behavior '*': {arn('auth')} on viewer-request is left out\n" in told
