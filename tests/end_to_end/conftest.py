"""The whole system, started once, and visitors to send through it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.end_to_end.visitor import EVENT_ID, QUEUE_ID, Visitor
from tests.end_to_end.watched import Watched
from workbench.demo import Demo
from workbench.demo.control_room import open_control_room
from workbench.queue_token import mint_queue_token


@pytest.fixture(scope="session")
def log() -> list[str]:
    """What the demo has said so far, the lines of its functions among it."""
    return []


@pytest.fixture(scope="session")
def demo(log: list[str]) -> Iterator[Demo]:
    """Everything, with a fast waiting room; config_refresh runs when a test says so."""
    with Demo(name="end-to-end", visitors_per_second=50, crowd=10, log=log.append) as running:
        yield running
        broken = [breach._asdict() for breach in running.edge.rule_breaches]
        failed = [one._asdict() for one in running.edge.invocations if one.outcome != "success"]
        assert (broken, failed) == ([], []), "no test may make a function fail or break a rule of CloudFront"


@pytest.fixture(scope="session")
def watched() -> Iterator[Watched]:
    """Everything with a control room, in which nobody has to wait; one worker for each function."""
    with (
        Demo(
            name="watched", visitors_per_second=50, crowd=0, workers_per_function=1, publish_endpoint=True,
            is_followed=True,
        ) as demo,
        open_control_room(demo) as room,
    ):  # fmt: skip
        yield Watched(demo, room.url)


@pytest.fixture
def new_visitor(demo: Demo) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors, each with a cookie jar of their own."""
    with ExitStack() as visitors:
        yield lambda: visitors.enter_context(Visitor(demo.shop_url))


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    """One visitor."""
    return new_visitor()


@pytest.fixture
def token(demo: Demo) -> str:
    """A token that the waiting room could have given just now."""
    expires_at = int(demo.waiting_room.now()) + 180
    return mint_queue_token(demo.account.secret_key, EVENT_ID, queue_id=QUEUE_ID, expires_at=expires_at)
