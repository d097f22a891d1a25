"""The functions of config_refresh.zip, run with the environment that Terraform gives them, and the schedule."""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("function_process.py")
_ANSWER_WITHIN_SECONDS = 60


class InvocationFailed(RuntimeError):
    """The function raised; the text is what it said."""


class RefreshFunction:
    """A function of config_refresh's zip, one invocation at a time."""

    def __init__(
        self,
        zip_path: Path,
        environment: Mapping[str, str],
        *,
        handler: str = "config_refresh.handler.handler",
        log: Callable[[str], None],
    ) -> None:
        """`environment` is all that the process gets; what it prints goes to `log` line by line."""
        self._handler = handler
        with zipfile.ZipFile(zip_path) as archive:
            self._directory = tempfile.mkdtemp(prefix="config-refresh-")
            archive.extractall(self._directory)
        self._environment = dict(environment)
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its result. Raises InvocationFailed with what it raised."""
        with self._lock:
            process = self._running()
            if process.stdin is None or process.stdout is None:
                raise InvocationFailed("config_refresh has no pipes")
            too_late = threading.Timer(_ANSWER_WITHIN_SECONDS, process.kill)
            too_late.start()
            try:
                process.stdin.write(json.dumps(event) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = ""
            finally:
                too_late.cancel()
            if not line:
                self._end()
                raise InvocationFailed("config_refresh ended without an answer; its log says why")
            answer = json.loads(line)
            if "error" in answer:
                raise InvocationFailed(answer["error"])
            result: dict[str, Any] = answer["result"]
            return result

    def set_environment(self, changes: Mapping[str, str]) -> None:
        """Change variables, as an apply does: the next invocation runs in a new process."""
        with self._lock:
            self._environment.update(changes)
            self._end()

    def stop(self) -> None:
        """End the process and remove what was unpacked."""
        with self._lock:
            self._end()
            shutil.rmtree(self._directory, ignore_errors=True)

    def _running(self) -> subprocess.Popen[str]:
        if self._process and self._process.poll() is None:
            return self._process
        self._end()
        process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), self._directory, self._handler],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment,
            cwd=self._directory,
            start_new_session=True,
        )
        self._process = process
        self._reader = threading.Thread(target=self._copy_log, args=(process,), daemon=True)
        self._reader.start()
        return process

    def _copy_log(self, process: "subprocess.Popen[str]") -> None:
        if process.stderr:
            for line in process.stderr:
                self._log(line.rstrip("\n"))

    def _end(self) -> None:
        process, reader = self._process, self._reader
        self._process = self._reader = None
        if process is None:
            return
        if process.stdin:
            try:
                process.stdin.close()
            except OSError:
                process.kill()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if reader:
            reader.join(timeout=3)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


class Schedule:
    """Invokes a function again and again, a fixed pause apart, and reports each outcome."""

    def __init__(
        self,
        function: RefreshFunction,
        every_seconds: float,
        report: Callable[[dict[str, Any] | InvocationFailed], None],
    ) -> None:
        self._function = function
        self._every_seconds = every_seconds
        self._report = report
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin; the first invocation is one pause away."""
        self._thread.start()

    def stop(self) -> None:
        """End the schedule, after the invocation that runs now, if any."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_seconds):
            try:
                self._report(self._function.invoke({"action": "refresh", "source": "schedule"}))
            except InvocationFailed as failure:
                self._report(failure)
