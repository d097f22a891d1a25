"""`python -m workbench.journey`: one visitor walks through the six steps, without a person.

They request a protected page; the edge sends them to the right waiting room with a valid token, without which nobody
gets in line there; they wait for their turn; they come back with a queue token; the edge swaps it for a session cookie;
with that they browse on, until signing out ends the session.
"""

import base64
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from workbench.demo import Demo, ZipMissing
from workbench.demo.refresh_schedule import InvocationFailed
from workbench.lambda_runtime.installation import shortcomings

_HEADERS_THAT_MATTER = (
    "Location",
    "Set-Cookie",
    "Cache-Control",
    "x-queueit-connector",
    "x-queueit-failed",
    "X-Cache",
    "Content-Type",
)
_SIGNATURE = re.compile(
    r"(?<![0-9a-f])([0-9a-f]{6})[0-9a-f]{58}(?![0-9a-f])|(?<=enqueuetoken=)([\w-]{6})[\w.-]+"
)
_ENQUEUE_TOKEN = re.compile(r"&enqueuetoken=[^&]*")
_SESSION_COOKIE = "QueueITAccepted-SDFrts345E-V3_"
_TURN_WITHIN_SECONDS = 30


class StepFailed(Exception):
    """A step did not go as expected; the text says what was expected and what came."""


