"""The HTTP server that visitors talk to. h11 reads the wire, so that nothing of a request is lost."""

import contextlib
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, NamedTuple

import h11

from workbench.local_edge.rule_table import Rule
from workbench.local_edge.viewer_event import HeaderLines
from workbench.local_edge.websocket import OpenedWebSocket, pass_bytes

BODY_LIMIT_BYTES = 20 << 20  # of this server: a request stands in memory

_ABSOLUTE_TARGET = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_HEADER_LINE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\0\r\n]*")
_WITHOUT_BODY = (101, 204, 304)
_DRAIN_SECONDS = 0.5
_DRAIN_PARTS = 64


class VisitorRequest(NamedTuple):
    """A request as it came, a character for each byte: `target` is path and query, `headers` one entry a line."""

    client_ip: str
    method: str
    target: str
    headers: HeaderLines
    body: bytes


class VisitorResponse(NamedTuple):
    """What goes back, a character for each byte of its head; Content-Length is set from `body`.

    After a 101 the connection is the visitor's side of `websocket`.
    """

    status: int
    reason: str
    headers: HeaderLines
    body: bytes
    websocket: OpenedWebSocket | None = None


class _Refused(Exception):
    """A request that is answered before any behavior sees it."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


class VisitorServer(socketserver.TCPServer):
    """Serves each connection on a thread of its own, until `stop`."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        respond: Callable[[VisitorRequest], VisitorResponse],
        refuse: Callable[[int, str], VisitorResponse],
    ) -> None:
        """`respond` answers a request; `refuse` makes the page for one that cannot be understood."""
        self.respond = respond
        self.refuse = refuse
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__(address, _VisitorHandler)
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._serving.start()

    def stop(self) -> None:
        """Stop serving and close every connection."""
        self.shutdown()
        self._serving.join()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed meanwhile
                continue
        for thread in connections.values():
            thread.join(timeout=5)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a connection on a new thread."""
        thread = threading.Thread(target=self._serve_connection, args=(request, client_address), daemon=True)
        with self._lock:
            self._connections[request] = thread
        thread.start()

    def _serve_connection(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:  # the visitor went away
            pass
        finally:
            with self._lock:
                del self._connections[request]
            self.shutdown_request(request)


class _VisitorHandler(socketserver.BaseRequestHandler):
    """One connection. An h11.Connection lasts for one request, so that we see the bytes of each request line."""

    server: VisitorServer
    request: socket.socket

    def setup(self) -> None:
        """A visitor who is silent for a minute has left."""
        self.request.settimeout(60)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def handle(self) -> None:
        """Answer requests until one side ends the connection."""
        received = b""
        while (left_over := self._exchange(received)) is not None:
            received = left_over

    def _exchange(self, received: bytes) -> bytes | None:
        """Answer a request that begins with `received`; what came after it, or None at the end of the connection."""
        wire = h11.Connection(h11.SERVER, Rule.REQUEST_SIZE.limit)
        try:
            visitor_request = self._visitor_request(wire, received)
            if visitor_request is None:
                return None
        except (_Refused, h11.RemoteProtocolError) as error:
            self._write(self.server.refuse(_status(error), str(error)), "GET", last=True)
            self._drain()
            return None
        last = wire.their_state is h11.MUST_CLOSE
        response = self.server.respond(visitor_request)
        if response.websocket:
            with contextlib.closing(response.websocket.connection):
                self._write(response, visitor_request.method, last=False)
                pass_bytes(self.request, response.websocket, wire.trailing_data[0])
            return None
        self._write(response, visitor_request.method, last=last)
        return None if last else wire.trailing_data[0]

    def _visitor_request(self, wire: h11.Connection, received: bytes) -> VisitorRequest | None:
        while b"\n" not in received and len(received) <= Rule.REQUEST_SIZE.limit:
            part = self.request.recv(1 << 16)
            if not part:
                return None
            received += part
        line, newline, rest = received.partition(b"\n")
        # CloudFront takes bytes beyond ASCII in a URL, h11 does not.
        wire.receive_data(received if line.isascii() else _BEYOND_ASCII.sub(b"~", line) + newline + rest)
        head = self._next_event(wire)
        assert isinstance(head, h11.Request)  # noqa: S101 - nothing else comes first
        begin = len(head.method) + 1
        target = line[begin : begin + len(head.target)].decode("latin-1")
        headers = [(name.decode(), value.decode("latin-1")) for name, value in head.headers.raw_items()]
        size = len(line) + 3 + sum([len(name) + len(value) + 4 for name, value in headers])
        if size > Rule.REQUEST_SIZE.limit:
            raise _Refused(Rule.REQUEST_SIZE.status, "the request line and the headers are too long")
        named = {name.lower(): value for name, value in headers}
        if "host" not in named:
            raise _Refused(Rule.WELL_FORMED.status, "there is no Host")
        path = _path(target)
        if len("https://") + len(named["host"]) + len(path) > Rule.REQUEST_URL_SIZE.limit:
            raise _Refused(Rule.REQUEST_URL_SIZE.status, "the URL is too long")
        body = self._body(wire, named)
        return VisitorRequest(self.client_address[0], head.method.decode(), path, headers, body)

    def _body(self, wire: h11.Connection, headers: dict[str, str]) -> bytes:
        """The body; `headers` by their names in lower case."""
        if "content-length" in headers and "transfer-encoding" in headers:
            raise _Refused(Rule.WELL_FORMED.status, "the body's framing is ambiguous")
        if int(headers.get("content-length", 0)) > BODY_LIMIT_BYTES:
            raise _Refused(413, "the body is too large")
        body = bytearray()
        while isinstance(event := self._next_event(wire), h11.Data):
            body += event.data
            if len(body) > BODY_LIMIT_BYTES:
                raise _Refused(413, "the body is too large")
        return bytes(body)

    def _next_event(self, wire: h11.Connection) -> object:
        while (event := wire.next_event()) is h11.NEED_DATA:
            if wire.they_are_waiting_for_100_continue:
                self.request.sendall(wire.send(h11.InformationalResponse(status_code=100, headers=[])))
            part = self.request.recv(1 << 16)
            if not part:
                raise ConnectionError("the visitor went away in the middle of a request")
            wire.receive_data(part)
        return event

    def _write(self, response: VisitorResponse, method: str, *, last: bool) -> None:
        try:
            head = _head(response, method, last)
        except ValueError as error:
            response = self.server.refuse(502, str(error))
            head = _head(response, method, last)
        bodiless = method == "HEAD" or response.status in _WITHOUT_BODY
        self.request.sendall(head if bodiless else head + response.body)

    def _drain(self) -> None:
        """Read what the visitor still sends: closed with bytes unread, the connection is reset and the page lost."""
        self.request.shutdown(socket.SHUT_WR)
        self.request.settimeout(_DRAIN_SECONDS)
        for _ in range(_DRAIN_PARTS):
            if not self.request.recv(1 << 16):
                return


def _status(error: _Refused | h11.RemoteProtocolError) -> int:
    if isinstance(error, _Refused):
        return error.status
    too_long = error.error_status_hint == 431
    return (Rule.REQUEST_SIZE if too_long else Rule.WELL_FORMED).status


def _path(target: str) -> str:
    """Path and query string of a request target."""
    path = _ABSOLUTE_TARGET.sub("", target, count=1)
    if path == "" or path.startswith("?"):
        path = "/" + path
    if not path.startswith("/") or "#" in path:
        raise _Refused(Rule.WELL_FORMED.status, "the request target is not a path")
    return path


def _head(response: VisitorResponse, method: str, last: bool) -> bytes:
    """Status line and headers. Raises ValueError for a header of an origin's or a function's that HTTP has not."""
    length = str(len(response.body))
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    for name, value in response.headers:
        if name.lower() != "content-length":
            lines.append(f"{name}: {value}")
        elif method == "HEAD":
            length = value
    if "date" not in {name.lower() for name, _ in response.headers}:
        lines.append(f"Date: {formatdate(usegmt=True)}")
    if response.status not in _WITHOUT_BODY:
        lines.append(f"Content-Length: {length}")
    if last:
        lines.append("Connection: close")
    for line in lines[1:]:
        if not _HEADER_LINE.fullmatch(line):
            raise ValueError(f"the header line {line!r} cannot be sent")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
