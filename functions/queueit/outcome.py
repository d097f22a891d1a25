"""What becomes of a request: the decision, and the reasons that there are, each with its log name and metric."""

from __future__ import annotations

from queueit.integration import Integration
from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Reason(Struct):
    """Why a request is treated as it is: `name` stands in logs, `metric` counts it. Neither names a visitor.

    Each metric costs money in each region that has it: reasons that call for no different action share one.
    """

    name: str
    metric: str


SESSION: Final = Reason("session", "PassedWithSession")
TOKEN: Final = Reason("token", "PassedWithToken")
QUEUED: Final = Reason("queue", "SentToQueue")
CANCELLED: Final = Reason("cancel", "Cancelled")
SWITCHED_OFF: Final = Reason("switched off", "SwitchedOff")
OTHER_ADDRESS: Final = Reason("session of another address", "Refused")
QUEUE_ID_USED_UP: Final = Reason("queue id used up", "Refused")
DIRECT_PASS: Final = Reason("direct pass", "PassedDirectly")
DIRECT_PASS_FAILED: Final = Reason("direct pass failed", "DirectPassFailed")
NO_MATCH: Final = Reason("no match", "PassedUntouched")
PREFLIGHT: Final = Reason("preflight", "PassedUntouched")
IGNORED_METHOD: Final = Reason("ignored method", "PassedUntouched")
IGNORED: Final = Reason("ignore", "PassedUntouched")
NOTHING_TO_CANCEL: Final = Reason("nothing to cancel", "PassedUntouched")
FAILED_OPEN: Final = Reason("failed open", "FailedOpen")
FAILED_CLOSED: Final = Reason("failed closed", "FailedClosed")


def token_refused(code: str) -> Reason:
    """The reason of an error redirect for a token that fails the check `code` (section 3)."""
    return Reason(f"token error: {code}", "Refused")


def diagnostics_refused(code: str) -> Reason:
    """The reason of a redirect for a debug token that fails the check `code` (section 11)."""
    return Reason(f"diagnostics error: {code}", "Refused")


class Decision(Struct):
    """The outcome: `redirect_url` is empty when the request passes.

    `integration` is the one that matched, None when the request is none of the connector's business (diagnostics may
    all the same set a cookie, or redirect). `set_cookies` are Set-Cookie header values for the response, whichever it
    is.
    """

    integration: Integration | None
    redirect_url: str
    set_cookies: tuple[str, ...]
    reason: Reason


def untouched(reason: Reason) -> Decision:
    """The decision that a request is none of the connector's business."""
    return Decision(None, "", (), reason)


def _merged(*several: tuple[str, ...]) -> tuple[str, ...]:
    """The Set-Cookie header values of several decisions, the first of those with one name."""
    by_name: dict[str, str] = {}
    for set_cookies in several:
        for cookie in set_cookies:
            by_name.setdefault(cookie.partition("=")[0], cookie)
    return tuple(by_name.values())


def combined(decisions: list[Decision]) -> Decision:
    """One decision for a request whose forms were decided each on its own, in their order (section 9).

    The first redirect is the answer, else the first pass of an integration with cookies to set, else of any
    integration; the cookies of the other passes are set along with it.
    """
    if len(decisions) == 1:
        return decisions[0]

    def rank(decision: Decision) -> int:
        if decision.redirect_url:
            return 0
        return (
            1 if decision.integration and decision.integration.is_queue else 2 if decision.integration else 3
        )

    answer = min(decisions, key=rank)
    passes = [decision.set_cookies for decision in decisions if not decision.redirect_url]
    return answer._replace(set_cookies=_merged(answer.set_cookies, *passes))
