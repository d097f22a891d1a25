"""What the edge functions of the built zip log while visitors come, read from their own output."""

import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.end_to_end.visitor import EVENT_ID, QUEUE_ID, Visitor, session_cookie
from workbench.demo import Demo
from workbench.queue_token import mint_queue_token

LINE_WITHIN_SECONDS = 5


class Logged(NamedTuple):
    """A system of its own and what its functions wrote."""

    demo: Demo
    lines: list[str]

    def decisions(self, number: int) -> list[dict[str, Any]]:
        """All decisions, as soon as there are `number` of them."""
        give_up_at = time.monotonic() + LINE_WITHIN_SECONDS
        while True:
            found = [
                json.loads(line.partition(": ")[2]) for line in self.lines if '"event": "decision"' in line
            ]
            if len(found) >= number or time.monotonic() > give_up_at:
                return found
            time.sleep(0.05)


@pytest.fixture(scope="module")
def logged() -> Iterator[Logged]:
    lines: list[str] = []
    settings = {"decision_log_rate": 1}
    with Demo(name="decision-log", settings=settings, workers_per_function=1, log=lines.append) as demo:
        yield Logged(demo, lines)


def test_each_decision_is_a_line_without_anything_of_the_visitor(logged: Logged) -> None:
    demo = logged.demo
    token = mint_queue_token(
        demo.account.secret_key, EVENT_ID, queue_id=QUEUE_ID, expires_at=int(demo.waiting_room.now()) + 60
    )
    with Visitor(demo.shop_url) as visitor:
        visitor.get("/about?email=somebody%40example.com")
        visitor.get("/tickets/private-party")
        visitor.get(f"/tickets?queueittoken={token}")
        visitor.carry(session_cookie(demo.account.secret_key))
        visitor.get("/tickets")
        visitor.get("/logout")
    found = logged.decisions(5)
    assert [(one["decision"], one["integration"], one["version"]) for one in found] == [
        ("no match", None, 1),
        ("queue", "Tickets", 1),
        ("token", "Tickets", 1),
        ("session", "Tickets", 1),
        ("cancel", "Sign out", 1),
    ]
    assert {one["level"] for one in found} == {"info"}
    written = "\n".join(logged.lines)
    told = ("somebody", "private-party", token, QUEUE_ID, "127.0.0.1:", "Hash", "demo-secret-key")
    assert [word for word in told if word in written] == []


def test_a_worker_without_a_snapshot_says_for_each_request_that_it_failed_and_how(logged: Logged) -> None:
    logged.demo.stop_dynamodb()
    for fail_closed, status, how in ((False, 200, "failed open"), (True, 503, "failed closed")):
        edge = logged.demo.new_edge(fail_closed=fail_closed)
        edge.start()
        before = len(logged.decisions(0))
        try:
            with Visitor(edge.url) as visitor:
                assert visitor.get("/tickets").status_code == status
            line = logged.decisions(before + 1)[-1]
            assert (line["level"], line["decision"], line["why"]) == ("error", how, "no snapshot")
        finally:
            edge.stop()
