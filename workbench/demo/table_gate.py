"""Stands between the edge's workers and the table: reports each read, and can make the table slow, busy or gone."""

import http.client
import http.server
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Literal, get_args

from workbench.control_room.activity import TableRead
from workbench.local_edge.function_code import number_of_worker

Trouble = Literal["none", "slow", "gone", "busy at cold starts"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)

SLOW_SECONDS = 0.5
"""How long each read takes while the table is slow."""

THROTTLED_READS = 4
"""How many reads of a new worker are throttled while the table is busy at cold starts."""

_FORWARDED = ("content-type", "x-amz-target", "authorization", "x-amz-date", "x-amz-security-token")
_THROTTLED = json.dumps(
    {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "busy"}
).encode()


class TableGate:
    """DynamoDB's endpoint as the edge sees it; serves until `stop`."""

    def __init__(self, port: int, told: Callable[[TableRead], None]) -> None:
        """`port` is DynamoDB's on this machine; `told` is called with each read, on the thread that served it."""
        self._trouble: Trouble = "none"
        self._port = port
        self._told = told
        self._reads: dict[int, int] = {}
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._own_port = 0
        self._open()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._own_port}"

    @property
    def trouble(self) -> Trouble:
        """What is wrong with the table now."""
        return self._trouble

    def make_trouble(self, trouble: Trouble) -> None:
        """Have this trouble from now on. "gone" refuses new connections, and cuts open ones at their next request."""
        self._trouble = trouble
        if trouble == "gone":
            self.stop()
        else:
            self._open()

    def stop(self) -> None:
        """Stop serving."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()

    def _open(self) -> None:
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._own_port), self)
            self._own_port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def new_edge(self) -> None:
        """Forget which workers have read: another edge numbers its workers from 1 again."""
        with self._lock:
            self._reads.clear()

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        """Status and body for a request to DynamoDB; None cuts the connection."""
        began_at = time.monotonic()
        worker = number_of_worker(headers.get("x-amz-security-token", ""))
        reads = self._count(worker)
        trouble, answer = self._trouble, None
        if trouble == "slow":
            time.sleep(SLOW_SECONDS)
        if trouble == "busy at cold starts" and reads <= THROTTLED_READS:
            answer = 400, _THROTTLED
        elif trouble != "gone":
            answer = self._from_table(headers, body)
        status = answer[0] if answer else 0
        self._told(TableRead(worker, _key(body), status, (time.monotonic() - began_at) * 1000))
        return answer

    def _count(self, worker: int | None) -> int:
        if worker is None:
            return THROTTLED_READS + 1
        with self._lock:
            self._reads[worker] = self._reads.get(worker, 0) + 1
            return self._reads[worker]

    def _from_table(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        kept = {name: headers[name] for name in _FORWARDED if name in headers}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("POST", "/", body, kept)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], gate: TableGate) -> None:
        self.gate = gate
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a worker can be ended while it reads."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 90

    def do_POST(self) -> None:
        """A request to DynamoDB."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.gate.answer(headers, self.rfile.read(int(headers.get("content-length") or 0)))
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, body = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


def _key(body: bytes) -> str:
    """The key that a GetItem asks for, empty for anything else."""
    try:
        return str(json.loads(body)["Key"]["pk"]["S"])
    except (ValueError, LookupError, TypeError):
        return ""
