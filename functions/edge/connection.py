"""A kept-alive HTTP/1.1 connection on which no wait outlasts a deadline.

`http.client` would do most of this at three times the import time, and leave the deadline to each single read. `ssl`
costs as much to import as all of ours, so it comes with the TLS context.
"""

import _thread
import re
import socket
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import ssl

MAX_IDLE_SECONDS: Final = 300
"""Beyond that a connection is not used again: the network between forgets connections idle for some 350 s."""

MAX_HEAD_BYTES: Final = 16_384
"""The longest status line and headers of an answer, interim answers included."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
_HEADER = re.compile(rb"([!#-'*+\-.^-`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_SENDABLE = re.compile(r"[ -~]*")


@lru_cache(maxsize=1)
def shared_tls_context() -> "ssl.SSLContext":
    """The one context of all connections: making it reads every authority's certificate, which takes long."""
    import ssl

    return ssl.create_default_context()


class InvalidAnswer(Exception):
    """What was received is not an answer in HTTP/1.1, or too large; the text does not quote it."""


class Deadline:
    """A point in time that all waiting for one answer has to respect."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, more than 0. Raises TimeoutError when there are none."""
        seconds = self._ends_at - self._clock()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    def is_within(self, seconds: float) -> bool:
        """Whether less than `seconds` are left."""
        return self._ends_at - self._clock() < seconds

    def part(self, share: float) -> "Deadline":
        """A deadline that ends after `share` of what is left of this one."""
        return Deadline(self.remaining() * share, self._clock)


class Endpoint(NamedTuple):
    """Where requests go: `path` never ends with a slash, so it is empty or a prefix."""

    scheme: str
    host: str
    port: int
    path: str

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


class Connection:
    """An open connection to `endpoint`. One request at a time; close it after any exception."""

    def __init__(self, endpoint: Endpoint, connected: socket.socket) -> None:
        self.endpoint = endpoint
        self._socket = connected
        self._received = bytearray()

    def close(self) -> None:
        """Close it, whatever state it is in."""
        self._socket.close()

    def is_quiet(self) -> bool:
        """False if there is something to read before a request, which is the end of the connection.

        Asked of TLS itself where there is TLS, because a session ticket that arrived meanwhile is no end.
        """
        self._socket.settimeout(0)
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
    ) -> tuple[int, bytes, bool]:
        """Status and body of the answer to a POST, and whether the connection can be used again.

        `headers` have the Host header, not the length. Raises OSError, or InvalidAnswer for an answer that is no HTTP
        or has a body over `max_bytes`, or ValueError for a header that cannot be sent.
        """
        lines = [f"POST {path} HTTP/1.1"]
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            if not _SENDABLE.fullmatch(value):
                raise ValueError(f"the value of {name} cannot be sent in a header")
            lines.append(f"{name}: {value}")
        self._socket.settimeout(deadline.remaining())
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        is_kept, status, answered = self._read_head(deadline)
        length = answered.get(b"content-length")
        coding = answered.get(b"transfer-encoding")
        if coding is not None:
            if length is not None or coding.lower() != b"chunked":
                raise InvalidAnswer("the answer is coded in a way that is not understood")
            answer = self._read_chunks(max_bytes, deadline)
        elif length is not None:
            if not _LENGTH.fullmatch(length):
                raise InvalidAnswer("the answer's Content-Length is not a number")
            answer = self._read_bytes(int(length), max_bytes, deadline)
        else:
            is_kept = False
            answer = self._read_to_end(max_bytes, deadline)
        return status, answer, is_kept and not self._received

    def _receive(self, deadline: Deadline) -> bool:
        """Wait for more; False at the end of the connection."""
        self._socket.settimeout(deadline.remaining())
        data = self._socket.recv(65_536)
        self._received += data
        return bool(data)

    def _receive_more(self, deadline: Deadline) -> None:
        if not self._receive(deadline):
            raise ConnectionResetError("the server closed the connection")

    def _take(self, count: int) -> bytes:
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _read_until(self, mark: bytes, max_bytes: int, deadline: Deadline) -> bytes:
        """What comes before `mark`; the mark is taken too."""
        while (place := self._received.find(mark)) < 0 and len(self._received) <= max_bytes:
            self._receive_more(deadline)
        if not 0 <= place <= max_bytes:
            raise InvalidAnswer("the answer has too long a head or line")
        return self._take(place + len(mark))[:place]

    def _read_head(self, deadline: Deadline) -> tuple[bool, int, dict[bytes, bytes]]:
        """Whether the server keeps the connection, its status, and its headers by their lower-case names."""
        left = MAX_HEAD_BYTES
        while True:
            head = self._read_until(b"\r\n\r\n", left, deadline)
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

    def _read_bytes(self, count: int, max_bytes: int, deadline: Deadline) -> bytes:
        if count > max_bytes:
            raise InvalidAnswer("the answer is too large")
        while len(self._received) < count:
            self._receive_more(deadline)
        return self._take(count)

    def _read_chunks(self, max_bytes: int, deadline: Deadline) -> bytes:
        answer = bytearray()
        while True:
            size = _CHUNK_SIZE.fullmatch(self._read_until(b"\r\n", 1024, deadline))
            if size is None:
                raise InvalidAnswer("the answer has a malformed chunk")
            count = int(size[1], 16)
            if count == 0:
                break
            answer += self._read_bytes(count, max_bytes - len(answer), deadline)
            if self._read_bytes(2, 2, deadline) != b"\r\n":
                raise InvalidAnswer("the answer has a malformed chunk")
        left = MAX_HEAD_BYTES
        while trailer := self._read_until(b"\r\n", left, deadline):
            left -= len(trailer) + 2
        return bytes(answer)

    def _read_to_end(self, max_bytes: int, deadline: Deadline) -> bytes:
        while self._receive(deadline):
            if len(self._received) > max_bytes:
                raise InvalidAnswer("the answer is too large")
        return self._take(len(self._received))


