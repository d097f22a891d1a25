"""Lambda@Edge's viewer-request function: decides what becomes of a visitor's request."""

import os
import time
from typing import Any

from edge import generated_response, handover
from edge.cloudfront_event import to_request
from edge.decision_log import FAILED_CLOSED, FAILED_OPEN, DecisionLog
from edge.handover import Handover
from edge.snapshot_reader import SnapshotReader, reader_from_environment, table_name
from queueit.decision import decide
from queueit.integration_config import QUEUE
from queueit.snapshot import Snapshot


def handle(
    event: dict[str, Any], snapshot: Snapshot, now: float, log: DecisionLog | None = None
) -> dict[str, Any]:
    """The request of `event` to pass on, or the response to give instead; `now` in Unix seconds.

    Sections 5, 7 and 8 of the protocol. The event's request is changed in place.
    """
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    request = to_request(passed)
    decision = decide(snapshot, request, now)
    if log:
        log.decided(decision, snapshot, cf, now)
    integration = decision.integration
    if integration is None:
        return passed
    if decision.redirect_url:
        if request.ajax_page_url:
            return generated_response.ajax_redirect(decision.redirect_url, decision.set_cookies)
        return generated_response.redirect(decision.redirect_url, decision.set_cookies)
    if integration.action == QUEUE and request.has_query_token:
        if request.method in ("GET", "HEAD") and not request.ajax_page_url:
            return generated_response.redirect(request.url.text, decision.set_cookies)
        passed["querystring"] = request.query_without_token
    handover.write(passed["headers"], cf["config"].get("requestId") or "", Handover(decision.set_cookies))
    return passed


def _fail_open(event: dict[str, Any]) -> dict[str, Any]:
    """Let the visitor through; viewer-response will mark the response as one that failed."""
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    handover.write(passed["headers"], cf["config"].get("requestId") or "", Handover(failed=True))
    return passed


def _report_defect(error: Exception) -> None:
    """One log line with the place of a defect; never the error's text, which may quote the request."""
    import json

    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    print(json.dumps({"level": "error", "event": "defect", "error": type(error).__name__, "where": where}))


def _decide_or_none(event: dict[str, Any], how_to_fail: str) -> dict[str, Any] | None:
    """What `handle` answers; None when there is no snapshot to decide by, or a defect."""
    now = time.time()
    why = "no snapshot"
    try:
        snapshot = _reader.current(now) if _reader else None
        if snapshot:
            return handle(event, snapshot, now, _log)
    except Exception as error:
        _report_defect(error)
        why = "defect"
    if _log:
        _log.failed(how_to_fail, why, event, now)
    return None


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fails open: a visitor whose request could not be decided on gets the page."""
    return _decide_or_none(event, FAILED_OPEN) or _fail_open(event)


def handler_fail_closed(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fails closed: a visitor whose request could not be decided on gets a 503 and may try again."""
    return _decide_or_none(event, FAILED_CLOSED) or generated_response.unavailable()


# Initialisation has a full CPU, handling a sliver of one: the snapshot is loaded before the first visitor.
_reader: SnapshotReader | None = None
_log: DecisionLog | None = None
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _reader = reader_from_environment(os.environ)
    _reader.load()
    _log = DecisionLog(table_name(os.environ["AWS_LAMBDA_FUNCTION_NAME"]), _reader)
