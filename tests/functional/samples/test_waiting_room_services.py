"""The services that a connector asks, as the sample waiting room gives them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from queueit.queue_token import parse_queue_token, token_error
from queueit.secret_keys import secret_keys
from tests.functional.samples.waiting_room_setup import API_KEY, Clock
from workbench.sample_waiting_room import WaitingRoom
from workbench.sample_waiting_room.asked_services import BEHAVIOURS

PROXY_KEY = "fake-proxy-key"
GUEST = "203.0.113.7"


@pytest.fixture
def ask(waiting_room: FlaskClient) -> Callable[..., TestResponse]:
    """Asks a service as the connector does, unless told otherwise."""

    def post(
        service: str, *, headers: dict[str, str] | None = None, body: Any = None, **query: str
    ) -> TestResponse:
        asked = {"customerId": "customer", "eventId": "sale", "queueId": "q1", "usageLimit": "2", **query}
        given = {"api-key": API_KEY, "proxy-key": PROXY_KEY, "client-ip": GUEST, **(headers or {})}
        return waiting_room.post(
            f"/services/{service}", query_string=asked, headers=given, json={} if body is None else body
        )

    return post


def test_a_queue_id_may_be_used_as_often_as_the_limit_says(ask: Any) -> None:
    answers = [ask("verify").get_json() for _ in range(3)]

    assert answers == [
        {"actionAllowed": True, "usedQueueIdCount": 1},
        {"actionAllowed": True, "usedQueueIdCount": 2},
        {"actionAllowed": False, "usedQueueIdCount": 3},
    ]


def test_each_queue_id_has_a_count_of_its_own_and_is_never_denied_without_a_limit(ask: Any) -> None:
    assert [ask("verify", queueId=one, usageLimit="1").get_json()["actionAllowed"] for one in "aba"] == [
        True,
        True,
        False,
    ]
    assert all(ask("verify", queueId="c", usageLimit="").get_json()["actionAllowed"] for _ in range(5))


def test_a_guest_passes_with_a_token_and_nobody_else_does(ask: Any, room: WaitingRoom, clock: Clock) -> None:
    assert ask("directpass").get_json() == {"HasPassed": False}

    room.services.guests = frozenset([GUEST])
    answer = ask("directpass").get_json()

    token = parse_queue_token(answer["QueueItToken"])
    assert token
    assert token.redirect_type == "directpass"
    assert token_error(token, secret_keys("fake-secret-key"), ("sale",), GUEST, int(clock.now)) is None
    assert ask("directpass", headers={"client-ip": "192.0.2.1"}).get_json() == {"HasPassed": False}


@pytest.mark.parametrize(("service", "key"), [("verify", "api-key"), ("directpass", "proxy-key")])
def test_a_service_tells_nothing_to_a_caller_without_its_key(ask: Any, service: str, key: str) -> None:
    for wrong in ("", "another", "é"):
        answer = ask(service, headers={key: wrong})

        assert (answer.status_code, list(answer.get_json())) == (403, ["error"])


@pytest.mark.parametrize("service", ["verify", "directpass"])
def test_a_call_for_another_customer_or_of_another_shape_is_refused(ask: Any, service: str) -> None:
    assert ask(service, customerId="other").status_code == 404
    assert ask(service, body=[]).status_code == 400


@pytest.mark.parametrize("service", ["verify", "directpass"])
def test_a_service_misbehaves_as_it_is_told_to(ask: Any, room: WaitingRoom, service: str) -> None:
    slept: list[float] = []
    room.services.sleep = slept.append
    statuses = {}
    for behaviour in BEHAVIOURS:
        room.services.behaviour = behaviour
        statuses[behaviour] = ask(service).status_code

    assert statuses == {"answers": 200, "refuses": 403, "fails": 500, "talks garbage": 200, "sleeps": 200}
    assert slept == [6.0]
    room.services.behaviour = "talks garbage"
    assert ask(service).get_json(silent=True) is None


def test_calls_are_remembered_until_the_services_are_reset(ask: Any, room: WaitingRoom) -> None:
    ask("verify", body={"ip": GUEST})

    (asked,) = room.services.asked
    assert (asked.service, asked.body, asked.parameters["queueId"]) == ("verify", {"ip": GUEST}, "q1")

    room.services.reset()
    assert room.services.asked == []
    assert ask("verify", usageLimit="1").get_json()["actionAllowed"]


def test_the_administration_page_changes_how_the_services_behave(
    waiting_room: FlaskClient, room: WaitingRoom, ask: Any
) -> None:
    form = {"behaviour": "fails", "guests": f"{GUEST} 192.0.2.1"}

    assert waiting_room.post("/admin/services", data=form).status_code == 303

    assert room.services.behaviour == "fails"
    assert room.services.guests == {GUEST, "192.0.2.1"}
    ask("verify")
    page = waiting_room.get("/admin").text
    assert "<option selected>fails</option>" in page
    assert f'value="192.0.2.1 {GUEST}"' in page
    assert "asked 1 times so far" in page


def test_an_unknown_behaviour_is_refused_and_the_known_ones_are_named(
    waiting_room: FlaskClient, room: WaitingRoom
) -> None:
    answer = waiting_room.post("/admin/services", data={"behaviour": "sulks"})

    assert answer.status_code == 400
    assert "use one of answers, refuses, fails" in answer.text
    assert room.services.behaviour == "answers"
