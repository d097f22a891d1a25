"""Lambda@Edge's viewer-request function: decides what becomes of a visitor's request."""

import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from edge import generated_response, handover
from edge.cloudfront_event import to_request
from edge.decision_log import FAILED_CLOSED, FAILED_OPEN, DecisionLog
from edge.handover import Handover
from edge.snapshot_reader import reader_from_environment, table_name
from queueit.decision import decide
from queueit.integration_config import QUEUE
from queueit.queue_token import DEBUG
from queueit.redirect_urls import DIAGNOSTICS_SETUP_URL
from queueit.snapshot import Snapshot

if TYPE_CHECKING:
    from edge.outside import Services
    from queueit.outside import Outside

_CurrentSnapshot = Callable[[float], Snapshot | None]
_Fail = Callable[[dict[str, Any], tuple[str, ...]], dict[str, Any]]


def handle(
    event: dict[str, Any],
    snapshot: Snapshot,
    now: float,
    outside: "Outside | None" = None,
    log: DecisionLog | None = None,
) -> dict[str, Any]:
    """The request of `event` to pass on, or the response to give instead; `now` in Unix seconds.

    Sections 5, 7 and 8 of the protocol. The event's request is changed in place. `outside` is for the features that
    ask something of the world outside, see `decide`.
    """
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    request = to_request(passed)
    decision = decide(snapshot, request, now, outside)
    if log:
        log.decided(decision, snapshot, cf, now)
    integration = decision.integration
    if decision.redirect_url:
        if request.ajax_page_url and integration is not None:
            origin, allowed = request.header("origin"), snapshot.settings.allowed_origins
            return generated_response.ajax_redirect(
                decision.redirect_url, decision.set_cookies, origin, allowed
            )
        return generated_response.redirect(decision.redirect_url, decision.set_cookies)
    if integration is None:
        if not decision.set_cookies:
            return passed
    elif integration.action == QUEUE and request.has_query_token:
        if request.method in ("GET", "HEAD") and not request.ajax_page_url:
            return generated_response.redirect(request.url.text, decision.set_cookies)
        passed["querystring"] = request.query_without_token
    handover.write(passed["headers"], cf["config"].get("requestId") or "", Handover(decision.set_cookies))
    return passed


def fail_open(event: dict[str, Any], set_cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Let the visitor through; viewer-response will mark the response as one that failed."""
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    carried = Handover(set_cookies, failed=True)
    handover.write(passed["headers"], cf["config"].get("requestId") or "", carried)
    return passed


def fail_closed(_event: dict[str, Any], set_cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Answer for the site with a 503."""
    return generated_response.unavailable(set_cookies)


def _report_defect(error: BaseException) -> None:
    """One log line with the place of a defect; never the error's text, which may quote the request."""
    import json

    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    print(json.dumps({"level": "error", "event": "defect", "error": type(error).__name__, "where": where}))


def _setup_error(event: dict[str, Any]) -> dict[str, Any] | None:
    """Without a snapshot there are no keys: who brings a debug token is told so (section 6), None for all others."""
    token = to_request(event["Records"][0]["cf"]["request"]).token()
    if token is None or token.redirect_type != DEBUG:
        return None
    return generated_response.redirect(DIAGNOSTICS_SETUP_URL, ())


@lru_cache(maxsize=1)
def _services() -> "Services":
    from edge.outside import Services

    return Services()


def answer(
    event: dict[str, Any], current_snapshot: _CurrentSnapshot, fail: _Fail, log: DecisionLog | None = None
) -> dict[str, Any]:
    """What `handle` answers; what `fail` does when there is no snapshot to decide by, or a defect.

    `current_snapshot` gives the snapshot for a time in Unix seconds.
    """
    set_cookies: tuple[str, ...] = ()
    now = time.time()
    why = "no snapshot"
    try:
        snapshot = current_snapshot(now)
        if snapshot:
            outside = _services().outside(now) if snapshot.needs_outside else None
            return handle(event, snapshot, now, outside, log)
        if setup_error := _setup_error(event):
            return setup_error
    except Exception as error:
        # With diagnostics on, the defect comes with cookies that say so to who asked for them.
        set_cookies = getattr(error, "set_cookies", ())
        _report_defect(error.__cause__ or error)
        why = "defect"
    if log:
        log.failed(FAILED_OPEN if fail is fail_open else FAILED_CLOSED, why, event, now)
    return fail(event, set_cookies)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fails open: a visitor whose request could not be decided on gets the page."""
    return answer(event, _current_snapshot, fail_open, _log)


def handler_fail_closed(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fails closed: a visitor whose request could not be decided on gets a 503 and may try again."""
    return answer(event, _current_snapshot, fail_closed, _log)


def _no_snapshot(_now: float) -> Snapshot | None:
    return None


# Initialisation has a full CPU, handling a sliver of one: the snapshot is loaded before the first visitor, and with
# it what it needs.
_current_snapshot: _CurrentSnapshot = _no_snapshot
_log: DecisionLog | None = None
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _reader = reader_from_environment(os.environ)
    _reader.load()
    _current_snapshot = _reader.current
    _log = DecisionLog(table_name(os.environ["AWS_LAMBDA_FUNCTION_NAME"]), _reader)
    _loaded = _reader.current(time.time())
    if _loaded and _loaded.needs_outside:
        _services()
