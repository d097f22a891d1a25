"""The workers of one function: started when needed, reused, replaced when they end."""

import threading
import time
from itertools import count
from typing import Any

from workbench.lambda_runtime import Answer, ExecutionEnvironment, LambdaFunction, Quotas
from workbench.local_edge.function_code import for_worker
from workbench.local_edge.request_log import FunctionLine, Invocation, RequestLog


class WorkerPool:
    """Runs up to `size` events at a time; each worker beyond the idle ones is a cold start."""

    def __init__(
        self,
        function: LambdaFunction,
        *,
        size: int,
        quotas: Quotas,
        throttle_wait_seconds: float,
        request_log: RequestLog,
    ) -> None:
        self._function = function
        self._quotas = quotas
        self._throttle_wait_seconds = throttle_wait_seconds
        self._request_log = request_log
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[ExecutionEnvironment] = []
        self._numbers = count(1)
        self._workers: dict[ExecutionEnvironment, int] = {}
        self._stopped = False

    def invoke(self, event_type: str, request_id: str, event: dict[str, Any]) -> Answer:
        """Run the function on `event`, in an idle worker or a new one, and record the invocation.

        Waits for a worker when all are busy; after `throttle_wait_seconds` the outcome is `throttled`.
        """
        started_at = time.monotonic()
        cold, number = False, 0
        if not self._places.acquire(timeout=self._throttle_wait_seconds):
            answer = Answer("throttled", detail=f"all {self._function.name} workers are busy")
        else:
            try:
                started_at = time.monotonic()
                answer, cold, number = self._run(event)
            finally:
                self._places.release()
        duration_ms = (time.monotonic() - started_at) * 1000
        name = self._function.name
        self._request_log.invoked(
            Invocation(name, event_type, request_id, duration_ms, cold, answer.outcome, number), answer.detail
        )
        return answer

    @property
    def worker_pids(self) -> list[int]:
        """The process ids of the workers that are alive."""
        with self._lock:
            return sorted(worker.pid for worker in self._workers if worker.alive)

    @property
    def worker_numbers(self) -> list[int]:
        """The numbers of the workers that are alive."""
        with self._lock:
            return sorted(number for worker, number in self._workers.items() if worker.alive)

    def stop(self) -> None:
        """End all workers; invocations that run come back as crashes."""
        with self._lock:
            self._stopped = True
            workers = list(self._workers)
            self._workers.clear()
            self._idle.clear()
        for worker in workers:
            worker.stop()

    def recycle(self) -> None:
        """End the workers that are idle, so that the next events start cold."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            self._forget(worker)

    def _run(self, event: dict[str, Any]) -> tuple[Answer, bool, int]:
        """The answer, whether the worker was cold, and its number."""
        worker = self._take_idle()
        cold = worker is None
        if worker is None:
            number = next(self._numbers)
            worker = ExecutionEnvironment(
                for_worker(self._function, number),
                self._quotas,
                lambda line: self._request_log.printed(FunctionLine(self._function.name, number, line)),
                lambda line: self._request_log.course(FunctionLine(self._function.name, number, line)),
            )
            if worker.failure is not None:
                return worker.failure, cold, number
            if not self._keep(worker, number):
                return Answer("crash", detail="the local edge is stopping"), cold, number
        else:
            number = self._workers.get(worker, 0)
        answer = worker.invoke(event)
        self._give_back(worker)
        return answer, cold, number

    def _take_idle(self) -> ExecutionEnvironment | None:
        """The worker used last; any that ended meanwhile is forgotten."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                worker = self._idle.pop()
            if worker.alive:
                return worker
            self._forget(worker)

    def _keep(self, worker: ExecutionEnvironment, number: int) -> bool:
        with self._lock:
            if not self._stopped:
                self._workers[worker] = number
                return True
        worker.stop()
        return False

    def _give_back(self, worker: ExecutionEnvironment) -> None:
        if not worker.alive:
            self._forget(worker)
            return
        with self._lock:
            if not self._stopped:
                self._idle.append(worker)

    def _forget(self, worker: ExecutionEnvironment) -> None:
        with self._lock:
            self._workers.pop(worker, None)
        worker.stop()
