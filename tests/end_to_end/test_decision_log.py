"""What the edge functions of the built zip log while visitors come, read from their own output."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.test_changes import started
from tests.end_to_end.visitor import QUEUE_ID, Visitor, decisions, session_cookie, wait_for
from workbench.demo import Demo


@pytest.fixture
def written(demo: Demo, log: list[str]) -> Iterator[list[str]]:
    """The log from now on, without what others wrote before; every decision is in it."""
    demo.change_settings(decision_log_rate=1)
    log.clear()
    yield log
    demo.change_settings(decision_log_rate=0.01)


def test_each_decision_is_a_line_without_anything_of_the_visitor(
    demo: Demo, written: list[str], token: str
) -> None:
    version = demo.refresh()["version"]
    with started(demo.new_edge(), demo) as edge, Visitor(edge.url) as visitor:
        visitor.get("/about?email=somebody%40example.com")
        visitor.get("/tickets/private-party")
        visitor.get(f"/tickets?queueittoken={token}")
        visitor.carry(session_cookie(demo.account.secret_key))
        visitor.get("/tickets")
        visitor.get("/logout")
        wait_for(lambda: len(decisions(written)) >= 5, 5)
    found = decisions(written)
    assert [(one["decision"], one["integration"], one["version"]) for one in found] == [
        ("no match", None, version),
        ("queue", "Tickets", version),
        ("token", "Tickets", version),
        ("session", "Tickets", version),
        ("cancel", "Sign out", version),
    ]
    assert {one["level"] for one in found} == {"info"}
    told = ("somebody", "private-party", token, QUEUE_ID, "127.0.0.1:", "Hash", "demo-secret-key")
    assert [word for word in told if word in "\n".join(written)] == []
