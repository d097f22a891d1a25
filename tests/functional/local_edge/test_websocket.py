"""WebSockets: the request that opens one goes through the functions, what passes afterwards does not."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.local_edge import sources

OPENING = (
    b"GET /chat HTTP/1.1\r\nHost: shop.example.com\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


class Echo:
    """An origin that answers 101 and a greeting to any request, and then in capitals to whatever comes."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked = b""
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Echo":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listening.accept()
            with connection:
                while b"\r\n\r\n" not in self.asked:
                    self.asked += connection.recv(65536)
                connection.sendall(SWITCHING + b"hello ")
                while part := connection.recv(65536):
                    connection.sendall(part.upper())
        self.ended.set()


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as origin:
        yield origin


def opened(site: Any, *more: bytes) -> socket.socket:
    connection: socket.socket = site.connect()
    connection.sendall(b"".join([OPENING, *more]))
    return connection


def read_until(connection: socket.socket, end: bytes) -> bytes:
    read = b""
    while not read.endswith(end) and (part := connection.recv(65536)):
        read += part
    return read


@pytest.mark.rule("websocket", "websocket-functions")
def test_a_websocket_passes_bytes_both_ways_after_viewer_request_let_it_open(
    workshop: Any, echo: Echo
) -> None:
    site = workshop.site(sources.PASS_REQUEST, sources.MARK_RESPONSE, origin_urls={"site": echo.url})
    with opened(site, b"early ") as visitor:
        head, _, first = read_until(visitor, b"EARLY ").partition(b"\r\n\r\n")
        visitor.sendall(b"later")
        assert read_until(visitor, b"LATER") == b"LATER"
    assert first == b"hello EARLY "
    lines = head.lower().split(b"\r\n")
    assert lines[0] == b"http/1.1 101 switching protocols"
    assert {b"upgrade: websocket", b"connection: upgrade"} <= set(lines)
    assert b"sec-websocket-accept" in head.lower()
    assert b"content-length" not in head.lower()
    assert {b"Upgrade: websocket", b"Connection: Upgrade"} <= set(echo.asked.split(b"\r\n"))
    assert echo.ended.wait(10), "the visitor's end is the origin's"
    assert [one.event_type for one in site.invocations] == ["viewer-request"]


def test_viewer_request_may_answer_instead_of_opening_a_websocket(workshop: Any) -> None:
    site = workshop.site(
        sources.returning("{'status': '302', 'body': request['headers']['host'][0]['value']}")
    )
    with opened(site) as visitor:
        answer = read_until(visitor, b"shop.example.com")
    assert answer.startswith(b"HTTP/1.1 302")
    assert site.origin.received == []


def test_a_function_does_not_see_that_a_websocket_is_asked_for(workshop: Any) -> None:
    seen = "{'status': '200', 'body': ','.join(sorted(request['headers'])) + '.'}"
    with opened(workshop.site(sources.returning(seen))) as visitor:
        answer = read_until(visitor, b".")
    assert answer.endswith(b"\r\n\r\nhost,sec-websocket-key,sec-websocket-version.")


@pytest.mark.rule("websocket")
def test_without_its_key_the_origin_is_not_asked_for_a_websocket(workshop: Any) -> None:
    site = workshop.site(default={"OriginRequestPolicyId": ""})
    with opened(site) as visitor:
        answer = read_until(visitor, b"from the origin")
    assert answer.startswith(b"HTTP/1.1 200")
    received = site.origin.received[0]
    assert (received.values("upgrade"), received.values("connection")) == ([], ["close"])


def test_an_origin_that_declines_answers_as_usual(workshop: Any) -> None:
    site = workshop.site(sources.PASS_REQUEST, sources.MARK_RESPONSE)
    with opened(site) as visitor:
        answer = read_until(visitor, b"from the origin")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"x-marked: yes" in answer.lower()
    assert site.origin.received[0].values("upgrade") == ["websocket"]


def test_an_origin_that_switches_without_being_asked_is_a_502(workshop: Any, echo: Echo) -> None:
    site = workshop.site(origin_urls={"site": echo.url})
    assert site.ask().status == 502


def test_stopping_the_edge_ends_its_websockets(workshop: Any, echo: Echo) -> None:
    site = workshop.site(origin_urls={"site": echo.url})
    with opened(site) as visitor:
        assert read_until(visitor, b"hello ")
        site.edge.stop()
        assert visitor.recv(65536) == b""
    assert echo.ended.wait(10)
