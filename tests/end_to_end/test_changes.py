"""What changes while visitors browse: the configuration, the kill switch, DynamoDB."""

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.end_to_end.visitor import Visitor, decisions, direct_session, session_cookie, wait_for
from workbench.demo import Demo
from workbench.demo.refresh_schedule import InvocationFailed
from workbench.local_edge import LocalEdge

POLL_SECONDS = 5
SETTLED_WITHIN_SECONDS = POLL_SECONDS * 1.2 + 5


@contextmanager
def started(edge: LocalEdge, demo: Demo) -> Iterator[LocalEdge]:
    """Another edge, with workers that are cold."""
    edge.start()
    try:
        demo.admit_shop(edge.url)
        yield edge
    finally:
        edge.stop()


def statuses(url: str, path: str, *, requests_at_once: int = 6) -> list[int]:
    """The statuses of several requests at once, so that every worker answers one."""

    def ask(_: int) -> int:
        with Visitor(url) as visitor:
            return visitor.get(path).status_code

    with ThreadPoolExecutor(requests_at_once) as pool:
        return list(pool.map(ask, range(requests_at_once)))


def wait_until_all(url: str, path: str, status: int) -> float:
    """Ask until three rounds in a row have that status alone; returns the seconds it took."""
    began = time.monotonic()
    rounds = 0
    while rounds < 3:
        rounds = rounds + 1 if set(statuses(url, path)) == {status} else 0
        if time.monotonic() - began > SETTLED_WITHIN_SECONDS:
            pytest.fail(f"not every worker answers {path} with {status} after {SETTLED_WITHIN_SECONDS} s")
        time.sleep(0.25)  # each round is work for the processors that other tests want
    return time.monotonic() - began


def with_protected(configuration: dict[str, Any], path: str) -> dict[str, Any]:
    """The configuration with one more path to queue for."""
    parts = configuration["Integrations"][-1]["Triggers"][0]["TriggerParts"]
    parts.append({**parts[0], "ValueToCompare": path})
    return configuration


def publish_on_the_page(demo: Demo, configuration: str) -> str:
    """The page of the waiting room after somebody published `configuration` there."""
    with direct_session() as session:
        return session.post(
            f"{demo.waiting_room_url}/admin/configuration",
            data={"configuration": configuration, "action": "publish"},
            timeout=20,
        ).text


@contextmanager
def broken_at_the_platform(demo: Demo, **changes: Any) -> Iterator[None]:
    """The platform has a configuration with these changes to its queue, which it should have refused."""
    good = demo.waiting_room.publication.current()
    broken = json.loads(json.dumps(good))
    broken["Version"] += 1
    broken["Integrations"][-1] |= changes
    demo.waiting_room.publication.publish_unchecked(broken)
    try:
        yield
    finally:
        demo.waiting_room.publication.publish_unchecked(good)


def test_a_configuration_published_on_the_page_reaches_visitors_while_they_browse(demo: Demo) -> None:
    assert set(statuses(demo.shop_url, "/secret-gig")) == {404}
    seen: list[tuple[str, int]] = []
    stop = threading.Event()

    def browse(path: str) -> None:
        with Visitor(demo.shop_url) as visitor:
            if path == "/tickets":
                visitor.carry(session_cookie(demo.account.secret_key))
            while not stop.wait(0.1):
                seen.append((path, visitor.get(path).status_code))

    browsers = [threading.Thread(target=browse, args=(path,)) for path in ("/tickets", "/", "/event/unknown")]
    for one in browsers:
        one.start()
    try:
        text = json.dumps(with_protected(demo.sample_configuration(), "/secret-gig"))
        version = re.search(r"Version (\d+) is published", publish_on_the_page(demo, text))
        assert version
        result = demo.refresh()
        assert (result["outcome"], result["version"]) == ("published", int(version[1]))
        wait_until_all(demo.shop_url, "/secret-gig", 302)
    finally:
        stop.set()
        for one in browsers:
            one.join()
    expected = {"/tickets": 200, "/": 200, "/event/unknown": 302}
    assert {(path, status) for path, status in seen} == set(expected.items())
    assert len(seen) > 50


