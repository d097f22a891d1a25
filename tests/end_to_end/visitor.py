"""A visitor as the end-to-end tests send one, and the session cookies that they bring."""

import http.client
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.builders import COOKIE_PREFIX, encode_component, session_text

EVENT_ID = "winternights"
COOKIE_NAME = f"{COOKIE_PREFIX}{EVENT_ID}"
QUEUE_ID = "1f2d3c4b-5a69-4788-9c0d-e1f2a3b4c5d6"


def direct_session() -> requests.Session:
    """A session that goes through no proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


class Visitor:
    """Somebody with a cookie jar of their own who follows no redirect by themselves."""

    def __init__(self, url: str) -> None:
        """`url` is the edge's."""
        self.url = url
        self.session = direct_session()

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for `path`, which may be a whole URL; in header names `_` stands for `-`."""
        return self.request("GET", path, None, **headers)

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None, **headers: str
    ) -> requests.Response:
        """Send a request with any method."""
        return self.session.request(
            method,
            path if path.startswith("http") else f"{self.url}{path}",
            data=data,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            allow_redirects=False,
            timeout=20,
        )

    def carry(self, cookie_value: str, name: str = COOKIE_NAME) -> None:
        """Put a session cookie into the jar, for the edge's host."""
        self.session.cookies.set(name, cookie_value, domain="127.0.0.1", path="/")

    @property
    def session_cookie(self) -> str | None:
        """The session cookie in the jar."""
        return self.session.cookies.get(COOKIE_NAME)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()


def session_cookie(
    secret_key: str, room: str = EVENT_ID, *, issued_at: float | None = None, **changes: Any
) -> str:
    """A session cookie's value, signed with `secret_key`; issued now when not said."""
    issued = int(time.time() if issued_at is None else issued_at)
    return encode_component(
        session_text(room, queue_id=QUEUE_ID, issued_at=issued, key=secret_key, **changes)
    )


def answer_to_raw_headers(url: str, path: str, headers: list[tuple[str, str]]) -> http.client.HTTPResponse:
    """GET with exactly these header lines, several of one name if so listed; the body is read."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest("GET", path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until that is so; the test fails where it takes longer."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            pytest.fail(f"not within {seconds} s")
        time.sleep(0.02)


def decisions(lines: list[str]) -> list[dict[str, Any]]:
    """The decisions among the lines that functions logged."""
    return [json.loads(line.partition(": ")[2]) for line in lines if '"event": "decision"' in line]
