"""Lambda's Invoke API on this machine, by which the command line invokes the demo's functions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request

from workbench.demo.refresh_schedule import InvocationFailed

Invoke = Callable[[dict[str, Any]], dict[str, Any]]


def create_app(functions: Mapping[str, Invoke]) -> Flask:
    """The part of Lambda's API that invokes one of `functions`, by name, and waits for its result."""
    app = Flask(__name__)

    @app.post("/2015-03-31/functions/<name>/invocations")
    def invoke(name: str) -> Response:
        function = functions.get(name)
        if function is None:
            error = {"Type": "User", "Message": f"Function not found: {name}"}
            return _answer(error, 404, {"x-amzn-ErrorType": "ResourceNotFoundException"})
        try:
            return _answer(function(request.get_json(force=True)), 200, {})
        except InvocationFailed as failure:
            return _answer(dict(failure.error), 200, {"X-Amz-Function-Error": "Unhandled"})

    return app


def _answer(document: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(json.dumps(document), status, headers, content_type="application/json")
