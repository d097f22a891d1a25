"""The whole system, started once, and visitors to send through it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.end_to_end.visitor import EVENT_ID, QUEUE_ID, Visitor
from workbench.demo import Demo
from workbench.queue_token import mint_queue_token


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """Everything, with a fast waiting room; config_refresh runs when a test says so."""
    with Demo(name="end-to-end", visitors_per_second=50, crowd=10) as running:
        yield running
        broken = [breach._asdict() for breach in running.edge.rule_breaches]
        failed = [one._asdict() for one in running.edge.invocations if one.outcome != "success"]
        assert (broken, failed) == ([], []), "no test may make a function fail or break a rule of CloudFront"


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
