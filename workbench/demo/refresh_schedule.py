"""The functions of config_refresh.zip, run with the environment that Terraform gives them, and the schedule."""

import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.lambda_runtime import IN_REGION, ExecutionEnvironment, LambdaFunction, reserved_variables
from workbench.lambda_runtime.function import DEFAULT_RUNTIME

_ACCOUNT, _REGION = "123456789012", "us-east-1"


class InvocationFailed(RuntimeError):
    """The function failed: the text is `errorType: errorMessage`, and `error` all that Lambda reports."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        self.error = error
        super().__init__(f"{error['errorType']}: {error['errorMessage']}")


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
        """`environment` is added to Lambda's own variables; what the function prints goes to `log` line by line."""
        directory = Path(tempfile.mkdtemp(prefix="config-refresh-"))
        with zipfile.ZipFile(zip_path) as archive:
            archive.extractall(directory)
        name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        reserved = reserved_variables(
            name,
            "$LATEST",
            handler,
            directory,
            runtime=DEFAULT_RUNTIME,
            region=_REGION,
            memory_mb=IN_REGION.memory_mb,
        )
        self._function = LambdaFunction(
            name,
            f"arn:aws:lambda:{_REGION}:{_ACCOUNT}:function:{name}",
            "$LATEST",
            handler,
            directory,
            {**reserved, **environment},
            with_sdk=True,
        )
        self._log = log
        self._lock = threading.Lock()
        self._running: ExecutionEnvironment | None = None

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its result. Raises InvocationFailed."""
        with self._lock:
            if self._running is None or not self._running.alive:
                self._end()
                self._running = ExecutionEnvironment(self._function, IN_REGION, self._log)
            answer = self._running.failure or self._running.invoke(event)
        if answer.error is not None:
            raise InvocationFailed(answer.error)
        result: dict[str, Any] = answer.result
        return result

    def set_environment(self, changes: Mapping[str, str]) -> None:
        """Change variables, as `terraform apply` does: the next invocation runs in a new process."""
        with self._lock:
            variables = {**self._function.environment, **changes}
            self._function = self._function._replace(environment=variables)
            self._end()

    def stop(self) -> None:
        """End the process and remove what was unpacked."""
        with self._lock:
            self._end()
            shutil.rmtree(self._function.directory, ignore_errors=True)

    def _end(self) -> None:
        if self._running:
            self._running.stop()
        self._running = None


class Schedule:
    """Invokes a function again and again with a fixed pause between, and reports each outcome."""

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
        """Begin with a pause."""
        self._thread.start()

    def stop(self) -> None:
        """End the schedule, after an invocation that is under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_seconds):
            try:
                self._report(self._function.invoke({"action": "refresh", "source": "schedule"}))
            except InvocationFailed as failure:
                self._report(failure)
