"""A push, a switch and a new secret key on their way to every worker of a busy edge: they take several polls."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

import pytest

from config_refresh.key_rotation import MARGIN_SECONDS
from queueit.settings import Settings
from tests.builders import mac
from tests.end_to_end.test_changes import with_protected
from tests.end_to_end.visitor import EVENT_ID, QUEUE_ID, Visitor, session_cookie, wait_for
from workbench.demo import Demo
from workbench.queue_token import mint_queue_token

FUNCTION = "busy-viewer-request"
WORKERS = 4
POLL_SECONDS = 5
pytestmark = pytest.mark.full
BEAT_SECONDS = 0.5
"""Visitors ask on the beat, all at once, so that every worker has something to do; more often teaches no more."""


class Busy(NamedTuple):
    """The system, and what its functions have said so far: seconds (monotonic), and the line's JSON object."""

    demo: Demo
    said: list[tuple[float, dict[str, Any]]]

    def loaded(self, snapshot: str, since: float = 0.0) -> list[float]:
        """When each worker came to know a snapshot, or other keys beside it; `since` is seconds (monotonic)."""
        return [
            at
            for at, line in list(self.said)
            if at >= since and line.get("event") == "snapshot_loaded" and line["snapshot"] == snapshot
        ]


@pytest.fixture(scope="module")
def busy() -> Iterator[Busy]:
    """An edge with several workers, all of them running, and a waiting room that pushes what it publishes."""
    said: list[tuple[float, dict[str, Any]]] = []

    def hear(line: str) -> None:
        function, _, text = line.partition(": ")
        if function == FUNCTION and text.startswith("{"):
            said.append((time.monotonic(), json.loads(text)))

    with Demo(
        name="busy", visitors_per_second=50, workers_per_function=WORKERS, publish_endpoint=True, log=hear
    ) as demo:
        system = Busy(demo, said)
        with browsing(demo, "/"):
            wait_for(lambda: len(demo.edge.worker_pids(FUNCTION)) == WORKERS, 20)
        yield system
        failed = [one._asdict() for one in demo.edge.invocations if one.outcome != "success"]
        assert (list(demo.edge.rule_breaches), failed) == ([], [])


def on_the_beat(stop: threading.Event) -> bool:
    """Wait for the next beat, or until it is time to stop; whether it is."""
    return stop.wait(BEAT_SECONDS - time.monotonic() % BEAT_SECONDS)


@contextmanager
def side_by_side(visits: list[Callable[[], None]], stop: threading.Event) -> Iterator[None]:
    """Visits that go on for as long as the block does."""
    with ThreadPoolExecutor(len(visits)) as pool:
        running = [pool.submit(one) for one in visits]
        try:
            yield
        finally:
            stop.set()
            for one in running:
                one.result()


@contextmanager
def browsing(
    demo: Demo, path: str, visitors: int = 2 * WORKERS, carry: str = ""
) -> Iterator[list[tuple[float, int]]]:
    """Visitors who ask for `path` again and again: when each answer was asked for (monotonic), and its status."""
    seen: list[tuple[float, int]] = []
    stop = threading.Event()

    def browse() -> None:
        with Visitor(demo.shop_url) as visitor:
            if carry:
                visitor.carry(carry)
            while not on_the_beat(stop):
                asked_at = time.monotonic()
                seen.append((asked_at, visitor.get(path).status_code))

    with side_by_side([browse] * visitors, stop):
        yield seen


def test_a_push_changes_the_decision_of_every_running_worker_within_a_poll(busy: Busy) -> None:
    demo = busy.demo
    with browsing(demo, "/secret-gig") as seen:
        wait_for(lambda: len(seen) > 20, 10)
        pushed_at = time.monotonic()
        version = demo.publish(with_protected(demo.sample_configuration(), "/secret-gig"))
        assert demo.waiting_room.last_push
        answer = json.loads(demo.waiting_room.last_push.answer)
        assert answer == {"status": "published", "version": version}
        snapshot = demo.refresh()["snapshot"]
        wait_for(lambda: len(busy.loaded(snapshot)) >= WORKERS, POLL_SECONDS + 5)
        settled_at = time.monotonic()
        wait_for(lambda: len(seen) > 0 and seen[-1][0] > settled_at + 1, 10)

    assert {status for at, status in seen if at < pushed_at} == {404}
    assert {status for at, status in seen if at > settled_at} == {302}
    last_old = max(at for at, status in seen if status == 404)
    assert last_old - pushed_at <= POLL_SECONDS + 5
    assert max(busy.loaded(snapshot)) - pushed_at <= POLL_SECONDS + 5


def test_the_kill_switch_of_an_operator_lasts_through_publications_until_it_is_lifted(busy: Busy) -> None:
    demo = busy.demo
    with browsing(demo, "/tickets") as seen:
        killed = demo.refresh({"action": "kill", "actor": "ada@example.com", "reason": "rehearsal"})
        wait_for(lambda: len(busy.loaded(killed["snapshot"])) >= WORKERS, POLL_SECONDS + 5)
        demo.publish(demo.sample_configuration())
        published = demo.refresh()
        assert (published["outcome"], published["enabled"]) == ("unchanged", False)
        wait_for(lambda: len(busy.loaded(published["snapshot"])) >= WORKERS, POLL_SECONDS + 5)
        settled_at = time.monotonic()
        wait_for(lambda: seen[-1][0] > settled_at + 0.5, 10)
        lifted = demo.refresh({"action": "enable", "actor": "ada@example.com"})
        lifted_at = time.monotonic()
        wait_for(lambda: len(busy.loaded(lifted["snapshot"])) >= WORKERS, POLL_SECONDS + 5)
        again_at = time.monotonic()
        wait_for(lambda: seen[-1][0] > again_at + 0.5, 10)
    assert {status for at, status in seen if settled_at < at < lifted_at} == {200}
    assert {status for at, status in seen if at > again_at} == {302}
    newest = demo.refresh({"action": "history"})["entries"][0]
    assert (newest["action"], newest["actor"]) == ("enable", "ada@example.com")


