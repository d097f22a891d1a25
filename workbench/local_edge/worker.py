"""One worker: a process that runs one function, one event at a time."""

import contextlib
import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from workbench.local_edge.function_code import DeployedFunction, Quotas

_SCRIPT = Path(__file__).with_name("worker_process.py")


class Answer(NamedTuple):
    """How an invocation ended; `result` is what the function returned, on success."""

    outcome: str
    result: Any = None
    detail: str | None = None


class _Ended(Exception):
    """The process ended, or closed its socket."""


class Worker:
    """Starts the process at once and waits for its initialisation; `failure` tells why that failed, if it did."""

    def __init__(self, function: DeployedFunction, quotas: Quotas, log_line: Callable[[str], None]) -> None:
        self._quotas = quotas
        self._socket, theirs = socket.socketpair()
        limits = {
            "arn": function.arn,
            "handler": function.handler,
            "timeout_seconds": quotas.timeout_seconds,
            "memory_bytes": quotas.memory_mb << 20,
        }
        # -I and -S keep the project's own packages and site-packages away: only the zip can be imported. -B because
        # a function's directory is read-only at the edge, so each cold start compiles; -X utf8 as Lambda's locale.
        command = [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(_SCRIPT), str(theirs.fileno())]
        with theirs, contextlib.ExitStack() as unless_started:
            unless_started.callback(self._socket.close)
            self._process = subprocess.Popen(
                [*command, json.dumps(limits)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(function.environment),
                cwd=function.directory,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C at the terminal is the local edge's to handle
            )
            unless_started.pop_all()
        self._reader = threading.Thread(target=self._log_output, args=(log_line,), daemon=True)
        self._reader.start()
        self.failure = self._initialise()

    @property
    def alive(self) -> bool:
        """Whether the process can take another event."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def invoke(self, invocation_id: str, event: dict[str, Any]) -> Answer:
        """Run the function on `event`. After a timeout, a crash or too much memory the worker is stopped."""
        ends_at = time.monotonic() + self._quotas.timeout_seconds
        try:
            self._send({"invocation_id": invocation_id, "event": event}, ends_at)
            answer = self._receive(ends_at)
        except TimeoutError:
            self.stop()
            return Answer("timeout", detail=f"timed out after {self._quotas.timeout_seconds:g} s")
        except _Ended:
            self.stop()
            return Answer("crash", detail=f"the process ended with {self._process.returncode}")
        if answer["outcome"] == "memory":
            self.stop()
        return Answer(answer["outcome"], answer.get("result"), answer.get("detail"))

    def stop(self) -> None:
        """End the process, whatever it is doing, and release what it held."""
        if self.alive:
            self._process.kill()
        self._process.wait()
        self._socket.close()
        self._reader.join(timeout=5)

    def _initialise(self) -> str | None:
        try:
            ready = self._receive(time.monotonic() + self._quotas.init_timeout_seconds)
        except TimeoutError:
            failure = f"initialisation timed out after {self._quotas.init_timeout_seconds:g} s"
        except _Ended:
            failure = f"the process ended with {self._process.wait()} while initialising"
        else:
            if ready["ready"]:
                return None
            failure = ready["detail"]
        self.stop()
        return failure

    def _send(self, message: dict[str, Any], ends_at: float) -> None:
        body = json.dumps(message).encode()
        self._socket.settimeout(max(0.001, ends_at - time.monotonic()))
        try:
            self._socket.sendall(struct.pack("!I", len(body)) + body)
        except TimeoutError:
            raise
        except OSError as error:
            raise _Ended from error

    def _receive(self, ends_at: float) -> dict[str, Any]:
        size = struct.unpack("!I", self._receive_exactly(4, ends_at))[0]
        message: dict[str, Any] = json.loads(self._receive_exactly(size, ends_at))
        return message

    def _receive_exactly(self, size: int, ends_at: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            remaining = ends_at - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self._socket.settimeout(remaining)
            try:
                part = self._socket.recv(min(size - len(data), 1 << 16))
            except TimeoutError:
                raise
            except OSError as error:
                raise _Ended from error
            if not part:
                raise _Ended
            data += part
        return bytes(data)

    def _log_output(self, log_line: Callable[[str], None]) -> None:
        output = self._process.stdout
        if output is None:
            return
        with output, contextlib.suppress(ValueError):
            for line in output:
                log_line(line.decode("utf-8", "replace").rstrip("\n"))
