"""A Lambda function URL on this machine: requests become events of payload format 2.0, and results responses."""

import base64
import json
import time
import uuid
from typing import Any, Protocol

from flask import Flask, Response, request

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
_MAX_PAYLOAD_BYTES = 6 * 1024 * 1024


class Function(Protocol):
    """The function behind the URL."""

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke it with an event. Raises RuntimeError when it fails."""


def create_function_url(function: Function) -> Flask:
    """An application that hands every request to `function`, as a URL without authorization does."""
    app = Flask(__name__)

    @app.route("/", defaults={"path": ""}, methods=_METHODS)
    @app.route("/<path:path>", methods=_METHODS)
    def answer(path: str) -> Response:
        event = _event(path)
        if len(json.dumps(event)) > _MAX_PAYLOAD_BYTES:
            return _message(413, "Request Entity Too Large")
        try:
            result = function.invoke(event)
        except RuntimeError:
            return _message(502, "Internal Server Error")
        body = result.get("body", "")
        return Response(
            base64.b64decode(body) if result.get("isBase64Encoded") else body,
            status=result.get("statusCode", 200),
            headers=result.get("headers", {}),
        )

    return app


def _event(path: str) -> dict[str, Any]:
    data = request.get_data()
    is_text = (request.content_type or "").startswith(_TEXT_TYPES)
    now = time.time()
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": f"/{path}",
        "rawQueryString": request.query_string.decode(),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": request.host,
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": f"/{path}",
                "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
                "sourceIp": request.remote_addr,
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": not is_text,
    }
    if data:
        event["body"] = data.decode("utf-8", "replace") if is_text else base64.b64encode(data).decode()
    return event


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"Message": text}), status=status, content_type="application/json")
