"""A client of the Lambda Runtime API, where AWS's (awslambdaric) cannot be installed. A script, standard library only.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from typing import Any

_VERSION = "/2018-06-01/runtime"


class NoHandler(Exception):
    """The module has no such function."""


class Context:
    """Lambda's context object."""

    identity = None
    client_context = None

    def __init__(self, request_id: str, arn: str, deadline_ms: int) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return max(0, self._deadline_ms - int(time.time() * 1000))


def _failure(kind: str, message: str, frames: list[str], request_id: str = "") -> bytes:
    """An error as Lambda reports it, which goes to the log too."""
    print(f"[ERROR] {kind}: {message}\n" + "".join(frames), end="" if frames else "\n", flush=True)
    error = {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": frames}
    return json.dumps(error).encode()


def _handler(name: str) -> Any:
    module_name, _, function_name = name.rpartition(".")
    module = importlib.import_module(module_name.replace("/", "."))
    if not hasattr(module, function_name):
        raise NoHandler(f"Handler '{function_name}' missing on module '{module_name}'")
    return getattr(module, function_name)


def _result(handler: Any, event: bytes, context: Context) -> tuple[str, bytes]:
    """Which resource of the API takes the invocation's end, and what it gets."""
    try:
        result = handler(json.loads(event), context)
    except Exception as error:
        frames = traceback.format_tb(error.__traceback__)[1:]
        return "error", _failure(type(error).__name__, str(error), frames, context.aws_request_id)
    try:
        return "response", json.dumps(result).encode()
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return "error", _failure("Runtime.MarshalError", message, [], context.aws_request_id)


def main() -> None:
    """Import the handler, then take one event after another."""
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method: str, path: str, body: bytes | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        api.request(method, _VERSION + path, body)
        response = api.getresponse()
        return response, response.read()

    try:
        handler = _handler(os.environ["_HANDLER"])
    except Exception as error:
        kind = "Runtime.HandlerNotFound" if isinstance(error, NoHandler) else type(error).__name__
        call("POST", "/init/error", _failure(kind, str(error), traceback.format_tb(error.__traceback__)))
        sys.exit(1)
    while True:
        response, event = call("GET", "/invocation/next")
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        arn = response.headers["Lambda-Runtime-Invoked-Function-Arn"]
        context = Context(request_id, arn, int(response.headers["Lambda-Runtime-Deadline-Ms"]))
        os.environ["_X_AMZN_TRACE_ID"] = response.headers["Lambda-Runtime-Trace-Id"]
        end, body = _result(handler, event, context)
        sys.stdout.flush()
        call("POST", f"/invocation/{request_id}/{end}", body)


if __name__ == "__main__":
    main()
