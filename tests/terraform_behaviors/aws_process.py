"""AWS in its own process, as moto keeps state in the process: moto's server, whose Lambda runs what is deployed.

A script: started as `python aws_process.py CLOUDFRONT_URL`, it says its URL in one line and serves until standard
input ends. The function runs unchanged from the zip that Terraform uploaded. moto's CloudFront lacks too much: it is
reached at CLOUDFRONT_URL. What was called is told at /calls, one operation a line.
"""

import importlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import werkzeug.serving
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

_LOCK = threading.Lock()
_WATCHED = ("Action=PutRolePolicy", "Action=DeleteRolePolicy")


class _QuietHandler(werkzeug.serving.WSGIRequestHandler):
    def log_request(self, *arguments: Any) -> None:
        pass


class _Calls:
    """The application, and a list of the calls whose order matters."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.lines: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/calls":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return ["\n".join(self.lines).encode()]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Input(body)
        self.lines += [call.partition("=")[2] for call in _WATCHED if call.encode() in body]
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


class _Input:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        size = len(self._body) if size is None or size < 0 else size
        part, self._body = self._body[:size], self._body[size:]
        return part


def _run_deployed_functions(url: str, cloudfront_url: str, calls: _Calls) -> None:
    default_user_config["lambda"] = {"use_docker": False}
    directory = Path(tempfile.mkdtemp(prefix="deployed-"))

    def invoke(
        self: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        function = self.get_function(function_name, qualifier)
        event = json.loads(body)
        with _LOCK:
            calls.lines.append(
                f"Invoke {'rehearsal' if 'tf' not in event else event['tf']['action']} {event['distribution_id']}"
            )
            code = directory / f"{function.code_sha_256.replace('/', '_')}.zip"
            if not code.exists():
                code.write_bytes(function.code_bytes)
                sys.path.insert(0, str(code))
            os.environ.update(
                {
                    "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
                    "AWS_ENDPOINT_URL": url,
                    "AWS_ENDPOINT_URL_CLOUDFRONT": cloudfront_url,
                    **function.environment_vars,
                }
            )
            module, _, name = function.handler.rpartition(".")
            try:
                result = getattr(importlib.import_module(module), name)(event, None)
            except Exception as error:
                response_headers["x-amz-function-error"] = "Unhandled"
                result = {"errorMessage": str(error), "errorType": type(error).__name__}
        return json.dumps(result).encode()

    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign]


def main(cloudfront_url: str) -> None:
    """Serve until standard input ends."""
    calls = _Calls(DomainDispatcherApplication(create_backend_app))
    server = werkzeug.serving.make_server("127.0.0.1", 0, calls, threaded=True, request_handler=_QuietHandler)
    url = f"http://127.0.0.1:{server.server_port}"
    os.environ |= {"AWS_ACCESS_KEY_ID": "role-key-not-real", "AWS_SECRET_ACCESS_KEY": "role-secret-not-real"}
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the function prints is no answer
    _run_deployed_functions(url, cloudfront_url, calls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers.write(url + "\n")
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
