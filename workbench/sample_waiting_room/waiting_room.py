"""The waiting room of one account: its credentials, its lines, its configuration and its sites."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.queue_token import add_queue_token, mint_queue_token
from workbench.sample_waiting_room.asked_services import AskedServices
from workbench.sample_waiting_room.publication import Publication
from workbench.sample_waiting_room.push import Pushed, push
from workbench.sample_waiting_room.targets import Targets
from workbench.sample_waiting_room.waiting_line import Visitor, WaitingLines

_TOKEN_SECONDS = 180
"""How long a token is valid."""


@dataclass(frozen=True)
class Account:
    """Who the customer is. The keys are kept out of `repr`, so that no log shows them."""

    customer_id: str
    secret_key: str = field(repr=False)
    api_key: str = field(repr=False)
    proxy_key: str = field(default="", repr=False)


class WaitingRoom:
    """All that the pages show and change. Safe to use from several threads."""

    def __init__(
        self,
        account: Account,
        *,
        default_target: str = "",
        visitors_per_second: float = 2.0,
        crowd: int = 20,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`default_target` is the page that visitors come out on when the connector names none.

        Each configuration that is published is pushed to `publish_url`, if that is set; `last_push` is the outcome. An
        edit is reviewed under `connector_settings`, which have the shape of Terraform's `settings`.
        """
        self.account = account
        self.targets = Targets()
        self.default_target = default_target
        self.now = now
        self.lines = WaitingLines(now=now, visitors_per_second=visitors_per_second, crowd=crowd)
        self.publication = Publication(account.customer_id, now=now)
        self.services = AskedServices()
        self.publish_url = ""
        self.connector_settings: dict[str, Any] = {}
        self.last_push: Pushed | None = None

    def publish(self, document: object) -> int:
        """Publish `document` as the next version, push it if there is a `publish_url`, and return the version.

        Raises RefusedConfiguration and changes nothing when the document does not compile.
        """
        version = self.publication.publish(document)
        if self.publish_url:
            self.push(self.publication.current())
        return version

    def push(self, configuration: dict[str, Any]) -> Pushed:
        """Push a configuration, signed with the account's key, to the publish endpoint."""
        self.last_push = push(self.publish_url, configuration, self.account.secret_key)
        return self.last_push

    def rotate_secret_key(self, secret_key: str) -> None:
        """Sign tokens and pushes with another key from now on."""
        self.account = replace(self.account, secret_key=secret_key)

    def target_with_token(self, visitor: Visitor) -> str:
        """The address, with a new token, for a visitor whose turn it is."""
        return self._with_token(visitor.target, visitor.event_id, "queue", visitor.queue_id)

    def target_without_waiting(self, event_id: str, target: str, redirect_type: str) -> str:
        """The address for an arrival that need not wait; its token has no queue id."""
        return self._with_token(target, event_id, redirect_type, None)

    def token(self, event_id: str, redirect_type: str, queue_id: str | None) -> str:
        """A new token for the room `event_id`."""
        return mint_queue_token(
            self.account.secret_key,
            event_id,
            queue_id=queue_id,
            expires_at=int(self.now()) + _TOKEN_SECONDS,
            redirect_type=redirect_type,
        )

    def _with_token(self, target: str, event_id: str, redirect_type: str, queue_id: str | None) -> str:
        return add_queue_token(target, self.token(event_id, redirect_type, queue_id))
