"""Requests on the wire: keep-alive, framing, and what is refused before any function runs."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest


@contextlib.contextmanager
def connected(site: Any) -> Iterator[socket.socket]:
    host, port = site.edge.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def exchange(site: Any, sent: bytes) -> bytes:
    """Everything the edge sends back until it closes the connection."""
    with connected(site) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_connection_carries_several_requests(workshop: Any) -> None:
    site = workshop.site()
    one = b"POST /?body=one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    two = b"GET /?body=two HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = exchange(site, one + two)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b"\r\n\r\none") < answer.index(b"\r\n\r\ntwo")
    assert [received.body for received in site.origin.received] == [b"abc", b""]


def test_a_chunked_body_reaches_the_origin_whole(workshop: Any) -> None:
    site = workshop.site()
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    assert exchange(site, sent).startswith(b"HTTP/1.1 200")
    assert site.origin.received[0].body == b"abcde"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /#fragment HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 32768 + b"\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 403),
    ],
)
def test_a_request_that_cloudfront_refuses_reaches_neither_function_nor_origin(
    workshop: Any, sources: Any, sent: bytes, status: int
) -> None:
    site = workshop.site(sources.pass_request)
    assert exchange(site, sent).split(b"\r\n")[0].split()[1] == str(status).encode()
    assert site.edge.invocations == []
    assert site.origin.received == []


def test_bytes_beyond_ascii_pass_unharmed_in_headers_and_encoded_in_the_path(
    workshop: Any, sources: Any
) -> None:
    site = workshop.site(sources.pass_request)
    exchange(site, b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\nX-A: \xc3\xa9\r\n\r\n")
    received = site.origin.received[0]
    assert received.target == "/%C3%A9"
    assert received.values("x-a") == [b"\xc3\xa9".decode("latin-1")]


def test_a_visitor_who_leaves_while_sending_harms_nobody(workshop: Any) -> None:
    site = workshop.site()
    assert exchange(site, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc") == b""
    assert site.ask().status == 200


def test_stopping_closes_connections_that_are_kept_alive(workshop: Any) -> None:
    site = workshop.site()
    with connected(site) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        site.edge.stop()
        assert connection.recv(65536) == b""


def test_the_address_is_known_only_while_the_edge_runs(workshop: Any) -> None:
    site = workshop.site()
    assert site.edge.url.startswith("http://127.0.0.1:")
    site.edge.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = site.edge.url
