"""A system that is followed, and what its control room tells."""

import json
import time
from collections.abc import Callable
from typing import NamedTuple

import requests

from workbench.control_room.event_stream import Event
from workbench.demo import Demo

WITHIN_SECONDS = 20


class Watched(NamedTuple):
    """A followed system and the address of its control room."""

    demo: Demo
    url: str

    def events(self, is_enough: Callable[[Event], bool]) -> list[Event]:
        """What a new follower hears up to the first event that is enough."""
        heard: list[Event] = []
        give_up_at = time.monotonic() + WITHIN_SECONDS
        with requests.get(f"{self.url}/events", stream=True, timeout=WITHIN_SECONDS) as stream:
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith("data: "):
                    heard.append(json.loads(line.removeprefix("data: ")))
                    if is_enough(heard[-1]):
                        return heard
                assert time.monotonic() < give_up_at, heard
        raise AssertionError("the stream ended")

    def request_for(self, path: str, decision: str) -> Event:
        """The event of the request for `path` that was decided so."""
        return self.events(lambda one: one.get("path") == path and one.get("decision") == decision)[-1]

    def press(self, name: str, on: bool, **headers: str) -> requests.Response:
        sent = {"X-Control-Room": "1", **headers}
        return requests.post(f"{self.url}/switches/{name}", json={"on": on}, headers=sent, timeout=30)
