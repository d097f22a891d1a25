"""The Lambda Runtime API over HTTP: the requests of one environment's runtime client, and the replies to them.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import contextlib
import json
import re
import selectors
import socket
import time
from typing import NamedTuple

_VERSION = "/2018-06-01/runtime"
_CONTENT_LENGTH = re.compile(rb"\r\nContent-Length: *([0-9]+)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nExpect: *100-continue", re.IGNORECASE)
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
"""The largest result of an invocation: 6 MB and a little room, as Lambda's own message says."""


class Next(NamedTuple):
    """The runtime asks for an event: initialised, or ready again."""


class Response(NamedTuple):
    """The result of the invocation `request_id`."""

    request_id: str
    body: bytes


class Failure(NamedTuple):
    """The error of the invocation `request_id`, or of the initialisation where that is None."""

    request_id: str | None
    body: bytes


class _Connection:
    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.received = bytearray()

    def request(self) -> tuple[str, bytes] | None:
        """The next whole request, `METHOD path` and its body; None while there is none."""
        head_ends = self.received.find(b"\r\n\r\n")
        if head_ends < 0:
            return None
        length = _CONTENT_LENGTH.search(self.received, 0, head_ends)
        ends = head_ends + 4 + (int(length[1]) if length else 0)
        if len(self.received) < ends:
            if len(self.received) == head_ends + 4 and _EXPECT.search(self.received, 0, head_ends):
                self.peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        line = self.received[: self.received.index(b"\r\n")].decode("latin-1")
        body = bytes(self.received[head_ends + 4 : ends])
        del self.received[:ends]
        return line.rpartition(" ")[0], body


class RuntimeApi:
    """One environment's end of the API. Whoever waits for the runtime serves it: there is no thread of its own."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._connections: dict[int, _Connection] = {}
        self._waiting: _Connection | None = None
        self._output = -1

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def watch(self, output: int) -> None:
        """Let `serve` return as well when the file descriptor `output` has something to read."""
        self._output = output
        self._selector.register(output, selectors.EVENT_READ)

    def unwatch(self) -> None:
        """Forget the file descriptor of `watch`."""
        if self._output >= 0:
            self._selector.unregister(self._output)
            self._output = -1

    def serve(self, ends_at: float) -> Next | Response | Failure | None:
        """What the runtime says next. None at `ends_at` (monotonic), and when there is output to read."""
        for connection in self._connections.values():
            if connection.received and (said := self._said(connection)) is not None:
                return said
        while (remaining := ends_at - time.monotonic()) > 0:
            readable = False
            for key, _ in self._selector.select(remaining):
                if key.fd == self._output:
                    readable = True
                elif key.fd == self._listener.fileno():
                    self._accept()
                elif (said := self._read(self._connections[key.fd])) is not None:
                    return said
            if readable:
                return None
        return None

    def send_event(self, request_id: str, event: bytes, arn: str, deadline: float) -> None:
        """Reply to the runtime's Next with an event; `deadline` is in Unix seconds. Raises OSError if it is gone."""
        if self._waiting is None:
            raise ConnectionError("the runtime does not ask for an event")
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(deadline):08x}-{request_id.replace('-', '')[:24]};Sampled=0",
        }
        connection, self._waiting = self._waiting, None
        _reply(connection, "200 OK", event, headers)

    def close(self) -> None:
        """Close every connection."""
        self._selector.close()
        self._listener.close()
        for connection in self._connections.values():
            connection.peer.close()
        self._connections.clear()
        self._waiting = None

    def _accept(self) -> None:
        peer, _ = self._listener.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections[peer.fileno()] = _Connection(peer)
        self._selector.register(peer, selectors.EVENT_READ)

    def _read(self, connection: _Connection) -> Next | Response | Failure | None:
        try:
            part = connection.peer.recv(1 << 16)
        except OSError:
            part = b""
        if part:
            connection.received += part
            return self._said(connection)
        self._selector.unregister(connection.peer)
        del self._connections[connection.peer.fileno()]
        connection.peer.close()
        return None

    def _said(self, connection: _Connection) -> Next | Response | Failure | None:
        request = connection.request()
        if request is None:
            return None
        line, body = request
        if line == f"GET {_VERSION}/invocation/next":
            self._waiting = connection
            return Next()
        method, _, path = line.partition(" ")
        request_id, _, what = path.removeprefix(f"{_VERSION}/invocation/").partition("/")
        if method == "POST" and path == f"{_VERSION}/init/error":
            said: Response | Failure = Failure(None, body)
        elif method == "POST" and what == "response":
            said = Response(request_id, body)
        elif method == "POST" and what == "error":
            said = Failure(request_id, body)
        else:
            _reply(connection, "404 Not Found", b"{}", {})
            return None
        if len(body) > MAX_RESPONSE_BYTES:
            _reply(connection, "413 Request Entity Too Large", b'{"errorType": "RequestEntityTooLarge"}', {})
            error = {
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": "Response payload size exceeded maximum allowed payload size "
                f"({MAX_RESPONSE_BYTES} bytes).",
            }
            return Failure(request_id, json.dumps(error).encode())
        _reply(connection, "202 Accepted", b'{"status":"OK"}\n', {"Content-Type": "application/json"})
        return said


def _reply(connection: _Connection, status: str, body: bytes, headers: dict[str, str]) -> None:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1")
    with contextlib.suppress(ConnectionError):  # one that has ended is noticed by its process
        connection.peer.sendall(head + body)
