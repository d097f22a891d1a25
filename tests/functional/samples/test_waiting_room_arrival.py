"""Rooms of the sample waiting room that require an enqueue token, and rooms that do not."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from queueit.enqueue_token import enqueue_key, enqueue_token
from tests.functional.samples.waiting_room_setup import SHOP, Clock, configuration
from workbench.sample_waiting_room import WaitingRoom

TARGET = f"https://{SHOP}/tickets"
VISITOR_IP = "127.0.0.1"


@pytest.fixture
def strict_room(room: WaitingRoom) -> WaitingRoom:
    """The room `sale` requires a token, the room `open` does not."""
    room.publication.publish(configuration(InvolvedWaitingRoomIds=["sale", "open"]))
    room.lines.require_token("sale", True)
    return room


@pytest.fixture
def token(room: WaitingRoom, clock: Clock) -> Any:
    def make(
        *, secret_key: str = "", customer_id: str = "customer", event_id: str = "sale", client_ip: str = ""
    ) -> str:
        return enqueue_token(
            customer_id,
            event_id,
            enqueue_key((secret_key or room.account.secret_key).encode()),
            issued_at_ms=int(clock.now * 1000),
            token_id="9d2c4e1a-0b3f-4a5e-8c7d-6f1e2d3c4b5a",
            validity_ms=240_000,
            client_ip=client_ip,
        )

    return make


def queue_url(enqueuetoken: str = "", event_id: str = "sale") -> str:
    query = {"c": "customer", "e": event_id, "t": TARGET, "enqueuetoken": enqueuetoken}
    return "/?" + urlencode({name: value for name, value in query.items() if value})


@pytest.mark.parametrize("client_ip", ["", VISITOR_IP])
def test_an_arrival_with_a_valid_token_gets_a_place(
    strict_room: WaitingRoom, waiting_room: FlaskClient, token: Any, client_ip: str
) -> None:
    answer = waiting_room.get(queue_url(token(client_ip=client_ip)))

    assert (answer.status_code, "You are in line" in answer.text) == (200, True)
    assert strict_room.lines.rooms()[0].refused == 0


def test_a_room_that_requires_no_token_ignores_tokens(
    strict_room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    for one in ("", "made-up"):
        assert waiting_room.get(queue_url(one, event_id="open")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "seconds_later", "title"),
    [
        (None, 0, "You did not come from the site"),
        ({"secret_key": "another-fake-key"}, 0, "This link has been changed"),
        ({}, 241, "This link has expired"),
        ({"event_id": "open"}, 0, "This link is for another waiting room"),
        ({"customer_id": "stranger"}, 0, "This link is for another waiting room"),
        ({"client_ip": "203.0.113.7"}, 0, "Your network has changed"),
    ],
)
@pytest.mark.parametrize("mode", ["queue", "safetynet"])
def test_without_a_valid_token_an_arrival_is_refused_with_a_page_that_leads_to_the_site(
    strict_room: WaitingRoom,
    waiting_room: FlaskClient,
    clock: Clock,
    token: Any,
    changes: dict[str, str] | None,
    seconds_later: int,
    title: str,
    mode: str,
) -> None:
    strict_room.lines.set_mode("sale", mode)
    url = queue_url("" if changes is None else token(**changes))
    clock.now += seconds_later

    answer = waiting_room.get(url)

    assert answer.status_code == 403
    assert f'<h1 id="heading">{title}</h1>' in answer.text
    assert f'href="http://{SHOP}/tickets"' in answer.text
    assert strict_room.lines.waiting() == []
    assert [one["refused"] for one in waiting_room.get("/admin/overview").get_json()["rooms"]] == [0, 1]


def test_a_visitor_who_waits_may_reload_the_page_after_the_token_has_expired(
    strict_room: WaitingRoom, waiting_room: FlaskClient, clock: Clock, token: Any
) -> None:
    strict_room.lines.set_pace(visitors_per_second=0.001, crowd=3)
    url = queue_url(token())
    assert waiting_room.get(url).status_code == 200
    clock.now += 300

    assert waiting_room.get(url).status_code == 200
    waiting_room.delete_cookie("queue-place-customer-sale")
    assert waiting_room.get(url).status_code == 403


def test_tokens_of_the_previous_key_are_refused_once_the_platform_has_another(
    strict_room: WaitingRoom, waiting_room: FlaskClient, token: Any
) -> None:
    old = token()
    strict_room.rotate_secret_key("a-new-fake-key")

    assert waiting_room.get(queue_url(old)).status_code == 403
    assert waiting_room.get(queue_url(token())).status_code == 200
