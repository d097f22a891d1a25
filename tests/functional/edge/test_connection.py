"""HTTP/1.1 as servers and their proxies really write it, over a pair of sockets."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.connection import MAX_HEAD_BYTES, Connection, Endpoint, InvalidAnswer, parse_endpoint
from edge.steps import Deadline, PassedTime, finish

ENDPOINT = Endpoint("http", "dynamodb.test", 80, "")


def exchange_of(answer: bytes, *, closes: bool = False, max_bytes: int = 100) -> tuple[int, bytes, bool]:
    """Send a request to a server that has `answer` for it: status, body, and whether to use the connection again."""
    ours, theirs = socket.socketpair()
    connection = Connection(ENDPOINT, ours)
    with theirs:
        try:
            theirs.sendall(answer)
            if closes:
                theirs.shutdown(socket.SHUT_WR)
            deadline = Deadline(0.2)
            return finish(
                connection.post("/", {"Host": "dynamodb.test"}, b"{}", max_bytes, deadline), deadline
            )
        finally:
            connection.close()


def post(
    connection: Connection, seconds: float = 1, headers: dict[str, str] | None = None
) -> tuple[int, bytes, bool]:
    deadline = Deadline(seconds)
    return finish(connection.post("/", headers or {}, b"", 100, deadline), deadline)


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    connection = Connection(ENDPOINT, ours)
    yield connection, theirs
    connection.close()
    theirs.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", True)),
        (b"HTTP/1.1 200\r\ncontent-LENGTH:2 \t\r\n\r\n{}", (200, b"{}", True)),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", (400, b"", True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: Close\r\n\r\n{}", (200, b"{}", False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more", (200, b"{}", False)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", True)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", (200, b"", True)),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\nX: y\r\n\r\n",
            (200, b"{}", True),
        ),
    ],
)
def test_reads_an_answer(answer: bytes, expected: tuple[int, bytes, bool]) -> None:
    assert exchange_of(answer) == expected


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    assert exchange_of(b"HTTP/1.1 200 OK\r\n\r\n{}", closes=True) == (200, b"{}", False)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nfolded: a\r\n b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nspace : a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nnull: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b" " * 101,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"2\r\n{}\r\n" * 51 + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1" + b" " * 2000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"x" * (MAX_HEAD_BYTES + 1),
    ],
)
def test_refuses_what_is_no_answer(answer: bytes) -> None:
    with pytest.raises(InvalidAnswer):
        exchange_of(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    ],
)
def test_an_answer_cut_short_is_a_lost_connection(answer: bytes) -> None:
    with pytest.raises(ConnectionResetError):
        exchange_of(answer, closes=True)


_pieces = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"Content-Length: 2\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n",
        b"2\r\n{}",
        b"0",
    ]
)


@given(st.lists(st.one_of(st.binary(max_size=20), _pieces), max_size=12))
def test_whatever_is_received_either_answers_or_fails_as_documented(pieces: list[bytes]) -> None:
    try:
        status, body, _ = exchange_of(b"".join(pieces), closes=True)
    except (OSError, InvalidAnswer):
        return
    assert 200 <= status <= 599
    assert len(body) <= 100


class DrippingSocket(socket.socket):
    """Receives one byte at a time."""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        return super().recv(min(bufsize, 1), flags)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    ours, server = socket.socketpair()
    with DrippingSocket(fileno=ours.detach()) as dripping, server:
        server.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        connection = Connection(ENDPOINT, dripping)
        assert post(connection) == (200, b"{}", True)


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\0b", "é", "\x7f"])
def test_a_header_that_would_break_the_request_is_not_sent(
    pair: tuple[Connection, socket.socket], value: str
) -> None:
    connection, server = pair
    with pytest.raises(ValueError, match=r"^the value of X-Token cannot be sent in a header$"):
        post(connection, headers={"X-Token": value})
    server.settimeout(0)
    with pytest.raises(BlockingIOError):
        server.recv(1)


def test_a_connection_is_quiet_until_something_arrives_or_it_ends(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, server = pair
    assert connection.is_quiet()
    server.sendall(b"x")
    assert not connection.is_quiet()
    server.close()
    assert not connection.is_quiet()


def test_nothing_waits_once_its_deadline_is_over(pair: tuple[Connection, socket.socket]) -> None:
    connection, _ = pair
    with pytest.raises(TimeoutError):
        post(connection, 0)


def test_parts_of_a_deadline_end_before_it() -> None:
    now = 10.0
    deadline = Deadline(8, lambda: now)
    part = deadline.part(0.25)
    assert (deadline.remaining(), part.remaining()) == (8, 2)
    now = 12.0
    with pytest.raises(TimeoutError):
        part.remaining()
    assert deadline.remaining() == 6


def test_each_single_wait_is_bounded_too() -> None:
    deadline = Deadline(8, lambda: 10.0, longest_wait=3)
    assert deadline.remaining() == 8
    assert deadline.of_one_wait().remaining() == 3
    assert deadline.part(0.25).of_one_wait().remaining() == 2
    assert deadline.part(longest_wait=1).of_one_wait().remaining() == 1


def test_passed_time_follows_the_clock_that_moved_further_and_never_goes_back() -> None:
    monotonic, wall = [100.0], [5000.0]
    passed = PassedTime(lambda: monotonic[0], lambda: wall[0])
    monotonic[0] += 2
    assert passed() == 2
    wall[0] += 3600  # frozen for an hour; the first clock stood still
    assert passed() == 3602
    wall[0] -= 10_000  # set back
    assert passed() == 3602
    monotonic[0] += 1
    wall[0] += 1
    assert passed() == 3603


@pytest.mark.parametrize("url", ["", "http:/x", "http://x:y", "http://[x]", "http://x/#f", "http://x y/"])
def test_a_url_that_is_no_endpoint_gives_none(url: str) -> None:
    assert parse_endpoint(url) is None
