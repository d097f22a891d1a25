"""Serves a Flask application on a thread."""

import errno
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class PortTaken(OSError):
    """The port that was asked for is in use."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(errno.EADDRINUSE, f"port {port} is taken")


def free_port_or(port: int, host: str = "127.0.0.1") -> int:
    """`port` itself, or one that is free now for 0. Raises PortTaken when `port` is in use."""
    with _bind(host, port) as listener:
        bound: int = listener.getsockname()[1]
        return bound


class WebServer:
    """One application on one port, each request on a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        """Takes the port at once, so that the address is known before there is an application. Raises PortTaken."""
        self._listener = _bind(host, port)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def authority(self) -> str:
        """Host and port, as in a URL."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Where the application answers."""
        return f"http://{self.authority}"

    def start(self, app: Flask) -> None:
        """Begin to serve `app`."""
        self._listener.listen(128)
        self._server = make_server(
            self.host,
            self.port,
            _closed_in_the_end(app),
            threaded=True,
            request_handler=_QuietHandler,
            fd=self._listener.fileno(),
        )
        self._listener.close()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and give the port back."""
        self._listener.close()
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> "WebServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _QuietHandler(WSGIRequestHandler):
    """Logs no requests: the demo's own log says what matters."""

    def log_request(self, *arguments: Any) -> None:
        """Write nothing."""


def _closed_in_the_end(app: Flask) -> Any:
    """`app`, whose answers, files among them, are closed even when the client resets its connection.

    werkzeug closes an answer after reading what is left of the request, and does not where that fails.
    """

    def application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        answer = app(environ, start_response)
        try:
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return application


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port) from None
        raise
    return listener
