"""Direct pass: when it is asked for, what lets a visitor in, and what a failure of the service means."""

from typing import Any
from urllib.parse import unquote

import pytest

from queueit import __version__
from queueit.services import NOT_SENT, ServiceResponse
from tests.builders import GUID, queue_token, session_text
from tests.unit.queueit.feature_visits import FakeServices, Visit, answer, feature_visit

NOT_PASSED = answer({"HasPassed": False})
SETTINGS = {"direct_pass": {"url": "https://pass.example.com/v1"}}


def passing(**changes: Any) -> Visit:
    """A visit with direct pass on."""
    return feature_visit(**{"settings": SETTINGS, **changes})


def session_of(set_cookie: str) -> str:
    """The decoded value of a session cookie."""
    return unquote(set_cookie.partition("=")[2].partition(";")[0])


def passed(token: str) -> ServiceResponse:
    return answer({"HasPassed": True, "QueueItToken": token})


def test_the_service_is_asked_as_the_protocol_says() -> None:
    fake = FakeServices(NOT_PASSED)
    headers = (("User-Agent", "Browser/1.0"), ("Referer", "https://www.example.com/"))

    passing(headers=headers, querystring="a=1").decide(fake.services)

    (question,) = fake.requests
    assert (question.service, question.timeout_ms) == ("direct_pass", 3000)
    assert question.url == "https://pass.example.com/v1?customerId=example&eventId=tickets"
    assert question.headers == {
        "proxy-key": "not-a-real-proxy-key",
        "client-ip": "203.0.113.7",
        "User-Agent": "Browser/1.0",
        "Referer": "https%3A%2F%2Fwww.example.com%2F",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    assert fake.fields == {
        "protectedUrl": "https%3A%2F%2Fshop.example.com%2Ftickets%3Fa%3D1",
        "sdkVersion": f"cloudfront-python-{__version__}",
        "connectorPlatformVersion": f"cloudfront-{__version__}",
        "actionName": "Tickets",
    }


def test_who_passes_gets_the_session_of_the_services_token() -> None:
    fake = FakeServices(passed(queue_token(redirect_type="directpass", validity="7")))

    decision = passing().decide(fake.services)

    assert (decision.redirect_url, decision.reason.name) == ("", "direct pass")
    (cookie,) = decision.set_cookies
    assert session_of(cookie).startswith(
        f"EventId=tickets&QueueId={GUID}&FixedValidityMins=7&RedirectType=directpass&IssueTime="
    )


def test_who_does_not_pass_is_queued() -> None:
    decision = passing().decide(FakeServices(NOT_PASSED).services)

    assert decision.reason.name == "queue"
    assert decision.redirect_url.startswith("https://example.queue-it.net/?c=example")


@pytest.mark.parametrize(
    "changes",
    [{"key": "another"}, {"room": "other"}, {"expires_at": 1}, {"address": "192.0.2.9"}],
)
def test_a_token_that_is_not_valid_passes_nobody(changes: dict[str, Any]) -> None:
    assert passing().decide(FakeServices(passed(queue_token(**changes))).services).reason.name == "queue"


@pytest.mark.parametrize("failure", [None, answer({}, 500), answer({}, 503)])
def test_when_the_service_fails_a_visitor_passes_for_three_minutes(failure: ServiceResponse | None) -> None:
    decision = passing().decide(FakeServices(failure).services)

    assert (decision.redirect_url, decision.reason.name) == ("", "direct pass failed")
    (cookie,) = decision.set_cookies
    assert session_of(cookie).startswith(
        "EventId=tickets&FixedValidityMins=3&RedirectType=timeout&IssueTime="
    )


@pytest.mark.parametrize("failure", [None, answer({}, 500)])
def test_when_the_service_fails_a_visitor_queues_where_the_setting_says_so(
    failure: ServiceResponse | None,
) -> None:
    settings = {"direct_pass": {"url": "https://pass.example.com", "on_failure": "queue"}}

    assert feature_visit(settings=settings).decide(FakeServices(failure).services).reason.name == "queue"


@pytest.mark.parametrize(
    "refusal",
    [
        answer({}, 400),
        answer({}, 403),
        answer({}, 429),
        ServiceResponse(302, b""),
        ServiceResponse(200, b""),
        ServiceResponse(200, b"<html>"),
        ServiceResponse(200, b"[" * 100_000),
        answer([]),
        answer({"HasPassed": "true", "QueueItToken": "x"}),
        answer({"HasPassed": True}),
        answer({"HasPassed": True, "QueueItToken": None}),
        answer({"HasPassed": True, "QueueItToken": ""}),
        NOT_SENT,
    ],
)
def test_a_refusal_garbage_and_a_defect_of_ours_pass_nobody(refusal: ServiceResponse) -> None:
    assert passing().decide(FakeServices(refusal).services).reason.name == "queue"


def test_the_service_is_not_asked_about_a_visitor_who_need_not_queue_or_has_an_error() -> None:
    fake = FakeServices(NOT_PASSED)
    bound = session_text(address="192.0.2.9")

    reasons = [
        passing(cookie=session_text()).decide(fake.services).reason.name,
        passing(querystring=f"queueittoken={queue_token()}").decide(fake.services).reason.name,
        passing(querystring="queueittoken=e_tickets~h_0").decide(fake.services).reason.name,
        passing(cookie=bound).decide(fake.services).reason.name,
    ]

    assert reasons == ["session", "token", "token error: hash", "session of another address"]
    assert fake.requests == []


def test_a_stale_session_is_replaced_by_one_cookie() -> None:
    decision = passing(cookie=session_text(issued_at=1_600_000_000)).decide(
        FakeServices(passed(queue_token())).services
    )

    assert len(decision.set_cookies) == 1
    assert session_of(decision.set_cookies[0]).startswith("EventId=tickets&QueueId=")


def test_what_is_asked_about_a_strange_request_is_bounded() -> None:
    fake = FakeServices(NOT_PASSED)
    strange = "\ud800é\r\nX: y" * 100_000

    passing(
        headers=(("User-Agent", strange), ("Referer", strange)),
        querystring="a" * 1_000_000,
        client_ip="\ud800",
    ).decide(fake.services)

    (question,) = fake.requests
    assert len(question.body) < 8_000
    assert all(
        len(value) <= 1024 and value.isascii() and value.isprintable() for value in question.headers.values()
    )


def test_nobody_passes_directly_without_the_setting_or_where_nothing_can_be_asked() -> None:
    fake = FakeServices(None)

    assert feature_visit().decide(fake.services).reason.name == "queue"
    assert passing().decide().reason.name == "queue"
    assert fake.requests == []
