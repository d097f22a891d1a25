"""The samples as Flask applications, with a clock that the tests turn."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.functional.samples.waiting_room_setup import API_KEY, SHOP, Clock, configuration
from workbench.sample_shop import create_app as create_shop
from workbench.sample_waiting_room import Account, WaitingRoom
from workbench.sample_waiting_room import create_app as create_waiting_room


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> WaitingRoom:
    made = WaitingRoom(
        Account("customer", "fake-secret-key", API_KEY, "fake-proxy-key"),
        default_target=f"http://{SHOP}/tickets",
        visitors_per_second=1,
        crowd=3,
        now=clock,
    )
    made.targets.allow(SHOP, "http")
    made.publication.publish(configuration())
    return made


@pytest.fixture
def waiting_room(room: WaitingRoom) -> Iterator[FlaskClient]:
    app = create_waiting_room(room)
    app.testing = True
    with app.test_client() as client:
        yield client


@pytest.fixture
def shop() -> Iterator[FlaskClient]:
    with create_shop().test_client() as client:
        yield client
