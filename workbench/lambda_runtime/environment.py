"""An execution environment: the process that runs one function, one event at a time, frozen in between."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workbench.lambda_runtime import log_lines
from workbench.lambda_runtime.function import LambdaFunction, Quotas
from workbench.lambda_runtime.installation import Runtime, runtime_for
from workbench.lambda_runtime.runtime_api import Failure, Next, Response, RuntimeApi

_SCRIPT = Path(__file__).with_name("runtime_process.py")
_SDK = sysconfig.get_path("purelib")
"""Where boto3 is: among the packages of the environment that runs this."""
_LOOK_EVERY_SECONDS = 0.05
"""How often a running process is looked at: whether it lives, and how much memory it takes."""


class Answer(NamedTuple):
    """How an invocation ended; `result` is what the function returned, on success.

    `outcome` is `success`, `exception`, `timeout`, `memory`, `crash` or `init_error`; `error` is what Lambda tells of
    one that is not `success`: errorType, errorMessage and, of an exception, stackTrace. `detail` says it for a person.
    """

    outcome: str
    result: Any = None
    detail: str | None = None
    error: Mapping[str, Any] | None = None


class _Ended(Exception):
    """The process ended."""


class _TooLarge(Exception):
    """The process took more memory than it may."""


class ExecutionEnvironment:
    """Starts the process at once and waits for its initialisation; `failure` tells how that failed, if it did.

    `log` takes what the function prints, line by line, and `course` the lines that Lambda itself writes.
    """

    def __init__(
        self,
        function: LambdaFunction,
        quotas: Quotas,
        log: Callable[[str], None],
        course: Callable[[str], None] = lambda line: None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        self._function, self._quotas = function, quotas
        self._log, self._course = log, course
        self._lock = threading.Lock()
        self._partial_line = b""
        self._peak_bytes = 0
        self._init_ms: float | None = None
        runtime = runtime or runtime_for(function.runtime)
        course(log_lines.init_start(function.runtime, runtime.version))
        started_at = time.monotonic()
        with contextlib.ExitStack() as unless_started:
            self._api = RuntimeApi()
            unless_started.callback(self._api.close)
            self._process = self._start(runtime)
            unless_started.pop_all()
        if self._process.stdout is not None:
            os.set_blocking(self._process.stdout.fileno(), False)
            self._api.watch(self._process.stdout.fileno())
        self.failure = self._initialise(started_at)

    @property
    def alive(self) -> bool:
        """Whether the process can take another event."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def invoke(self, event: Any) -> Answer:
        """Run the function on `event`. After a timeout, a crash or too much memory the environment is stopped."""
        with self._lock:
            answer = self._invoke(str(uuid.uuid4()), event)
        if answer.outcome not in ("success", "exception"):
            self.stop()
        return answer

    def stop(self) -> None:
        """End the process, whatever it is doing, and release what it held."""
        if self.alive:
            self._process.kill()
        self._process.wait()
        with self._lock:
            output = self._process.stdout
            if output is not None and not output.closed:
                self._read_output()
                self._api.close()
                output.close()

    def _start(self, runtime: Runtime) -> subprocess.Popen[bytes]:
        # -I and -S keep the project's own packages and site-packages away: only the zip can be imported. -X utf8 as
        # Lambda's locale. -B because a function's directory is read-only at Lambda, so each cold start compiles; but
        # boto3, which Lambda has compiled, is compiled here by the first start that needs it.
        bytecode, sdk = ([], _SDK) if self._function.with_sdk else (["-B"], "")
        options = ["-I", "-S", *bytecode, "-X", "utf8"]
        arguments = [str(runtime.client), sdk, str(self._quotas.memory_mb << 20)]
        own = {"AWS_LAMBDA_RUNTIME_API": self._api.address, "AWS_LAMBDA_LOG_STREAM_NAME": self._log_stream()}
        return subprocess.Popen(
            [runtime.python, *options, str(_SCRIPT), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**self._function.environment, **own},
            cwd=self._function.directory,
            bufsize=0,
            # Of its own, so that Ctrl-C at the terminal does not reach it; in the session of this process, so that the
            # kernel wakes and ends it (SIGHUP, SIGCONT) when this process dies while it is frozen.
            process_group=0,
        )

    def _log_stream(self) -> str:
        return f"{time.strftime('%Y/%m/%d', time.gmtime())}/[{self._function.version}]{uuid.uuid4().hex}"

    def _initialise(self, started_at: float) -> Answer | None:
        try:
            said = self._wait(started_at + self._quotas.init_timeout_seconds)
        except TimeoutError:
            detail = f"initialisation timed out after {self._quotas.init_timeout_seconds:g} s"
            failure = _init_error("Sandbox.Timedout", detail)
        except _Ended:
            detail = f"the process ended with {self._process.wait()} while initialising"
            failure = _init_error("Runtime.ExitError", detail)
        except _TooLarge:
            failure = _init_error("Runtime.OutOfMemory", self._memory_used())
        else:
            self._init_ms = (time.monotonic() - started_at) * 1000
            if isinstance(said, Next):
                self._freeze()
                return None
            error = json.loads(said.body)
            failure = Answer("init_error", detail=_for_a_person(error), error=error)
        self.stop()
        return failure

    def _invoke(self, request_id: str, event: Any) -> Answer:
        started_at = time.monotonic()
        ends_at = started_at + self._quotas.timeout_seconds
        self._course(log_lines.start(request_id, self._function.version))
        try:
            body = json.dumps(event).encode()
            deadline = time.time() + self._quotas.timeout_seconds
            os.kill(self._process.pid, signal.SIGCONT)
            self._api.send_event(request_id, body, self._function.arn, deadline)
            answer = self._ended_with(self._wait(ends_at))
            failure = None
            try:
                self._wait_for_next(ends_at)
            except _Ended:
                if answer.error is None:
                    raise
        except TimeoutError:
            seconds = self._quotas.timeout_seconds
            self._course(log_lines.timed_out(request_id, seconds))
            failure = "timeout"
            message = f"Task timed out after {seconds:.2f} seconds"
            error = _error("Sandbox.Timedout", f"RequestId: {request_id} Error: {message}")
            answer = Answer("timeout", detail=f"timed out after {seconds:g} s", error=error)
        except _TooLarge:
            failure = "Runtime.OutOfMemory"
            message = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
            answer = Answer("memory", detail=self._memory_used(), error=_error(failure, message))
        except (_Ended, OSError):
            failure = "Runtime.ExitError"
            answer = self._crashed(request_id)
        duration_ms = (time.monotonic() - started_at) * 1000
        self._course(log_lines.end(request_id))
        peak_mb, init_ms = self._peak_bytes >> 20, self._init_ms
        self._course(
            log_lines.report(request_id, duration_ms, self._quotas.memory_mb, peak_mb, init_ms, failure)
        )
        self._init_ms = None
        return answer

    def _ended_with(self, said: Next | Response | Failure) -> Answer:
        """The answer that the runtime sent. Raises _TooLarge where there was no memory for one."""
        if isinstance(said, Next):
            raise _Ended
        document = json.loads(said.body)
        if isinstance(said, Response):
            return Answer("success", document)
        if document["errorType"] == "MemoryError":
            raise _TooLarge
        return Answer("exception", detail=_for_a_person(document), error=document)

    def _wait_for_next(self, ends_at: float) -> None:
        """Wait until the runtime asks for more, and freeze it. Raises what `_wait` does, _Ended if it says else."""
        if not isinstance(self._wait(ends_at), Next):
            raise _Ended
        self._look_at_memory()
        self._freeze()

    def _wait(self, ends_at: float) -> Next | Response | Failure:
        """What the runtime says next. Raises TimeoutError, _Ended or _TooLarge."""
        while True:
            said = self._api.serve(min(ends_at, time.monotonic() + _LOOK_EVERY_SECONDS))
            if said is not None:
                return said
            self._read_output()
            self._look_at_memory()
            if not self.alive:
                raise _Ended
            if time.monotonic() >= ends_at:
                raise TimeoutError

    def _freeze(self) -> None:
        """Stop the process in its tracks until the next event, its threads as well."""
        self._read_output()
        os.kill(self._process.pid, signal.SIGSTOP)
        if sys.platform == "linux":  # elsewhere it may outlive a host that is killed this very moment
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def _crashed(self, request_id: str) -> Answer:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._read_output()
        code = self._process.returncode
        how = f"signal: {signal.strsignal(-code)}" if code is not None and code < 0 else f"exit status {code}"
        message = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        error = _error("Runtime.ExitError", message)
        return Answer("crash", detail=f"the process ended with {code}", error=error)

    def _read_output(self) -> None:
        output = self._process.stdout
        if output is None:
            return
        while True:
            part = output.read(1 << 16)
            if not part:
                break
            *lines, self._partial_line = (self._partial_line + part).split(b"\n")
            for line in lines:
                self._log(line.decode("utf-8", "replace"))
        if part == b"":
            self._api.unwatch()
            if self._partial_line:
                self._log(self._partial_line.decode("utf-8", "replace"))
                self._partial_line = b""

    def _look_at_memory(self) -> None:
        """Learn the most resident memory the process has had. Raises _TooLarge beyond the limit."""
        self._peak_bytes = max(self._peak_bytes, _peak_memory_bytes(self._process.pid))
        if self._peak_bytes > self._quotas.memory_mb << 20:
            raise _TooLarge

    def _memory_used(self) -> str:
        return f"used {self._peak_bytes >> 20} MB of {self._quotas.memory_mb} MB"


def _peak_memory_bytes(pid: int) -> int:
    """The most resident memory of a process so far, or what it has now where the system does not tell; 0 of none."""
    if sys.platform == "darwin":
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return int(told.stdout or 0) * 1024
    try:
        status = os.open(f"/proc/{pid}/status", os.O_RDONLY)  # a file object would take three times as long
    except OSError:
        return 0
    try:
        _, _, rest = os.read(status, 4096).partition(b"VmHWM:")
    except OSError:
        return 0
    finally:
        os.close(status)
    return int(rest.split(None, 1)[0]) * 1024 if rest else 0


def _error(kind: str, message: str) -> dict[str, str]:
    return {"errorType": kind, "errorMessage": message}


def _init_error(kind: str, detail: str) -> Answer:
    return Answer("init_error", detail=detail, error=_error(kind, detail))


def _for_a_person(error: Mapping[str, Any]) -> str:
    """An error of Lambda's shape as a traceback shows it."""
    frames = "".join(error.get("stackTrace") or [])
    said = f"{error.get('errorType')}: {error.get('errorMessage')}"
    return f"Traceback (most recent call last):\n{frames}{said}" if frames else said
