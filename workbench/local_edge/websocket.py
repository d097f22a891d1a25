"""WebSocket connections: which requests ask for one, and how bytes pass afterwards."""

import contextlib
import http.client
import socket
import threading
from typing import NamedTuple

from workbench.local_edge.viewer_event import ViewerRequest

KEYS = frozenset({"sec-websocket-key", "sec-websocket-version"})
"""Headers without which an origin opens no WebSocket."""

SWITCHED = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
"""What the request and the response that open one have beside."""

_IDLE_SECONDS = 600.0  # without a byte of the origin's: AWS's "Quotas on WebSocket connections"


class OpenedWebSocket(NamedTuple):
    """A connection to an origin after its 101; `response` keeps what was read of it beyond the headers."""

    connection: http.client.HTTPConnection
    response: http.client.HTTPResponse


def asks_for_websocket(request: ViewerRequest) -> bool:
    """Whether the request asks to become a WebSocket."""
    named = {name.lower(): value.lower() for name, value in request.headers}
    return (
        request.method == "GET"
        and named.get("upgrade") == "websocket"
        and "upgrade" in named.get("connection", "")
        and named.keys() >= KEYS
    )


def pass_bytes(visitor: socket.socket, origin: OpenedWebSocket, early: bytes) -> None:
    """Pass bytes both ways until a side ends; `early` came from the visitor before the origin had agreed."""
    origin_socket = origin.connection.sock
    visitor.settimeout(None)
    origin_socket.settimeout(_IDLE_SECONDS)
    back = threading.Thread(target=_to_visitor, args=(origin, visitor), daemon=True)
    back.start()
    with contextlib.suppress(OSError):
        origin_socket.sendall(early)
        while part := visitor.recv(1 << 16):
            origin_socket.sendall(part)
    _end(origin_socket)
    back.join()


def _to_visitor(origin: OpenedWebSocket, visitor: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := origin.response.fp.read1(1 << 16):
            visitor.sendall(part)
    _end(visitor)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was first
        connection.shutdown(socket.SHUT_RDWR)
