"""What becomes of one viewer-request event when there is a snapshot to decide by."""

from __future__ import annotations

from edge import generated_response, handover
from edge.cloudfront_event import to_request
from queueit.decision import decide
from queueit.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edge.decision_log import DecisionLog
    from queueit.services import Services


def handle(
    event: dict[str, Any],
    snapshot: Snapshot,
    now: float,
    services: Services | None = None,
    log: DecisionLog | None = None,
) -> dict[str, Any]:
    """The request of `event` to pass on, or the response to give instead; `now` in Unix seconds.

    Sections 5, 7 and 8 of the protocol. The event's request is changed in place. `services` is for the features that
    need them, see `decide`.
    """
    cf = event["Records"][0]["cf"]
    passed: dict[str, Any] = cf["request"]
    handover.strip_internal_headers(passed["headers"])
    request = to_request(passed, cf["config"].get("distributionDomainName") or "")
    decision = decide(snapshot, request, now, services)
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
    elif integration.is_queue and request.has_query_token:
        if request.method in ("GET", "HEAD") and not request.ajax_page_url:
            return generated_response.redirect(request.url.text, decision.set_cookies)
        passed["querystring"] = request.query_without_token
    handover.write(passed["headers"], cf["config"].get("requestId") or "", decision.set_cookies)
    return passed
