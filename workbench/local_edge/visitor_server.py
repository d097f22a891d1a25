"""The HTTP server that visitors talk to: requests read line by line, so that nothing of them is lost."""

import http.server
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from workbench.local_edge.viewer_event import HeaderLines

BODY_LIMIT_BYTES = 20 << 20
URL_LIMIT_CHARACTERS = 8_192
REQUEST_LIMIT_BYTES = 32_768

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ABSOLUTE_TARGET = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class VisitorRequest(NamedTuple):
    """A request as it came: `target` is path and query string byte by byte, `headers` one entry a line."""

    client_ip: str
    method: str
    target: str
    headers: HeaderLines
    body: bytes


class VisitorResponse(NamedTuple):
    """What goes back; Content-Length is set from `body`."""

    status: int
    reason: str
    headers: HeaderLines
    body: bytes


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


class _VisitorHandler(http.server.BaseHTTPRequestHandler):
    server: VisitorServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def parse_request(self) -> bool:
        """Any method is ours, so that the behavior decides about it."""
        if not super().parse_request():
            return False
        setattr(self, f"do_{self.command}", self._answer)
        return True

    def _answer(self) -> None:
        try:
            request = self._visitor_request()
        except _Refused as refused:
            self.close_connection = True
            self._write(self.server.refuse(refused.status, str(refused)))
            return
        self._write(self.server.respond(request))

    def _visitor_request(self) -> VisitorRequest:
        # Not self.path: http.server makes one slash of two.
        target = _ABSOLUTE_TARGET.sub("", self.requestline.split()[1], count=1)
        headers = [(name, value) for name, value in self.headers.items()]
        if target == "" or target.startswith("?"):
            target = "/" + target
        if not target.startswith("/") or "#" in target:
            raise _Refused(400, "the request target is not a path")
        for name, value in headers:
            if not _TOKEN.fullmatch(name) or "\r" in value or "\n" in value or "\0" in value:
                raise _Refused(400, "a header line is malformed")
        if self.headers.defects or len(self.headers.get_all("Host") or []) != 1:
            raise _Refused(400, "the headers are malformed, or there is not exactly one Host")
        size = len(self.requestline) + sum(len(name) + len(value) + 4 for name, value in headers)
        if len(target) > URL_LIMIT_CHARACTERS or size > REQUEST_LIMIT_BYTES:
            raise _Refused(413, "the URL or the headers are too long")
        return VisitorRequest(self.client_address[0], self.command, target, headers, self._body())

    def _body(self) -> bytes:
        encodings = self.headers.get_all("Transfer-Encoding") or []
        lengths = set(self.headers.get_all("Content-Length") or [])
        if encodings:
            if lengths or [encoding.lower() for encoding in encodings] != ["chunked"]:
                raise _Refused(400, "the body's framing is ambiguous")
            return self._chunked_body()
        if not lengths:
            return b""
        length = lengths.pop()
        if lengths or not (length.isascii() and length.isdigit()):
            raise _Refused(400, "Content-Length is not one number")
        if int(length) > BODY_LIMIT_BYTES:
            raise _Refused(413, "the body is too large")
        return self._read(int(length))

    def _chunked_body(self) -> bytes:
        body = bytearray()
        while True:
            size_text = self.rfile.readline(1024).split(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size_text):
                raise _Refused(400, "a chunk has no size")
            size = int(size_text, 16)
            if len(body) + size > BODY_LIMIT_BYTES:
                raise _Refused(413, "the body is too large")
            if size == 0:
                while self.rfile.readline(8192).strip():
                    pass
                return bytes(body)
            body += self._read(size)
            self._read(2)

    def _read(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionError("the visitor went away while sending the body")
        return data

    def _write(self, response: VisitorResponse) -> None:
        self.send_response_only(response.status, response.reason or None)
        length = str(len(response.body))
        for name, value in response.headers:
            if name.lower() != "content-length":
                self.send_header(name, _as_bytes_in_latin_1(value))
            elif self.command == "HEAD":
                length = value
        if "date" not in {name.lower() for name, _ in response.headers}:
            self.send_header("Date", self.date_time_string())
        if response.status >= 200 and response.status not in (204, 304):
            self.send_header("Content-Length", length)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and response.status not in (204, 304):
            self.wfile.write(response.body)
        self.wfile.flush()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The page for a request that http.server could not parse."""
        self.close_connection = True
        if not hasattr(self, "command") or self.command is None:
            self.command = "GET"
        self.request_version = "HTTP/1.1"
        self._write(self.server.refuse(int(code), message or ""))

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the edge logs what matters."""


def _as_bytes_in_latin_1(value: str) -> str:
    """`value` as http.server can send it: characters that are not in Latin-1 as their UTF-8 bytes."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8").decode("latin-1")
    return value
