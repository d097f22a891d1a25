"""The publish endpoint: what it takes of the platform's pushes, and from whom."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.end_to_end.test_changes import publish_on_the_page, with_protected
from tests.end_to_end.visitor import direct_session, wait_for
from tests.end_to_end.watched import Watched
from workbench.demo import Demo


@pytest.fixture(scope="module")
def demo(watched: Watched) -> Demo:
    """With an endpoint that takes pushes: for 10 s after it has read the secret, it knows no key that is new since."""

    def is_taken() -> bool:
        watched.demo.publish(watched.demo.sample_configuration())
        pushed = watched.demo.waiting_room.last_push
        return pushed is not None and pushed.status == 200

    wait_for(is_taken, 15)
    return watched.demo


def push(url: str, method: str = "PUT", data: str = "{}") -> requests.Response:
    with direct_session() as session:
        headers = {"content-type": "application/json"}
        return session.request(method, url, data=data, headers=headers, timeout=20)


def test_the_schedule_finds_nothing_to_do_after_a_push(demo: Demo) -> None:
    demo.publish(demo.sample_configuration())
    assert demo.refresh()["outcome"] == "unchanged"


def test_a_configuration_published_on_the_page_is_pushed_and_the_page_says_so(demo: Demo) -> None:
    text = json.dumps(with_protected(demo.sample_configuration(), "/page"))
    shown = publish_on_the_page(demo, text)
    assert "is published. The connector has taken it, and every edge follows" in shown


def test_a_push_cannot_be_sent_again_later(demo: Demo) -> None:
    seen = demo.waiting_room.publication.current()
    demo.publish(demo.sample_configuration())
    replayed = demo.waiting_room.push(seen)
    assert str(replayed) == '409 {"status": "conflict"}'


def test_operators_can_freeze_and_the_platform_is_told(demo: Demo) -> None:
    who = {"actor": "ada@example.com"}
    assert demo.refresh({"action": "freeze", **who})["frozen"] is True
    try:
        demo.publish(demo.sample_configuration())
        assert str(demo.waiting_room.last_push) == '409 {"status": "frozen"}'
        assert demo.refresh()["outcome"] == "frozen"
    finally:
        demo.refresh({"action": "unfreeze", **who})
    assert demo.refresh()["outcome"] == "published"


def test_a_flood_of_junk_neither_gets_in_nor_stops_schedule_and_platform(demo: Demo) -> None:
    url = demo.waiting_room.publish_url
    assert push(url, "GET").status_code == 405
    junk = json.dumps({"integrationInfo": "7b7d", "hash": "0" * 64})
    stop = threading.Event()
    statuses: list[int] = []

    def flood() -> None:
        while not stop.is_set():
            statuses.append(push(url, data=junk).status_code)

    with ThreadPoolExecutor(4) as pool:
        floods = [pool.submit(flood) for _ in range(4)]
        try:
            wait_for(lambda: len(statuses) > 50, 10)
            assert demo.refresh()["outcome"] == "unchanged"
            demo.publish(demo.sample_configuration())
        finally:
            stop.set()
        for one in floods:
            one.result()
    assert demo.waiting_room.last_push
    assert demo.waiting_room.last_push.status == 200
    assert set(statuses) == {403}
