"""One worker: the snapshot that it loads when it starts, and each event answered by it, or by the failure mode."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache

from edge.decision_log import DecisionLog
from edge.event_handling import handle
from edge.failure_mode import Fail, fail_closed, fail_open, report_defect, setup_error
from edge.snapshot_reader import reader_from_environment, table_name
from queueit.decision import import_features
from queueit.errors import IntegrationUnusable
from queueit.outcome import FAILED_CLOSED, FAILED_OPEN
from queueit.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

    from edge.service_client import ServiceClient

CurrentSnapshot: TypeAlias = "Callable[[float], Snapshot | None]"
"""The snapshot to decide by, None as long as there is none; takes how many seconds the invocation has left."""

LONGEST_SECONDS: Final = 5.0
"""What Lambda@Edge allows a viewer-request function in all."""


def seconds_left(context: Any) -> float:
    """How long this invocation may still take, by Lambda's context; without one, as long as Lambda@Edge allows."""
    return LONGEST_SECONDS if context is None else context.get_remaining_time_in_millis() / 1000


@lru_cache(maxsize=1)
def _service_client() -> ServiceClient:
    from edge.service_client import ServiceClient

    return ServiceClient()


class Worker:
    """Answers events, one at a time."""

    def __init__(self, current_snapshot: CurrentSnapshot, log: DecisionLog | None = None) -> None:
        self._current_snapshot = current_snapshot
        self._log = log

    def answer(self, event: dict[str, Any], context: Any, fail: Fail) -> dict[str, Any]:
        """What `handle` answers; what `fail` does when there is no snapshot to decide by, or a defect."""
        set_cookies: tuple[str, ...] = ()
        now = time.time()
        why = "no snapshot"
        try:
            left = seconds_left(context)
            snapshot = self._current_snapshot(left)
            if snapshot:
                services = _service_client().services(now + left) if snapshot.needs_services else None
                return handle(event, snapshot, now, services, self._log)
            if setup := setup_error(event):
                return setup
        except Exception as error:
            # With diagnostics on, the defect comes with cookies that say so to who asked for them.
            set_cookies = getattr(error, "set_cookies", ())
            if isinstance(error, IntegrationUnusable) or isinstance(error.__cause__, IntegrationUnusable):
                # Perhaps it is one that queues, and no request may turn that into a pass.
                fail = fail_closed
            report_defect(error.__cause__ or error)
            why = "defect"
        if self._log:
            self._log.failed(FAILED_OPEN if fail is fail_open else FAILED_CLOSED, why, event, now)
        return fail(event, set_cookies)


def worker_from_environment(environ: Mapping[str, str]) -> Worker:
    """The worker of the function that Lambda's reserved variables describe, its snapshot loaded.

    Initialisation has a full CPU, handling a sliver of one: what the snapshot needs is loaded with it, before the
    first visitor. Outside Lambda there is no function and no snapshot.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in environ:
        return Worker(lambda _left: None)
    reader = reader_from_environment(environ)
    reader.load()
    loaded = reader.current(LONGEST_SECONDS)
    if loaded:
        import_features(loaded)
        if loaded.needs_services:
            _service_client()
    return Worker(reader.current, DecisionLog(table_name(environ["AWS_LAMBDA_FUNCTION_NAME"]), reader))
