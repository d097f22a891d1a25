"""A kept-alive HTTP/1.1 connection, made and used in steps that can be put down at any wait and taken up later.

`http.client` would do much of this at three times the import time, and blocks. `ssl` costs as much to import as all
of ours, so it comes with the TLS context.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping
from errno import EALREADY, EINPROGRESS, EISCONN
from functools import partial

from edge.name_lookup import NameLookUp
from edge.steps import READABLE, WRITABLE, Deadline, Readiness, Steps
from edge.trust import Trust
from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeVar

    _Result = TypeVar("_Result")

MAX_IDLE_SECONDS: Final = 50
"""Beyond that a connection is not used again: servers close idle ones, and a frozen worker does not see it."""

MAX_HEAD_BYTES: Final = 16_384
"""The longest status line and headers of an answer, interim answers included."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
_HEADER = re.compile(rb"([!#-'*+\-.^-`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK_SIZE = (
    rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?"  # DynamoDB does not send chunks: compiled when one comes
)
_SENDABLE = re.compile(r"[ -~]*")


class InvalidAnswer(Exception):
    """What was received is not an answer in HTTP/1.1, or too large; the text does not quote it."""


class Endpoint(Struct):
    """Where requests go: `path` never ends with a slash, so it is empty or a prefix."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def bare_host(self) -> str:
        """The host without the brackets of an IPv6 address."""
        return self.host.strip("[]")

    @property
    def host_header(self) -> str:
        """The host, with the port unless it is the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"


