"""Serves the site the ways werkzeug does, each at a Unix socket.

As a program: python -m tests.origins.werkzeug_origins SITE SOCKETS.
"""

import sys
import threading
from pathlib import Path

from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.origins import site


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Say nothing."""


@Request.application
def _nothing(_request: Request) -> Response:
    return Response(status=404)


_RULES = Map([Rule("/tickets/row", endpoint="page")])


@Request.application
def _routed(request: Request) -> Response:
    _RULES.bind_to_environ(request.environ).match()
    return Response(site.MARK)


def _apps(root: Path) -> dict[str, object]:
    return {"werkzeug-static": SharedDataMiddleware(_nothing, {"/": str(root)}), "werkzeug-routed": _routed}


def main(root: Path, sockets: Path) -> None:
    """Serve until the process is ended."""
    for name, app in _apps(root).items():
        server = make_server(f"unix://{sockets / name}", 0, app, request_handler=_Handler)  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
