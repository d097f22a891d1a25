"""The workers of one function: started when needed, reused, replaced when they end."""

import threading
import time
import uuid
from typing import Any

from workbench.local_edge.function_code import DeployedFunction, Quotas
from workbench.local_edge.request_log import Invocation, Log, RequestLog
from workbench.local_edge.worker import Answer, Worker


class WorkerPool:
    """Runs up to `size` events at a time; each worker beyond the idle ones is a cold start."""

    def __init__(
        self,
        function: DeployedFunction,
        *,
        size: int,
        quotas: Quotas,
        throttle_wait_seconds: float,
        request_log: RequestLog,
        log: Log,
    ) -> None:
        self._function = function
        self._quotas = quotas
        self._throttle_wait_seconds = throttle_wait_seconds
        self._request_log = request_log
        self._log = log
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._stopped = False

    def invoke(self, event_type: str, request_id: str, event: dict[str, Any]) -> Answer:
        """Run the function on `event`, in an idle worker or a new one, and record the invocation.

        Waits for a worker when all are busy; after `throttle_wait_seconds` the outcome is `throttled`.
        """
        started_at = time.monotonic()
        cold = False
        if not self._places.acquire(timeout=self._throttle_wait_seconds):
            answer = Answer("throttled", detail=f"all {self._function.name} workers are busy")
        else:
            try:
                started_at = time.monotonic()
                answer, cold = self._run(event)
            finally:
                self._places.release()
        duration_ms = (time.monotonic() - started_at) * 1000
        self._request_log.invoked(
            Invocation(self._function.name, event_type, request_id, duration_ms, cold, answer.outcome),
            answer.detail,
        )
        return answer

    @property
    def worker_pids(self) -> list[int]:
        """The process ids of the workers that are alive."""
        with self._lock:
            return sorted(worker.pid for worker in self._workers if worker.alive)

    def stop(self) -> None:
        """End all workers; invocations that run come back as crashes."""
        with self._lock:
            self._stopped = True
            workers = list(self._workers)
            self._workers.clear()
            self._idle.clear()
        for worker in workers:
            worker.stop()

    def _run(self, event: dict[str, Any]) -> tuple[Answer, bool]:
        worker = self._take_idle()
        cold = worker is None
        if worker is None:
            worker = Worker(self._function, self._quotas, self._log_line)
            if worker.failure is not None:
                return Answer("init_error", detail=worker.failure), cold
            if not self._keep(worker):
                return Answer("crash", detail="the local edge is stopping"), cold
        answer = worker.invoke(str(uuid.uuid4()), event)
        self._give_back(worker)
        return answer, cold

    def _take_idle(self) -> Worker | None:
        """The worker used last; any that ended meanwhile is forgotten."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                worker = self._idle.pop()
            if worker.alive:
                return worker
            self._forget(worker)

    def _keep(self, worker: Worker) -> bool:
        with self._lock:
            if not self._stopped:
                self._workers.add(worker)
                return True
        worker.stop()
        return False

    def _give_back(self, worker: Worker) -> None:
        if not worker.alive:
            self._forget(worker)
            return
        with self._lock:
            if not self._stopped:
                self._idle.append(worker)

    def _forget(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.stop()

    def _log_line(self, line: str) -> None:
        self._log(
            {"level": "info", "message": "function output", "function": self._function.name, "line": line}
        )
