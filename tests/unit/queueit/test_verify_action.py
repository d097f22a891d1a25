"""The verify action: who is asked about, what the answer means, and what trouble with the service means."""

from typing import Any

import pytest

from queueit.services import NOT_SENT, ServiceResponse
from tests.builders import GUID, queue_token, session_text
from tests.unit.queueit.feature_visits import FakeServices, Visit, answer, feature_visit

ALLOWED, DENIED = answer({"actionAllowed": True}), answer({"actionAllowed": False})
SETTINGS = {"verify": {"url": "https://verify.example.com/v1", "timeout_ms": 700}}
VERIFYING = {"VerifyQueueIdEnabled": True, "QueueIdUsageLimit": 2}
DELETED = "QueueITAccepted-SDFrts345E-V3_tickets=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


def verifying(**changes: Any) -> Visit:
    """A visit under an integration that verifies."""
    return feature_visit(integration=VERIFYING, settings=SETTINGS, **changes)


def test_a_session_that_is_verified_passes() -> None:
    fake = FakeServices(ALLOWED)

    decision = verifying(cookie=session_text()).decide(fake.services)

    assert (decision.redirect_url, decision.reason.name) == ("", "session")
    assert len(fake.requests) == 1


def test_the_service_is_asked_as_the_protocol_says() -> None:
    fake = FakeServices(ALLOWED)
    headers = (("User-Agent", "Browser/1.0"),)

    verifying(cookie=session_text(), headers=headers, querystring="a=1").decide(fake.services)

    (question,) = fake.requests
    assert question.service == "verify"
    assert question.timeout_ms == 700
    assert question.url == (
        f"https://verify.example.com/v1?customerId=example&eventId=tickets&queueId={GUID}&usageLimit=2"
    )
    assert question.headers == {
        "api-key": "not-a-real-api-key",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    assert fake.fields == {
        "url": "https%3A%2F%2Fshop.example.com%2Ftickets%3Fa%3D1",
        "ip": "203.0.113.7",
        "actionName": "Tickets",
        "userAgent": "Browser/1.0",
    }


def test_the_url_can_say_where_each_value_goes() -> None:
    fake = FakeServices(ALLOWED)
    url = "https://v.example.com/{customerId}/{eventId}/queueid/{queueId}?key=1"

    feature_visit(integration=VERIFYING, settings={"verify": {"url": url}}, cookie=session_text()).decide(
        fake.services
    )

    assert fake.requests[0].url == (
        f"https://v.example.com/example/tickets/queueid/{GUID}?key=1&usageLimit=2"
    )


def test_a_denied_session_is_deleted_and_sent_to_the_limits_page() -> None:
    decision = verifying(cookie=session_text()).decide(FakeServices(DENIED).services)

    assert decision.redirect_url.startswith(
        "https://example.queue-it.net/error/qidlimit/?c=example&e=tickets"
    )
    assert "&t=https%3A%2F%2Fshop.example.com%2Ftickets" in decision.redirect_url
    assert "queueittoken" not in decision.redirect_url
    assert decision.set_cookies == (DELETED,)


def test_a_denied_token_sets_no_cookie_and_is_kept_in_the_redirect() -> None:
    text = queue_token()

    decision = verifying(querystring=f"queueittoken={text}").decide(FakeServices(DENIED).services)

    assert "/error/qidlimit/?" in decision.redirect_url
    assert f"&queueittoken={text}&ts=" in decision.redirect_url
    assert decision.set_cookies == ()


def test_a_token_that_is_verified_begins_a_session() -> None:
    fake = FakeServices(ALLOWED)

    decision = verifying(querystring=f"queueittoken={queue_token()}").decide(fake.services)

    assert decision.reason.name == "token"
    assert len(decision.set_cookies) == 1
    assert f"queueId={GUID}" in fake.requests[0].url


def test_with_session_and_token_the_sessions_queue_id_is_asked_about() -> None:
    fake = FakeServices(ALLOWED)
    other = "aaaaaaaa-5a69-4788-9c0d-e1f2a3b4c5d6"

    verifying(cookie=session_text(), querystring=f"queueittoken={queue_token(queue_id=other)}").decide(
        fake.services
    )

    assert [GUID in question.url for question in fake.requests] == [True]


def test_without_a_queue_id_nobody_is_asked() -> None:
    fake = FakeServices(DENIED)
    safety_net = queue_token(queue_id="", redirect_type="safetynet")

    by_session = verifying(cookie=session_text(queue_id="", with_mac=True)).decide(fake.services)
    by_token = verifying(querystring=f"queueittoken={safety_net}").decide(fake.services)

    assert (by_session.reason.name, by_token.reason.name, fake.requests) == ("session", "token", [])


def test_whoever_is_queued_anyway_is_not_asked_about() -> None:
    fake = FakeServices(ALLOWED)

    decisions = [
        verifying().decide(fake.services),
        verifying(cookie=session_text(issued_at=1_600_000_000)).decide(fake.services),
        verifying(querystring="queueittoken=e_tickets~h_0").decide(fake.services),
    ]

    assert all(decision.redirect_url for decision in decisions)
    assert fake.requests == []


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        answer({}, 500),
        answer({}, 503),
        answer({}, 401),
        answer({}, 429),
        ServiceResponse(200, b"<html>"),
        ServiceResponse(200, b"[" * 100_000),
        answer([]),
        answer({"actionAllowed": "no"}),
        ServiceResponse(302, b""),
        NOT_SENT,
    ],
)
def test_a_failing_service_sends_no_visitor_back_who_has_waited(trouble: ServiceResponse | None) -> None:
    decision = verifying(cookie=session_text()).decide(FakeServices(trouble).services)

    assert (decision.redirect_url, decision.reason.name) == ("", "session")


@pytest.mark.parametrize("status", [400, 413, 414, 422, 431])
def test_an_answer_that_a_strange_request_can_provoke_denies(status: int) -> None:
    decision = verifying(cookie=session_text()).decide(FakeServices(answer({}, status)).services)

    assert decision.reason.name == "queue id used up"


def test_what_is_asked_about_a_strange_request_is_bounded() -> None:
    fake = FakeServices(ALLOWED)
    headers = (("User-Agent", "\ud800é\r\nX: y" * 100_000),)

    verifying(cookie=session_text(), headers=headers, querystring="a" * 1_000_000).decide(fake.services)

    (question,) = fake.requests
    assert len(question.body) < 8_000
    assert fake.fields["userAgent"].startswith("X: yX: y")


@pytest.mark.parametrize(
    ("integration", "settings"),
    [({}, SETTINGS), ({"VerifyQueueIdEnabled": False}, SETTINGS), (VERIFYING, {})],
)
def test_nobody_is_asked_unless_integration_and_setting_both_say_so(
    integration: dict[str, Any], settings: dict[str, Any]
) -> None:
    fake = FakeServices(DENIED)

    decision = feature_visit(integration=integration, settings=settings, cookie=session_text()).decide(
        fake.services
    )

    assert (decision.reason.name, fake.requests) == ("session", [])


def test_a_decision_without_services_asks_nobody() -> None:
    assert verifying(cookie=session_text()).decide().reason.name == "session"
