"""Asks a web server for many paths, each sent byte for byte as written, over few connections."""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_VERSION = b"HTTP/1.1 "
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_AT_ONCE = 8
_A_CONNECTION = 1000
_PATIENCE_SECONDS = 20


Address = str | tuple[str, int]
"""Where a server listens: the path of a Unix socket, or a host and a port."""


class Answer(NamedTuple):
    """A response: its status and its body."""

    status: int
    body: bytes


class _Closed(Exception):
    """The server ended the connection before its answer was complete."""


def _more(connection: socket.socket) -> bytes:
    try:
        data = connection.recv(65536)
    except ConnectionResetError:
        data = b""
    if not data:
        raise _Closed
    return data


def _is_http(received: bytes) -> bool:
    return _VERSION.startswith(received[: len(_VERSION)])


def _answers(connection: socket.socket) -> Iterator[Answer]:
    """The responses that come over `connection`, until it ends."""
    received = b""
    while True:
        while _is_http(received) and b"\r\n\r\n" not in received:
            received += _more(connection)
        if not _is_http(received):  # HTTP/0.9, which CloudFront takes from no origin
            raise _Closed
        end = received.find(b"\r\n\r\n")
        head, body = received[: end + 2], received[end + 4 :]
        length = _LENGTH.search(head)
        if length is None:  # the body ends with the connection
            with suppress(_Closed):
                while True:
                    body += _more(connection)
        else:
            while len(body) < int(length[1]):
                body += _more(connection)
            body, received = body[: int(length[1])], body[int(length[1]) :]
        yield Answer(int(head.split(b" ", 2)[1]), body)
        if length is None or _CLOSE.search(head):
            raise _Closed


def _ask(server: Address, host: str, targets: Sequence[str]) -> Iterator[Answer]:
    """Answers to `targets` over one connection, fewer than asked for where the server ends it."""
    requests = [f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1") for target in targets]
    family = socket.AF_UNIX if isinstance(server, str) else socket.AF_INET
    with socket.socket(family) as connection, suppress(_Closed, BrokenPipeError):
        connection.settimeout(_PATIENCE_SECONDS)
        connection.connect(server)
        answers = _answers(connection)
        start, at_once = 0, 1
        while start < len(requests):
            batch = requests[start : start + at_once]
            connection.sendall(b"".join(batch))
            for _ in batch:
                yield next(answers)
            start += at_once
            at_once = _AT_ONCE


def ask(server: Address, host: str, targets: Sequence[str]) -> list[Answer | None]:
    """What the server at `server` answers to a GET for each target; None where it only hangs up."""
    answers: list[Answer | None] = []
    while len(answers) < len(targets):
        # The first request of a connection is sent alone: what follows one that a server hangs up on is lost.
        answers += [*_ask(server, host, targets[len(answers) :][:_A_CONNECTION])] or [None]
    return answers