def test_a_configuration_that_does_not_compile_changes_nothing(demo: Demo) -> None:
    message = r'"Tickets".*CookieValidityMinute is "ten"'
    with (
        broken_at_the_platform(demo, CookieValidityMinute="ten"),
        pytest.raises(InvocationFailed, match=message),
    ):
        demo.refresh()
    assert demo.refresh()["outcome"] == "unchanged"
    with started(demo.new_edge(), demo) as edge:
        assert set(statuses(edge.url, "/tickets")) == {302}


def test_a_rollback_brings_an_earlier_snapshot_back_until_a_newer_is_published(demo: Demo) -> None:
    before = demo.refresh()["snapshot"]
    demo.publish(with_protected(demo.sample_configuration(), "/encore"))
    assert demo.refresh()["outcome"] == "published"
    with started(demo.new_edge(), demo) as edge:
        assert set(statuses(edge.url, "/encore")) == {302}
    rollback = {"action": "rollback", "snapshot": before, "actor": "ada@example.com"}
    assert demo.refresh(rollback)["outcome"] == "rolled_back"
    with started(demo.new_edge(), demo) as edge:
        assert set(statuses(edge.url, "/encore")) == {404}
    assert demo.refresh()["outcome"] == "unchanged", "the schedule does not undo a rollback"
    demo.publish(demo.sample_configuration())
    assert demo.refresh()["outcome"] == "published"


@pytest.mark.full  # two polls
def test_the_kill_switch_lets_every_request_pass_and_back(demo: Demo) -> None:
    demo.change_settings(enabled=False)
    try:
        took = wait_until_all(demo.shop_url, "/tickets", 200)
        assert took < SETTLED_WITHIN_SECONDS
    finally:
        demo.change_settings(enabled=True)
    wait_until_all(demo.shop_url, "/tickets", 302)


@pytest.mark.full  # two polls
def test_without_dynamodb_running_workers_keep_what_they_have_and_cold_ones_follow_the_failure_mode(
    demo: Demo, log: list[str]
) -> None:
    with started(demo.new_edge(), demo) as running:
        assert set(statuses(running.url, "/tickets")) == {302}
        demo.stop_dynamodb()
        down_since = time.monotonic()
        try:
            with direct_session() as session:
                assert session.get(demo.aws.secrets_url, timeout=20).status_code == 200
                with pytest.raises(requests.ConnectionError):
                    session.get(demo.aws.dynamodb_url, timeout=20)
            with (
                started(demo.new_edge(), demo) as open_edge,
                started(demo.new_edge(fail_closed=True), demo) as closed_edge,
            ):
                answer = met_and_logged(open_edge, log, "failed open")
                assert (answer.status_code, answer.headers["x-queueit-failed"]) == (200, "true")
                refused = met_and_logged(closed_edge, log, "failed closed")
                assert refused.status_code == 503
                assert int(refused.headers["Retry-After"]) > 0
                while time.monotonic() - down_since < POLL_SECONDS * 1.2 + 0.5:
                    assert set(statuses(running.url, "/tickets")) == {302}
                    time.sleep(0.5)
                demo.start_dynamodb()
                wait_until_all(open_edge.url, "/tickets", 302)
                wait_until_all(closed_edge.url, "/tickets", 302)
        finally:
            demo.start_dynamodb()


def met_and_logged(edge: LocalEdge, log: list[str], how: str) -> requests.Response:
    """The answer of a worker without a snapshot, which says for this request that it failed, and how."""
    log.clear()
    with Visitor(edge.url) as visitor:
        answer = visitor.get("/tickets")
    wait_for(lambda: bool(decisions(log)), 5)
    line = decisions(log)[-1]
    assert (line["level"], line["decision"], line["why"]) == ("error", how, "no snapshot")
    return answer
