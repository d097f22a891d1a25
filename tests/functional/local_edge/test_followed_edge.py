"""What the edge tells whoever follows it: requests, invocations, and the lines of functions, each with its worker."""

from typing import Any

from workbench.local_edge import EdgeEvent, Exchange, FunctionLine, Invocation

PRINTING = """
import os
def handler(event, context):
    print('session ' + os.environ['AWS_SESSION_TOKEN'])
    return event['Records'][0]['cf']['request']
"""


def of(kind: Any, events: list[EdgeEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_an_observer_gets_each_request_as_it_came_and_what_became_of_it(workshop: Any) -> None:
    events: list[EdgeEvent] = []
    site = workshop.site(observe=events.append)

    site.ask("/tickets?a=%2F&body=hello", "POST", [("X-One", "1")], b"paper")

    (exchange,) = events
    assert isinstance(exchange, Exchange)
    assert exchange.request is not None
    assert (exchange.request.method, exchange.request.uri) == ("POST", "/tickets")
    assert exchange.request.querystring == "a=%2F&body=hello"
    assert ("X-One", "1") in exchange.request.headers
    assert exchange.request.body == b"paper"
    assert (exchange.status, exchange.size, exchange.x_cache) == (200, 5, "Miss from local-edge")
    assert exchange.duration_ms > 0


def test_an_observer_hears_of_a_request_that_could_not_be_understood(workshop: Any) -> None:
    events: list[EdgeEvent] = []
    site = workshop.site(observe=events.append)

    site.exchange(b"GET / HTTP/1.1\r\n\r\n")

    (exchange,) = of(Exchange, events)
    assert (exchange.request, exchange.status) == (None, 400)


def test_an_invocation_and_a_line_name_their_worker_which_has_a_session_of_its_own(workshop: Any) -> None:
    events: list[EdgeEvent] = []
    site = workshop.site(PRINTING, observe=events.append)

    site.ask()
    site.ask()
    site.edge.recycle_workers()
    site.ask()
    site.edge.stop()

    invocations, lines = of(Invocation, events), of(FunctionLine, events)
    assert [(one.worker, one.cold) for one in invocations] == [(1, True), (1, False), (2, True)]
    assert [one.worker for one in lines] == [1, 1, 2]
    first, again, other = (one.line for one in lines)
    assert first == again != other
    ids = [one.request_id for one in invocations]
    assert [one.request.request_id for one in of(Exchange, events)] == ids


def test_a_session_that_was_given_is_used_as_it_is(workshop: Any) -> None:
    events: list[EdgeEvent] = []
    site = workshop.site(PRINTING, observe=events.append, environment={"AWS_SESSION_TOKEN": "somebodys"})

    site.ask()
    site.edge.stop()

    assert [one.line for one in of(FunctionLine, events)] == ["session somebodys"]
