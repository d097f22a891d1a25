"""Requests, tokens and cookies for the tests of the optional features."""

from collections.abc import Callable
from typing import Any

import pytest

from queueit import session_cookie
from queueit.session_cookie import VALID, Session
from tests.builders import NOW, SECRET_KEY, compiled_snapshot, queue_integration, viewer_request_event
from tests.unit.queueit.feature_visits import CREDENTIALS, QUEUE_ID, Visit
from workbench.queue_token import mint_queue_token


@pytest.fixture
def visit() -> Callable[..., Visit]:
    """Makes visits to /tickets, under one integration and some settings."""

    def make(
        *,
        integration: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        cookie: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        **request: Any,
    ) -> Visit:
        snapshot = compiled_snapshot(
            queue_integration(**(integration or {})), settings=settings, keys=CREDENTIALS
        )
        if cookie:
            headers = (*headers, ("Cookie", f"{session_cookie.cookie_name('tickets')}={cookie}"))
        return Visit(snapshot, viewer_request_event(headers=headers, **request), NOW)

    return make


@pytest.fixture
def token() -> Callable[..., str]:
    """Makes tokens of the waiting room, valid unless changed."""

    def make(**changes: Any) -> str:
        fields: dict[str, Any] = {"queue_id": QUEUE_ID, "expires_at": NOW + 180, **changes}
        event_id = fields.pop("event_id", "tickets")
        return mint_queue_token(fields.pop("secret_key", SECRET_KEY), event_id, **fields)

    return make


@pytest.fixture
def cookie() -> Callable[..., str]:
    """Makes session cookies' values, valid unless changed."""

    def make(queue_id: str = QUEUE_ID, issued_at: int = NOW - 60, **changes: Any) -> str:
        session = Session(VALID, "tickets", queue_id, None, "queue")._replace(**changes)
        return session_cookie.issue(session, compiled_snapshot().keys, issued_at)

    return make
