"""The sample waiting room's publish web endpoint: what it pushes, and what it says became of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request

from tests.builders import mac
from tests.functional.samples.waiting_room_setup import API_KEY, configuration
from workbench.demo.web_server import WebServer
from workbench.sample_waiting_room import Account, WaitingRoom, create_app
from workbench.sample_waiting_room.push import Pushed

KEY = "fake-secret-key"


class Endpoint:
    """Somebody to push to."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.response = Response('{"status": "published"}')

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.route("/", methods=["GET", "PUT", "POST"])
        def take() -> Response:
            self.received.append((request.method, request.get_data()))
            return self.response

        return app


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def room(endpoint: Endpoint) -> Iterator[WaitingRoom]:
    made = WaitingRoom(Account("example", secret_key=KEY, api_key=API_KEY))
    with WebServer("127.0.0.1", 0) as server:
        server.start(endpoint.app())
        made.publish_url = f"{server.url}/"
        yield made


@pytest.mark.parametrize("key", [KEY, "another-fake-key"])
def test_what_is_published_is_pushed_as_hexadecimal_text_signed_with_the_present_key(
    room: WaitingRoom, endpoint: Endpoint, key: str
) -> None:
    room.rotate_secret_key(key)
    room.publish(configuration(Name="Karten für heute"))

    ((method, body),) = endpoint.received
    sent: dict[str, Any] = json.loads(body)
    assert method == "PUT"
    assert set(sent) == {"integrationInfo", "hash"}
    assert sent["hash"] == mac(sent["integrationInfo"], key)
    assert json.loads(bytes.fromhex(sent["integrationInfo"])) == room.publication.current()
    assert room.last_push == Pushed(1, 200, '{"status": "published"}')


def test_a_refusal_is_shown_and_the_configuration_stays_published(
    room: WaitingRoom, endpoint: Endpoint
) -> None:
    endpoint.response = Response('{"status": "frozen"}', status=409)
    client = create_app(room).test_client()
    text = json.dumps(configuration())
    answer = client.post("/admin/configuration", data={"configuration": text, "action": "publish"})

    page = client.get(answer.headers["Location"]).text
    assert "Version 1 is published. The connector is frozen by an operator" in page
    assert room.publish_url in page
    assert room.publication.current()["Version"] == 1


def test_a_push_that_nobody_answers_is_reported(room: WaitingRoom) -> None:
    room.publish_url = "http://127.0.0.1:9/"
    room.publish(configuration())
    assert str(room.last_push) == "no answer (ConnectionError)"


def test_what_is_refused_is_not_pushed(room: WaitingRoom, endpoint: Endpoint) -> None:
    with pytest.raises(ValueError, match="use a JSON object"):
        room.publish([])
    assert endpoint.received == []
