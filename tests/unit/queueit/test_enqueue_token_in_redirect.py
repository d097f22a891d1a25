"""Which redirects an enqueue token goes with, and what the settings put into it."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from edge.cloudfront_event import to_request
from queueit.decision import decide
from queueit.services import ServiceResponse
from tests.builders import NOW, compiled_snapshot, session_text, viewer_request_event
from tests.unit.queueit.feature_visits import UUIDS, FakeServices, feature_visit
from workbench.enqueue_token import EnqueueToken, read_enqueue_token

SECRET_KEY = "not-a-real-secret-key"


def token_of(url: str) -> EnqueueToken:
    return read_enqueue_token(dict(parse_qsl(urlsplit(url).query))["enqueuetoken"], SECRET_KEY)


def test_the_redirect_to_the_queue_has_one_between_layout_and_target() -> None:
    integration = {"LayoutName": "L", "Culture": "en"}

    url = (
        feature_visit(integration=integration, settings={"enqueue_token": {}})
        .decide(FakeServices().services)
        .redirect_url
    )

    names = [name for name, _ in parse_qsl(urlsplit(url).query)]
    assert names == ["c", "e", "ver", "cver", "man", "cid", "l", "enqueuetoken", "t", "kupver"]


def test_by_default_it_holds_the_clients_address_no_key_and_lasts_four_minutes() -> None:
    headers = (("X-Forwarded-For", "192.0.2.1, 192.0.2.2"),)

    decision = feature_visit(headers=headers).decide(FakeServices().services)

    assert token_of(decision.redirect_url) == EnqueueToken(
        customer_id="example",
        event_id="tickets",
        token_id=UUIDS[0],
        issued_at_ms=NOW * 1000,
        expires_at_ms=NOW * 1000 + 240_000,
        client_ip="203.0.113.7",
        forwarded_for="",
        key="",
        origin="Connector",
    )


def test_settings_change_what_it_holds() -> None:
    settings = {"validity_seconds": 30, "key": True, "client_ip": False, "x_forwarded_for": True}
    headers = (("X-Forwarded-For", "192.0.2.1"),)

    decision = feature_visit(settings={"enqueue_token": settings}, headers=headers).decide(
        FakeServices().services
    )

    token = token_of(decision.redirect_url)
    assert token.expires_at_ms - token.issued_at_ms == 30_000
    assert (token.token_id, token.key, token.client_ip, token.forwarded_for) == (*UUIDS, "", "192.0.2.1")


@pytest.mark.parametrize(
    "others",
    [
        {"next_secret_key": "another-fake-key"},
        {"previous_secret_key": "another-fake-key"},
        {"previous_secret_key": "another-fake-key", "session_secret_key": "another-fake-key"},
    ],
)
def test_while_keys_rotate_it_is_signed_with_the_one_that_the_platform_holds(others: dict[str, str]) -> None:
    keys = {"secret_key": SECRET_KEY, **others}
    snapshot = compiled_snapshot(settings={"enqueue_token": {}}, keys=keys)
    request = to_request(viewer_request_event()["Records"][0]["cf"]["request"])

    assert (
        token_of(decide(snapshot, request, NOW, FakeServices().services).redirect_url).event_id == "tickets"
    )


@pytest.mark.parametrize("others", [{}, {"key": True}])
def test_it_can_be_switched_off(others: dict[str, Any]) -> None:
    settings = {"enqueue_token": {"enabled": False, **others}}

    assert "enqueuetoken" not in feature_visit(settings=settings).decide(FakeServices().services).redirect_url


def test_error_and_cancel_redirects_have_none() -> None:
    settings: dict[str, Any] = {"enqueue_token": {}}
    error = feature_visit(settings=settings, querystring="queueittoken=x").decide(FakeServices().services)
    cancel = feature_visit(
        settings=settings, integration={"ActionType": "Cancel"}, cookie=session_text()
    ).decide(FakeServices().services)

    assert "/error/hash/" in error.redirect_url
    assert "/cancel/multiple/" in cancel.redirect_url
    assert "enqueuetoken" not in error.redirect_url + cancel.redirect_url


def test_a_visitor_who_does_not_pass_directly_gets_one() -> None:
    settings = {"enqueue_token": {}, "direct_pass": {"url": "https://pass.example.com"}}

    queued = feature_visit(settings=settings).decide(
        FakeServices(ServiceResponse(200, b'{"HasPassed": false}')).services
    )

    assert token_of(queued.redirect_url).event_id == "tickets"


def test_a_redirect_too_long_for_a_header_loses_its_target_not_its_token() -> None:
    decision = feature_visit(settings={"enqueue_token": {}}, querystring="a" * 30_000).decide(
        FakeServices().services
    )

    assert len(decision.redirect_url) < 20_000
    assert "&t=" not in decision.redirect_url
    assert token_of(decision.redirect_url).event_id == "tickets"


def test_a_decision_without_services_makes_none() -> None:
    assert "enqueuetoken" not in feature_visit(settings={"enqueue_token": {}}).decide().redirect_url