def is_signed(cookie: str, key: str) -> bool:
    """Whether `key` signed a session cookie's value."""
    parts = {name: values[0] for name, values in parse_qs(unquote(cookie)).items()}
    names = ("EventId", "QueueId", "FixedValidityMins", "RedirectType", "IssueTime")
    signed = "".join([parts.get(name, "") for name in names])
    return mac(signed, key) == parts["Hash"]


class Seen(NamedTuple):
    """What visitors met while keys rotated: when (monotonic), and a status, or a cookie's value."""

    statuses: list[tuple[str, int]]
    arrivals: list[tuple[float, int]]
    cookies: list[tuple[float, str]]


@contextmanager
def visiting(demo: Demo, *, returning: bool) -> Iterator[Seen]:
    """Visitors who browse on with a session, who are sent to the queue, and, with `returning`, who come back."""
    shop, old_key = demo.shop_url, demo.waiting_room.account.secret_key
    seen = Seen([], [], [])
    stop = threading.Event()

    def stay() -> None:
        """Somebody whose session began before, and who browses on with whatever cookie was set last."""
        with Visitor(shop) as visitor:
            visitor.carry(session_cookie(old_key))
            while not on_the_beat(stop):
                answer = visitor.get("/tickets")
                seen.statuses.append(("stays", answer.status_code))
                seen.cookies.append((time.monotonic(), visitor.session_cookie or ""))

    def go_and_wait() -> None:
        """One after the other is sent to the waiting room, which takes no one without a valid enqueue token."""
        while not on_the_beat(stop):
            with Visitor(shop) as visitor:
                at = time.monotonic()
                sent = visitor.get("/tickets")
                seen.arrivals.append((at, visitor.get(sent.headers["Location"]).status_code))

    def come_back() -> None:
        """One after the other comes back from the waiting room, each with a token of its own."""
        while not on_the_beat(stop):
            with Visitor(shop) as visitor:
                expires_at = int(time.time()) + 180
                token = mint_queue_token(
                    demo.waiting_room.account.secret_key, EVENT_ID, queue_id=QUEUE_ID, expires_at=expires_at
                )
                entered = visitor.get(f"/tickets?queueittoken={token}")
                location = entered.headers.get("Location", "")
                seen.statuses.append(("returns", entered.status_code if location.startswith(shop) else 0))
                for _ in range(3):
                    seen.statuses.append(("stays", visitor.get("/tickets").status_code))

    visits = [stay, go_and_wait, *([come_back] if returning else [])]
    with side_by_side(visits * WORKERS, stop):
        yield seen


def refresh_everywhere(busy: Busy) -> float:
    """Refresh until something is published and every worker knows it; when that was (monotonic).

    A key begins to sign session cookies once every edge must have learnt of it, which takes longest.
    """
    settings = Settings(poll_interval_seconds=POLL_SECONDS)
    ends_at = time.monotonic() + settings.freshness_seconds + MARGIN_SECONDS + POLL_SECONDS + 15
    while True:
        asked_at = time.monotonic()
        done = busy.demo.refresh()
        if done["outcome"] == "published":
            break
        assert asked_at < ends_at
        time.sleep(0.5)
    wait_for(lambda: len(busy.loaded(done["snapshot"], asked_at)) >= WORKERS, POLL_SECONDS + 5)
    return time.monotonic()


@pytest.mark.parametrize("announced", [True, False], ids=["announced first", "switched first"])
def test_a_rotated_key_sends_nobody_back_and_its_enqueue_tokens_are_refused_for_a_refresh_and_a_poll_at_most(
    busy: Busy, announced: bool
) -> None:
    demo = busy.demo
    old_key = demo.waiting_room.account.secret_key
    new_key = f"another-demo-secret-key-that-protects-nothing-{'announced' if announced else 'switched'}"
    with visiting(demo, returning=announced) as seen:
        if announced:
            demo.store_secret_keys(old_key, next_secret_key=new_key)
            refresh_everywhere(busy)
        switched_at = time.monotonic()
        demo.waiting_room.rotate_secret_key(new_key)
        demo.store_secret_keys(new_key, previous_secret_key=old_key)
        settled_at = refresh_everywhere(busy)
        assert settled_at - switched_at <= POLL_SECONDS + 5
        signed_by_new_from = settled_at if is_settled(demo) else refresh_everywhere(busy)

        def issued() -> list[str]:
            return [cookie for at, cookie in list(seen.cookies) if at > signed_by_new_from + 1]

        wait_for(lambda: len(issued()) > 20, 20)

    assert set(seen.statuses) == ({("stays", 200), ("returns", 302)} if announced else {("stays", 200)})
    # 200: waits in the line; 302: let in at once, as the line is short; 403: the enqueue token is refused.
    refused = [at for at, status in seen.arrivals if status not in (200, 302)]
    assert len(seen.arrivals) > 100
    assert {status for _, status in seen.arrivals} <= {200, 302, 403}
    assert all(switched_at - 1 < at < settled_at for at in refused)
    assert all(is_signed(cookie, new_key) for cookie in issued())


def is_settled(demo: Demo) -> bool:
    """Whether the key that the platform holds signs session cookies too."""
    latest = demo.refresh({"action": "history"})["entries"][0]["difference"]
    return "session cookies are signed with another secret key" in latest
