"""One visit: a request under an integration that it reaches, with all that an action decides by."""

from __future__ import annotations

from queueit.integration import Integration
from queueit.light_typing import Struct
from queueit.percent_encoding import decode_uri_component
from queueit.request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queueit.services import Services
    from queueit.snapshot import Snapshot

_HTTP = ("http://", "https://")


class Visit(Struct):
    """What is known when an action decides; `now` is in Unix seconds, with fractions.

    `services` is None for a decision on paper. `other_rooms` are the rooms of other integrations that the same request
    reaches: a token for one of them says nothing here.
    """

    integration: Integration
    request: Request
    snapshot: Snapshot
    now: float
    services: Services | None = None
    other_rooms: tuple[str, ...] = ()

    @property
    def seconds(self) -> int:
        """The present time in whole Unix seconds."""
        return int(self.now)

    @property
    def page_url(self) -> str:
        """Where the visitor should come back to: the page, which on an AJAX call is not the URL requested.

        A script names the page, so it is one only as an http or https URL.
        """
        request = self.request
        if request.ajax_page_url:
            page = decode_uri_component(request.ajax_page_url) or ""
            return page if page[:8].lower().startswith(_HTTP) else ""
        return request.url.text

    @property
    def target(self) -> str:
        """Where a visitor who is queued should come back to, empty for where the room sends them (section 6)."""
        integration = self.integration
        if integration.redirect_logic == "ForcedTargetUrl":
            return integration.forced_target_url
        if integration.redirect_logic == "EventTargetUrl":
            return ""
        return self.page_url
