"""viewer-response: puts on what viewer-request handed over, and touches nothing else."""

import copy
from time import process_time
from typing import Any

import pytest

from edge import handover, viewer_response
from edge.handover import HEADER, Handover
from tests.builders import header_of, viewer_request_event
from workbench.local_edge.rules import check_viewer_response_result

SESSION = "QueueITAccepted-SDFrts345E-V3_tickets=1; Path=/"
ORIGIN_HEADERS = {
    "content-type": [{"key": "Content-Type", "value": "text/html"}],
    "content-length": [{"key": "Content-Length", "value": "5"}],
    "via": [{"key": "Via", "value": "1.1 origin"}],
    "set-cookie": [{"key": "Set-Cookie", "value": "basket=1"}],
}


def response_event(told: Handover | None, carried_id: str = "request-1", /, **headers: Any) -> dict[str, Any]:
    """The event of a response to a request with this carrier."""
    event: dict[str, Any] = viewer_request_event(request_id="request-1")
    cf = event["Records"][0]["cf"]
    cf["config"]["eventType"] = "viewer-response"
    if told is not None:
        handover.write(cf["request"]["headers"], carried_id, told.set_cookies, told.failed)
    cf["response"] = {
        "status": "200",
        "statusDescription": "OK",
        "headers": headers or copy.deepcopy(ORIGIN_HEADERS),
    }
    return event


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """What the function answers; checked by CloudFront's rules."""
    before = copy.deepcopy(event["Records"][0]["cf"]["response"])
    response = viewer_response.handler(event, None)
    check_viewer_response_result(response, before)
    return response


def test_a_response_that_the_connector_did_not_touch_stays_as_it_is() -> None:
    assert answer(response_event(None))["headers"] == ORIGIN_HEADERS


def test_cookies_are_added_to_those_of_the_origin() -> None:
    response = answer(response_event(Handover((SESSION,))))

    assert [line["value"] for line in response["headers"]["set-cookie"]] == ["basket=1", SESSION]


def test_a_first_cookie_is_added_where_the_origin_sets_none() -> None:
    response = answer(response_event(Handover((SESSION,)), date=[]))

    assert response["headers"]["set-cookie"] == [{"key": "Set-Cookie", "value": SESSION}]


@pytest.mark.parametrize("failed", [False, True])
def test_a_response_that_the_connector_touched_names_it_and_says_if_it_failed_open(failed: bool) -> None:
    response = answer(response_event(Handover(failed=failed)))

    assert header_of(response, "x-queueit-connector") == "cloudfront"
    assert ("x-queueit-failed" in response["headers"]) is failed
    assert not failed or header_of(response, "x-queueit-failed") == "true"
    assert response["headers"]["set-cookie"] == ORIGIN_HEADERS["set-cookie"]


def test_a_forged_carrier_is_ignored() -> None:
    response = answer(response_event(Handover((SESSION,)), "a-guess"))

    assert response["headers"] == ORIGIN_HEADERS


def test_an_origins_own_copies_of_the_headers_are_replaced() -> None:
    theirs = {"x-queueit-connector": [{"key": "X-Queueit-Connector", "value": "theirs"}] * 2}

    assert header_of(answer(response_event(Handover(), **theirs)), "x-queueit-connector") == "cloudfront"


def test_the_carrier_does_not_reach_the_visitor_and_the_status_stays() -> None:
    response = answer(response_event(Handover((SESSION,))))

    assert HEADER not in response["headers"]
    assert (response["status"], response["statusDescription"]) == ("200", "OK")


def control(*values: Any) -> dict[str, Any]:
    return {"cache-control": [{"key": "Cache-Control", "value": value} for value in values]}


def values_of(response: dict[str, Any]) -> list[Any]:
    return [line["value"] for line in response["headers"].get("cache-control", [])]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (["public, max-age=60"], ["private, max-age=60"]),
        (["max-age=60,s-maxage=600"], ["max-age=60, private"]),
        (["PUBLIC"], ["private"]),
        (["S-MaxAge = 5"], ["private"]),
        (['s-maxage="5"'], ["private"]),
        (["public=1"], ["private"]),
        (["s-maxage"], ["private"]),
        (["public, s-maxage=5, public"], ["private"]),
        (["private, s-maxage=5"], ["private"]),
        (["s-maxage=5, Private"], ["Private"]),
        (['private="set-cookie", public'], ['private="set-cookie", private']),
        (['no-cache="a, public, b", public'], ['no-cache="a, public, b", private']),
        (['x="a\\", public, \\"b", public'], ['x="a\\", public, \\"b", private']),
        (["public", "max-age=60"], ["private", "max-age=60"]),
        (["max-age=60", "public, immutable"], ["max-age=60", "private, immutable"]),
        (["private", "public"], ["private"]),
        (["public", "s-maxage=5"], ["private"]),
        (["public, , max-age=1,,"], ["private, , max-age=1"]),
        (["no-store,public , must-revalidate"], ["no-store, private, must-revalidate"]),
    ],
)
def test_stricter_a_response_that_gets_a_session_cookie_is_not_for_shared_caches(
    sent: list[str], told: list[str]
) -> None:
    assert values_of(answer(response_event(Handover((SESSION,)), **control(*sent)))) == told


@pytest.mark.parametrize(
    "value",
    [
        "", "max-age=60", "  private ,max-age=1", 'x="public"', '"public"', "publicly, s-maxage2=5", "no-store",
        "x=public", 'x="public, s-maxage=1', "\\", ",", '"', 'x="\\', "public\x00", "\ud800", None,
    ],
)  # fmt: skip
def test_any_other_cache_control_stays_to_the_byte(value: Any) -> None:
    response = viewer_response.handler(response_event(Handover((SESSION,)), **control(value)), None)

    assert values_of(response) == [value]


@pytest.mark.parametrize("told", [None, Handover(), Handover(failed=True)])
def test_a_response_without_a_cookie_of_ours_may_be_shared(told: Handover | None) -> None:
    assert values_of(answer(response_event(told, **control("public, s-maxage=5")))) == ["public, s-maxage=5"]


def test_a_response_without_cache_control_gets_none() -> None:
    assert "cache-control" not in answer(response_event(Handover((SESSION,)), date=[]))["headers"]


def test_a_long_cache_control_of_quotes_and_backslashes_takes_no_time() -> None:
    for value in ('"\\' * 10_000, '"' * 20_001, ',"' * 10_000, "\\" * 20_001, "public," * 3_000):
        began = process_time()
        answer(response_event(Handover((SESSION,)), **control(value)))
        assert process_time() - began < 0.5