def parse_endpoint(url: str) -> Endpoint | None:
    """The endpoint that `url` names; None unless it is plain http or https: no credentials, query or fragment."""
    match = re.fullmatch(
        r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?((?:/[!-\"$->@-~]*)?)", url, re.IGNORECASE
    )
    if match is None or int(match[3] or 1) not in range(1, 65_536):
        return None
    scheme = match[1].lower()
    return Endpoint(scheme, match[2].lower(), int(match[3] or _DEFAULT_PORTS[scheme]), match[4].rstrip("/"))


def _carry_out(
    operation: Callable[[], _Result], connected: socket.socket, deadline: Deadline, event: int
) -> Steps[_Result]:
    """The result of a socket operation that does not block, tried again whenever the socket may be ready for it.

    `event` is what it waits for unless TLS says otherwise. However late it is, it is tried before time is up: the
    answer may have come while the worker was frozen.
    """
    waiting = deadline.of_one_wait()
    while True:
        try:
            return operation()
        except BlockingIOError:
            awaited = event
        except OSError as error:
            from ssl import SSLWantReadError, SSLWantWriteError  # already imported where there is TLS

            if not isinstance(error, (SSLWantReadError, SSLWantWriteError)):
                raise
            awaited = READABLE if isinstance(error, SSLWantReadError) else WRITABLE
        yield Readiness(connected, awaited, waiting.remaining())


class Connection:
    """An open connection to `endpoint`. One request at a time; close it after any exception."""

    def __init__(self, endpoint: Endpoint, connected: socket.socket) -> None:
        self.endpoint = endpoint
        self._socket = connected
        self._socket.setblocking(False)
        self._received = bytearray()

    def close(self) -> None:
        """Close it, whatever state it is in."""
        self._socket.close()

    def is_quiet(self) -> bool:
        """False if there is something to read before a request, which is the end of the connection.

        Asked of TLS itself where there is TLS, because a session ticket that arrived meanwhile is no end.
        """
        try:
            self._socket.recv(1)
        except BlockingIOError:
            return True
        except OSError as error:
            from ssl import SSLWantReadError  # already imported where there is TLS

            return isinstance(error, SSLWantReadError)
        return False

    def post(
        self, path: str, headers: Mapping[str, str], body: bytes, max_bytes: int, deadline: Deadline
    ) -> Steps[tuple[int, bytes, bool]]:
        """Status and body of the answer to a POST, and whether the connection can be used again.

        `headers` have the Host header, not the length. Raises OSError, or InvalidAnswer for an answer that is no HTTP
        or has a body over `max_bytes`, or ValueError for a header that cannot be sent.
        """
        lines = [f"POST {path} HTTP/1.1"]
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            if not _SENDABLE.fullmatch(value):
                raise ValueError(f"the value of {name} cannot be sent in a header")
            lines.append(f"{name}: {value}")
        yield from self._send("\r\n".join([*lines, "", ""]).encode("ascii") + body, deadline)
        is_kept, status, answered = yield from self._read_head(deadline)
        length = answered.get(b"content-length")
        coding = answered.get(b"transfer-encoding")
        if coding is not None:
            if length is not None or coding.lower() != b"chunked":
                raise InvalidAnswer("the answer is coded in a way that is not understood")
            answer = yield from self._read_chunks(max_bytes, deadline)
        elif length is not None:
            if not _LENGTH.fullmatch(length):
                raise InvalidAnswer("the answer's Content-Length is not a number")
            answer = yield from self._read_bytes(int(length), max_bytes, deadline)
        else:
            is_kept = False
            answer = yield from self._read_to_end(max_bytes, deadline)
        return status, answer, is_kept and not self._received

    def _send(self, data: bytes, deadline: Deadline) -> Steps[None]:
        left = memoryview(data)
        while left:
            sent = yield from _carry_out(partial(self._socket.send, left), self._socket, deadline, WRITABLE)
            left = left[sent:]

    def _receive(self, deadline: Deadline) -> Steps[bool]:
        """Wait for more; False at the end of the connection."""
        data = yield from _carry_out(partial(self._socket.recv, 65_536), self._socket, deadline, READABLE)
        self._received += data
        return bool(data)

    def _receive_more(self, deadline: Deadline) -> Steps[None]:
        if not (yield from self._receive(deadline)):
            raise ConnectionResetError("the server closed the connection")

    def _take(self, count: int) -> bytes:
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _read_until(self, mark: bytes, max_bytes: int, deadline: Deadline) -> Steps[bytes]:
        """What comes before `mark`; the mark is taken too."""
        while (place := self._received.find(mark)) < 0 and len(self._received) <= max_bytes:
            yield from self._receive_more(deadline)
        if not 0 <= place <= max_bytes:
            raise InvalidAnswer("the answer has too long a head or line")
        return self._take(place + len(mark))[:place]

    def _read_head(self, deadline: Deadline) -> Steps[tuple[bool, int, dict[bytes, bytes]]]:
        """Whether the server keeps the connection, its status, and its headers by their lower-case names."""
        left = MAX_HEAD_BYTES
        while True:
            head = yield from self._read_until(b"\r\n\r\n", left, deadline)
            left -= len(head) + 4
            status_line, *lines = head.split(b"\r\n")
            match = _STATUS_LINE.fullmatch(status_line)
            if match is None:
                raise InvalidAnswer("the answer is no HTTP/1.1")
            if match[2][:1] != b"1":
                break
        headers: dict[bytes, bytes] = {}
        for line in lines:
            header = _HEADER.fullmatch(line)
            if header is None:
                raise InvalidAnswer("the answer has a malformed header")
            name, value = header[1].lower(), header[2].rstrip(b" \t")
            if name in (b"content-length", b"transfer-encoding") and headers.get(name, value) != value:
                raise InvalidAnswer("the answer contradicts itself on its length")
            headers[name] = value
        is_kept = match[1] == b"1" and b"close" not in headers.get(b"connection", b"").lower()
        return is_kept, int(match[2]), headers

    def _read_bytes(self, count: int, max_bytes: int, deadline: Deadline) -> Steps[bytes]:
        if count > max_bytes:
            raise InvalidAnswer("the answer is too large")
        while len(self._received) < count:
            yield from self._receive_more(deadline)
        return self._take(count)

    def _read_chunks(self, max_bytes: int, deadline: Deadline) -> Steps[bytes]:
        answer = bytearray()
        while True:
            size = re.fullmatch(_CHUNK_SIZE, (yield from self._read_until(b"\r\n", 1024, deadline)))
            if size is None:
                raise InvalidAnswer("the answer has a malformed chunk")
            count = int(size[1], 16)
            if count == 0:
                break
            answer += yield from self._read_bytes(count, max_bytes - len(answer), deadline)
            if (yield from self._read_bytes(2, 2, deadline)) != b"\r\n":
                raise InvalidAnswer("the answer has a malformed chunk")
        left = MAX_HEAD_BYTES
        while trailer := (yield from self._read_until(b"\r\n", left, deadline)):
            left -= len(trailer) + 2
        return bytes(answer)

    def _read_to_end(self, max_bytes: int, deadline: Deadline) -> Steps[bytes]:
        while (yield from self._receive(deadline)):
            if len(self._received) > max_bytes:
                raise InvalidAnswer("the answer is too large")
        return self._take(len(self._received))


def _finish_connecting(connected: socket.socket, address: Any) -> None:
    """Begin or go on with connecting. Raises BlockingIOError as long as it is not done, else OSError if it failed."""
    code = connected.connect_ex(address)
    if code in (EINPROGRESS, EALREADY):
        raise BlockingIOError
    if code not in (0, EISCONN):
        raise OSError(code, os.strerror(code))


def _connected_socket(endpoint: Endpoint, deadline: Deadline, names: NameLookUp) -> Steps[socket.socket]:
    addresses = yield from names.addresses(endpoint.bare_host, endpoint.port, deadline)
    failure = OSError("the name has no address")
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        # Each address has its share of the time, so that one which does not answer leaves some for the next.
        share = deadline.part(1 / (len(addresses) - tried))
        connected = socket.socket(family, kind, protocol)
        try:
            connected.setblocking(False)
            connecting = partial(_finish_connecting, connected, address)
            yield from _carry_out(connecting, connected, share, WRITABLE)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
        except OSError as error:
            connected.close()
            failure = error
        except BaseException:
            connected.close()
            raise
    raise failure


def _secured(
    connected: socket.socket, endpoint: Endpoint, trust: Trust, deadline: Deadline
) -> Steps[socket.socket]:
    try:
        secured = trust.context().wrap_socket(
            connected, server_hostname=endpoint.bare_host, do_handshake_on_connect=False
        )
    except BaseException:
        connected.close()
        raise
    try:
        yield from _carry_out(secured.do_handshake, secured, deadline, READABLE)
    except BaseException:
        secured.close()
        raise
    return secured


def connect(endpoint: Endpoint, trust: Trust, deadline: Deadline, names: NameLookUp) -> Steps[Connection]:
    """Connect by `deadline`, name look-up and TLS handshake included. Raises OSError.

    A certificate that the authorities of `trust` do not vouch for is shown to the next ones that it has.
    """
    while True:
        connected = yield from _connected_socket(endpoint, deadline, names)
        if endpoint.scheme != "https":
            return Connection(endpoint, connected)
        try:
            return Connection(endpoint, (yield from _secured(connected, endpoint, trust, deadline)))
        except OSError as error:
            if not trust.goes_on_after(error):
                raise