def _addresses(host: str, port: int, deadline: Deadline, resolve: Callable[..., Any]) -> list[Any]:
    """Where `host` is. Looked up in a thread of its own, because the resolver knows no deadline."""
    # As bytes, because a name as text makes Python import its internationalisation tables.
    name = host.encode("ascii")
    found: list[Any] = []
    done = _thread.allocate_lock()
    done.acquire()

    def look_up() -> None:
        try:
            found.append(resolve(name, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)
        finally:
            done.release()

    _thread.start_new_thread(look_up, ())
    if not done.acquire(timeout=deadline.remaining()):
        raise TimeoutError("name look-up timed out")
    if not found or isinstance(found[0], OSError):
        raise found[0] if found else OSError("name look-up failed")
    return list(found[0])


def _connected_socket(host: str, port: int, deadline: Deadline, resolve: Callable[..., Any]) -> socket.socket:
    addresses = _addresses(host, port, deadline, resolve)
    failure = OSError("the name has no address")
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        connected = socket.socket(family, kind, protocol)
        try:
            # Each address has its share of the time, so that one which does not answer leaves some for the next.
            connected.settimeout(deadline.remaining() / (len(addresses) - tried))
            connected.connect(address)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
        except OSError as error:
            connected.close()
            failure = error
    raise failure


def connect(
    endpoint: Endpoint,
    tls_context: "ssl.SSLContext | None",
    deadline: Deadline,
    resolve: Callable[..., Any] = socket.getaddrinfo,
) -> Connection:
    """Connect by `deadline`, name look-up and TLS handshake included. Raises OSError.

    An https endpoint needs `tls_context`, which says whom to trust.
    """
    host = endpoint.host.strip("[]")
    connected = _connected_socket(host, endpoint.port, deadline, resolve)
    if endpoint.scheme == "https":
        try:
            if tls_context is None:
                raise OSError("there is no TLS context")
            connected.settimeout(deadline.remaining())
            connected = tls_context.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise
    return Connection(endpoint, connected)
