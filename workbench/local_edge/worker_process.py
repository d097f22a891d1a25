"""The process that runs one function, as Lambda's runtime does. A script, started isolated: standard library only.

`python -I -S -B worker_process.py FD LIMITS` reads and writes messages over the socket FD: four bytes of length, then
JSON. It announces `{"ready": …}` after importing the handler, then answers each `{"event": …}`. What the function
prints goes to standard output and error, which the local edge logs.
"""

import importlib
import json
import os
import resource
import struct
import sys
import time
import traceback
from typing import Any


class Context:
    """Lambda's context object."""

    def __init__(self, limits: dict[str, Any], request_id: str, ends_at: float) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = limits["arn"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"[{self.function_version}]{os.getpid()}"
        self._ends_at = ends_at

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return max(0, int((self._ends_at - time.monotonic()) * 1000))


def _receive(fd: int) -> dict[str, Any] | None:
    header = _receive_exactly(fd, 4)
    if header is None:
        return None
    body = _receive_exactly(fd, struct.unpack("!I", header)[0])
    message: dict[str, Any] | None = None if body is None else json.loads(body)
    return message


def _receive_exactly(fd: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _send(fd: int, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    data = memoryview(struct.pack("!I", len(body)) + body)
    while data:
        data = data[os.write(fd, data) :]


def _peak_memory_bytes() -> int:
    """The most resident memory this process has had."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib would cost the function memory
            peak = next(line for line in status if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    except OSError:
        peak_here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak_here if sys.platform == "darwin" else peak_here * 1024


def _failure(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MemoryError):
        return {"outcome": "memory", "detail": "MemoryError"}
    return {"outcome": "exception", "detail": traceback.format_exc()}


def _answer(handler: Any, message: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    context = Context(limits, message["invocation_id"], time.monotonic() + limits["timeout_seconds"])
    try:
        result = handler(message["event"], context)
        json.dumps(result)  # a result that JSON cannot hold is the function's failure
        answer = {"outcome": "success", "result": result}
    except Exception as error:
        answer = _failure(error)
    peak = _peak_memory_bytes()
    if peak > limits["memory_bytes"]:
        return {"outcome": "memory", "detail": f"used {peak >> 20} MB of {limits['memory_bytes'] >> 20} MB"}
    return answer


def main(fd: int, limits: dict[str, Any]) -> None:
    """Import the handler, then answer events until the socket closes."""
    # Above the limit by far, so that it is the peak that tells; it keeps a runaway function from harming the machine.
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory_bytes"] * 2,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.pop("LC_CTYPE", None)  # the interpreter sets it where Lambda's locale is not installed
    directory = os.environ["LAMBDA_TASK_ROOT"]
    sys.path.insert(0, directory)
    module_name, _, function_name = limits["handler"].rpartition(".")
    try:
        handler = getattr(importlib.import_module(module_name), function_name)
    except BaseException as error:
        _send(fd, {"ready": False, **_failure(error)})
        return
    _send(fd, {"ready": True})
    while message := _receive(fd):
        answer = _answer(handler, message, limits)
        sys.stdout.flush()
        sys.stderr.flush()
        _send(fd, answer)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
