"""The download from the platform: attempts, limits and errors."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from config_refresh import platform
from config_refresh.deadline import Deadline
from config_refresh.errors import PassingFailure, PlatformError
from config_refresh.platform import download, fetch_with_urllib3
from tests.http_server import Handler, serving


class Script:
    """A fetch that plays `answers`, and a clock that its waits move."""

    def __init__(self, *answers: tuple[int, bytes] | Exception, takes: float = 0) -> None:
        self.answers = list(answers)
        self.takes = takes
        self.now = 0.0
        self.seconds: list[float] = []
        self.waits: list[float] = []

    def fetch(self, _url: str, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
        self.headers = headers
        self.seconds.append(seconds)
        self.now += min(self.takes, seconds)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def run(self, seconds: float = 59) -> dict[str, Any]:
        return download(
            "https://example.queue-it.net",
            "example",
            "not-a-real-api-key",
            Deadline(seconds, lambda: self.now, self.sleep),
            fetch=self.fetch,
            uniform=lambda: 0.5,
        )


def test_passing_failures_are_tried_again_with_growing_waits() -> None:
    script = Script(PassingFailure("x"), (503, b""), (429, b""), (200, b"{}"))

    assert script.run() == {}
    assert script.waits == [0.75, 1.5, 3.0]


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 418])
def test_a_final_answer_is_not_asked_for_again(status: int) -> None:
    script = Script((status, b"because\x00\n"))

    with pytest.raises(PlatformError, match=f'answered {status}: "because"; check'):
        script.run()
    assert len(script.seconds) == 1


def test_all_attempts_end_by_the_deadline() -> None:
    script = Script(*[PassingFailure("x")] * 4, takes=8)

    with pytest.raises(PlatformError, match="could not be reached"):
        script.run()
    assert script.now <= platform.DOWNLOAD_SECONDS + 0.1
    assert script.seconds[0] == 8
    assert script.seconds[-1] < 8


def test_the_platform_sees_the_name_that_its_own_connectors_have() -> None:
    script = Script((200, b"{}"))

    script.run()

    assert script.headers["user-agent"] == "queueit-connector"


def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    script = Script((200, b'{"Version": 7, "Integ'), (200, b'{"Version": 7}'))

    assert script.run() == {"Version": 7}
    script = Script(*[(200, b'{"Version": 7')] * 4)
    with pytest.raises(PlatformError, match="broke off after 13 bytes"):
        script.run()
    assert len(script.seconds) == platform.ATTEMPTS


def test_it_leaves_time_for_the_rest_of_the_run() -> None:
    script = Script(*[PassingFailure("x")] * 4, takes=8)

    with pytest.raises(PlatformError, match="could not be reached"):
        script.run(seconds=25)
    assert script.now <= 25 - platform.PUBLISH_SECONDS + 0.1


def test_it_is_not_asked_when_no_time_is_left() -> None:
    script = Script((200, b"{}"))

    with pytest.raises(PlatformError, match="was not asked, as no time was left"):
        script.run(seconds=platform.PUBLISH_SECONDS)
    assert script.seconds == []


@pytest.mark.parametrize("problem", [ValueError("not-a-real-api-key"), UnicodeError("x"), KeyError("y")])
def test_any_other_failure_is_reported_as_the_downloads_and_quotes_nothing(problem: Exception) -> None:
    with pytest.raises(PlatformError, match="the download failed") as failure:
        Script(problem).run()
    assert "not-a-real-api-key" not in str(failure.value)


@pytest.mark.parametrize(
    "text", [b"not-a-real-api-key", b"not-a-\x00real-api-key", b"x" * 1_990 + b"not-a-real"]
)
def test_the_key_is_not_in_what_is_quoted(text: bytes) -> None:
    with pytest.raises(PlatformError) as failure:
        Script((403, text)).run()
    assert "not-a-real" not in str(failure.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b"<html>"])
def test_an_answer_that_is_not_an_object_is_quoted(body: bytes) -> None:
    with pytest.raises(PlatformError, match="no JSON object"):
        Script((200, body)).run()


def test_an_answer_over_the_limit_is_refused() -> None:
    with pytest.raises(PlatformError, match="more than 4000000 bytes"):
        Script((200, b" " * (platform.MAX_BYTES + 1))).run()


class Platform(Handler):
    protocol_version = "HTTP/1.0"

    def respond(self) -> None:
        behaviour = self.path.rsplit("/", 1)[-1]
        if behaviour == "redirect":
            self.answer(302, Location="/elsewhere")
        elif behaviour == "drip":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(20):
                    self.wfile.write(b" ")
                    time.sleep(0.1)
        elif behaviour == "short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"{}")
        else:
            self.answer(200, json.dumps({"key": self.headers["api-key"], "path": self.path}).encode())


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(Platform) as url:
        yield url


def test_urllib3_sends_the_key(server: str) -> None:
    status, body = fetch_with_urllib3(f"{server}/x", {"api-key": "k"}, 5)

    assert status == 200
    assert json.loads(body) == {"key": "k", "path": "/x"}


def test_a_redirect_is_not_followed(server: str) -> None:
    status, _ = fetch_with_urllib3(f"{server}/redirect", {"api-key": "k"}, 5)

    assert status == 302


def test_an_answer_that_drips_ends_by_the_deadline(server: str) -> None:
    with pytest.raises(PassingFailure, match="no whole answer within"):
        fetch_with_urllib3(f"{server}/drip", {}, 0.4)


def test_an_answer_shorter_than_it_says_is_a_passing_failure(server: str) -> None:
    with pytest.raises(PassingFailure):
        fetch_with_urllib3(f"{server}/short", {}, 5)


def test_nobody_listening_is_a_passing_failure() -> None:
    with pytest.raises(PassingFailure):
        fetch_with_urllib3("http://127.0.0.1:9/x", {}, 2)


def test_tls_is_verified(server: str) -> None:
    with pytest.raises(PassingFailure):
        fetch_with_urllib3(server.replace("http:", "https:"), {}, 2)
