"""A system that is followed, and what its control room tells."""

import json
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import requests

from workbench.control_room.event_stream import Event
from workbench.demo import Demo

WITHIN_SECONDS = 20


def events(url: str) -> Iterator[Event]:
    """What a new follower of the control room at `url` hears; the test fails where the stream ends."""
    with requests.get(f"{url}/events", stream=True, timeout=WITHIN_SECONDS) as stream:
        for line in stream.iter_lines(decode_unicode=True):
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))
    raise AssertionError("the stream ended")


class Watched(NamedTuple):
    """A followed system and the address of its control room."""

    demo: Demo
    url: str

    def events(self, is_enough: Callable[[Event], bool]) -> list[Event]:
        """What a new follower hears up to the first event that is enough."""
        heard: list[Event] = []
        give_up_at = time.monotonic() + WITHIN_SECONDS
        for event in events(self.url):
            heard.append(event)
            if is_enough(event):
                break
            assert time.monotonic() < give_up_at, heard
        return heard

    def request_for(self, path: str, decision: str) -> Event:
        """The event of the request for `path` that was decided so."""
        return self.events(lambda one: one.get("path") == path and one.get("decision") == decision)[-1]

    def press(self, name: str, on: bool, **headers: str) -> requests.Response:
        sent = {"X-Control-Room": "1", **headers}
        return requests.post(f"{self.url}/switches/{name}", json={"on": on}, headers=sent, timeout=30)
