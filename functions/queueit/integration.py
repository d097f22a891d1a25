"""One integration, compiled to what a request needs (protocol section 2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from queueit import redirect_urls
from queueit.cookies import CookieAttributes, cookie_attributes
from queueit.light_typing import Struct
from queueit.settings import SessionCookieSettings, Settings
from queueit.triggers import Part, Reading, compile_triggers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

QUEUE, CANCEL, IGNORE = "Queue", "Cancel", "Ignore"

DEFAULT_VALIDITY_MINUTES: Final = 20
"""For an integration that names no CookieValidityMinute."""

IGNORE_FIELDS: Final = frozenset(("Name", "ActionType", "IsNormalizationEnabled", "Triggers"))
CANCEL_FIELDS: Final = IGNORE_FIELDS | {
    "EventId",
    "InvolvedWaitingRoomIds",
    "CookieDomain",
    "IsCookieHttpOnly",
    "IsCookieSecure",
    "QueueDomain",
    "QueuePathPrefix",
    "RedirectLogic",
    "ForcedTargetUrl",
}
_FORCED_TARGET: Final = {"ForecedTargetUrl": "ForcedTargetUrl"}
"""An old spelling, which accounts still hold."""


class Integration(Struct):
    """One integration, ready for requests.

    `rooms` are the event and the involved rooms, each once. `base_url` and `query` are the parts of its redirects
    that no request changes. `matches_under` gives what `matches` is under another reading of the URL.
    `validity_minutes` is that of a session without a fixed one. `verifies` says whether the verify service is asked,
    `usage_limit` how often a queue id may be used. `source` is the integration as configured, less its triggers.
    """

    name: str
    action: str
    event_id: str
    rooms: tuple[str, ...]
    matches: Part
    matches_under: Callable[[Reading], Part]
    is_normalized: bool
    base_url: str
    query: str
    cookies: CookieAttributes
    extends_session: bool
    validity_minutes: int
    redirect_logic: str
    forced_target_url: str
    verifies: bool
    usage_limit: int | None
    source: dict[str, Any]

    @property
    def is_queue(self) -> bool:
        """Whether visitors have to have waited."""
        return self.action == QUEUE

    @property
    def is_cancel(self) -> bool:
        """Whether it ends visitors' sessions."""
        return self.action == CANCEL


def rooms_of(integration: dict[str, Any]) -> tuple[str, ...]:
    """The event and the involved rooms, each once."""
    rooms = [integration.get("EventId") or "", *(integration.get("InvolvedWaitingRoomIds") or [])]
    return tuple(dict.fromkeys([room for room in rooms if room]))


def action_of(integration: dict[str, Any]) -> str:
    """QUEUE or CANCEL; any other action ignores the request."""
    action = integration.get("ActionType")
    return action if action in (QUEUE, CANCEL) else IGNORE


def used_fields(integration: dict[str, Any], action: str) -> dict[str, Any]:
    """The fields that the action uses: others may hold anything."""
    if action == QUEUE:
        return integration
    names = CANCEL_FIELDS if action == CANCEL else IGNORE_FIELDS
    return {name: value for name, value in integration.items() if name in names}


def _cookies(integration: dict[str, Any], settings: SessionCookieSettings) -> CookieAttributes:
    def choose(setting: bool | None, name: str) -> bool:
        return bool(integration.get(name)) if setting is None else setting

    return cookie_attributes(
        integration.get("CookieDomain") or "",
        http_only=choose(settings.http_only, "IsCookieHttpOnly"),
        secure=choose(settings.secure, "IsCookieSecure"),
        same_site=settings.same_site,
    )


def compile_integration(
    integration: dict[str, Any], *, version: int, customer_id: str, settings: Settings
) -> Integration:
    """Compile one integration that has been checked, as `compile_integration_config` does for a whole configuration."""

    action = action_of(integration)
    used = used_fields(integration, action)

    def text(name: str) -> str:
        return used.get(name) or ""

    name = integration.get("Name", "unspecified") or ""
    triggers = integration.get("Triggers") or []
    body_if_cut = action != IGNORE if settings.truncated_body == "queue" else None
    return Integration(
        name=name,
        action=action,
        event_id=text("EventId"),
        rooms=rooms_of(used),
        matches=compile_triggers(triggers, body_if_cut),
        matches_under=lru_cache(maxsize=None)(
            lambda reading: compile_triggers(triggers, body_if_cut, reading)
        ),
        is_normalized=bool(integration.get("IsNormalizationEnabled")),
        base_url=redirect_urls.base_url(
            text("QueueDomain") or f"{customer_id}.queue-it.net", text("QueuePathPrefix")
        ),
        query=redirect_urls.query(
            customer_id, text("EventId"), version, name, culture=text("Culture"), layout=text("LayoutName")
        ),
        cookies=_cookies(used, settings.session_cookie),
        extends_session=bool(used.get("ExtendCookieValidity")),
        validity_minutes=used.get("CookieValidityMinute") or DEFAULT_VALIDITY_MINUTES,
        redirect_logic=_FORCED_TARGET.get(text("RedirectLogic"), text("RedirectLogic")),
        forced_target_url=text("ForcedTargetUrl"),
        verifies=bool(used.get("VerifyQueueIdEnabled")) and settings.verify is not None,
        usage_limit=used.get("QueueIdUsageLimit"),
        source={**integration, "Triggers": None},
    )
