"""What a visitor gets when there is nothing to decide by, or a defect: the page, or a 503."""

from __future__ import annotations

from collections.abc import Callable

from edge import generated_response, handover
from edge.cloudfront_event import to_request
from queueit.queue_token import DEBUG
from queueit.redirect_urls import DIAGNOSTICS_SETUP_URL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Fail: TypeAlias = "Callable[[dict[str, Any], tuple[str, ...]], dict[str, Any]]"
"""`fail_open` or `fail_closed`: takes the event and Set-Cookie header values."""


def fail_open(event: dict[str, Any], set_cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Let the visitor through; viewer-response will mark the response as one that failed."""
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    handover.write(passed["headers"], cf["config"].get("requestId") or "", set_cookies, failed=True)
    return passed


def fail_closed(event: dict[str, Any], set_cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Answer for the site with a 503, in the visitor's language. Never raises, whatever the event is."""
    try:
        lines = event["Records"][0]["cf"]["request"]["headers"]["accept-language"]
        accepted = ",".join([line["value"] for line in lines])
    except (IndexError, KeyError, TypeError):
        accepted = ""
    return generated_response.unavailable(set_cookies, accepted)


def report_defect(error: BaseException) -> None:
    """One log line with the place of a defect; never the error's text, which may quote the request."""
    import json

    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    print(json.dumps({"level": "error", "event": "defect", "error": type(error).__name__, "where": where}))


def setup_error(event: dict[str, Any]) -> dict[str, Any] | None:
    """Without a snapshot there are no keys: who brings a debug token is told so (section 6), None for all others."""
    token = to_request(event["Records"][0]["cf"]["request"]).token()
    if token is None or token.redirect_type != DEBUG:
        return None
    return generated_response.redirect(DIAGNOSTICS_SETUP_URL, ())