class Journey:
    """One visitor with a cookie jar, who follows no redirect by themselves."""

    steps = 6

    def __init__(self, shop_url: str, waiting_room_url: str, say: Callable[[str], None]) -> None:
        """`say` gets the report, line by line."""
        self._shop_url = shop_url
        self._waiting_room_url = waiting_room_url
        self._say = say
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "Mozilla/5.0 (journey)"
        self._step = 0

    def walk(self) -> None:
        """Go through all steps. Raises StepFailed at the first that goes wrong."""
        with self._session:
            page = f"{self._shop_url}/tickets?from=newsletter&night=12%2F12"
            self._begin("A visitor requests a protected page")
            answer = self._get(page)
            queue_url = self._sent_to_the_waiting_room(answer, page)
            proceed_url = self._waiting(queue_url)
            self._begin("They come back with a signed token")
            url_with_token = self._location(self._get(proceed_url, 302), f"{page}&queueittoken=e_")
            self._begin("The edge validates it, sets the session cookie and cuts the token from the address")
            answer = self._get(url_with_token, 302)
            came = answer.headers.get("Location")
            self._expect(came == page, f"Location: {page}", came)
            self._expect_session(answer)
            self._begin("With that cookie they browse on")
            answer = self._get(page, 200)
            self._expect("Choose your night" in answer.text, "the shop's ticket page", answer.text[:200])
            self._expect_session(answer)
            self._say("\nAfterwards  Signing out ends the session, and the next visit waits again")
            answer = self._get(f"{self._shop_url}/logout", 302)
            self._get(self._location(answer, f"{self._waiting_room_url}/cancel/multiple/"), 200)
            self._location(self._get(page, 302), f"{self._waiting_room_url}/?")

    def _sent_to_the_waiting_room(self, answer: requests.Response, page: str) -> str:
        self._begin("The edge sends them to the right waiting room with a valid token")
        self._expect_status(answer, 302)
        location = self._location(answer, f"{self._waiting_room_url}/?")
        query = parse_qs(urlsplit(location).query)
        for name in ("c", "e", "ver", "cver", "man", "enqueuetoken", "t"):
            self._expect(name in query, f"a Location with the parameter {name}", location)
        target, caching = query["t"][0], answer.headers.get("Cache-Control")
        self._expect(
            urlsplit(target)[1:] == urlsplit(page)[1:], f"the page in the parameter t: {page}", target
        )
        self._expect_the_connector(answer)
        self._expect("no-store" in (caching or ""), "Cache-Control with no-store", caching)
        said = _readable_part(query["enqueuetoken"][0])
        for name in ("c", "e"):
            self._expect(
                said.get(name) == query[name][0], f"an enqueue token for {query[name][0]}", str(said)
            )
        seconds = (said["exp"] - said["iss"]) / 1000
        self._say(f"    the token: for {said['c']}, {said['e']}, {said.get('ip')}, valid for {seconds:.0f} s")
        self._say("    without it:")
        self._get(_ENQUEUE_TOKEN.sub("", location), 403)
        self._say("    with it:")
        return location

    def _waiting(self, queue_url: str) -> str:
        page = self._get(queue_url, 200).text
        status = re.search(r'data-status="([^"]+)"', page)
        if not status:
            raise self._failure("a queue page that names its status endpoint", page[:200])
        self._begin("They wait for their turn")
        give_up_at = time.monotonic() + _TURN_WITHIN_SECONDS
        last_position = None
        while time.monotonic() < give_up_at:
            place = self._session.get(f"{self._waiting_room_url}{status[1]}", timeout=10).json()
            if place["redirect"]:
                self._say(f"    place {last_position or 1}, then: it is your turn")
                return f"{self._waiting_room_url}{place['redirect']}"
            if place["position"] != last_position:
                last_position = place["position"]
                self._say(f"    place {last_position}, {place['progress']:.0%} of the way")
            time.sleep(0.25)
        raise self._failure(f"a turn within {_TURN_WITHIN_SECONDS} seconds", f"place {last_position}")

    def _begin(self, title: str) -> None:
        self._step += 1
        self._say(f"\nStep {self._step} of {self.steps}  {title}")

    def _get(self, url: str, status: int | None = None) -> requests.Response:
        answer = self._session.get(url, allow_redirects=False, timeout=20)
        self._say(f"  > GET {_shortened(url)}")
        self._say(f"  < {answer.status_code} {answer.reason}")
        for name in _HEADERS_THAT_MATTER:
            if name in answer.headers:
                self._say(f"    {name}: {_shortened(answer.headers[name])}")
        if status:
            self._expect_status(answer, status)
        return answer

    def _expect(self, is_so: bool, expected: str, came: str | None) -> None:
        if not is_so:
            raise self._failure(expected, came or "none")

    def _expect_status(self, answer: requests.Response, status: int) -> None:
        came = f"{answer.status_code} {answer.reason}"
        self._expect(answer.status_code == status, f"status {status}", came)

    def _expect_the_connector(self, answer: requests.Response) -> None:
        came = answer.headers.get("x-queueit-connector")
        self._expect(came == "cloudfront", "x-queueit-connector: cloudfront", came)

    def _expect_session(self, answer: requests.Response) -> None:
        """A session cookie, new or extended, from the connector."""
        cookie = answer.headers.get("Set-Cookie", "")
        expected = f"a cookie whose name begins with {_SESSION_COOKIE}"
        self._expect(cookie.startswith(_SESSION_COOKIE), expected, cookie)
        self._expect_the_connector(answer)

    def _location(self, answer: requests.Response, begin: str) -> str:
        location = answer.headers.get("Location", "")
        self._expect(location.startswith(begin), f"a Location that begins with {begin}", location)
        return location

    def _failure(self, expected: str, came: str) -> StepFailed:
        return StepFailed(f"step {self._step}: expected {_shortened(expected)}; got {_shortened(came)}")


def _shortened(text: str) -> str:
    """Leave out most of each signature: the report is for reading, not for use."""
    return _SIGNATURE.sub(r"\1\2…", text)


def _readable_part(token: str) -> dict[str, Any]:
    """What an enqueue token says to anybody; its payload and signature are the waiting room's to read."""
    part = token.partition(".")[0]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def main() -> int:
    """Start everything on free ports, walk, stop everything; returns the exit status."""
    print("Starting shop, waiting room, AWS stand-ins, config_refresh and the edge …", flush=True)
    for text in shortcomings():
        print(f"  note: {text}")
    try:
        with Demo(visitors_per_second=10, crowd=20) as demo:
            print(f"  shop {demo.shop_url}   waiting room {demo.waiting_room_url}")
            Journey(demo.shop_url, demo.waiting_room_url, lambda line: print(line, flush=True)).walk()
    except (StepFailed, InvocationFailed, ZipMissing, requests.RequestException) as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr, flush=True)
        return 1
    print("\nAll six steps went as expected.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
