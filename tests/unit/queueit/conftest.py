"""Requests, tokens and cookies for the tests of the optional features."""

from collections.abc import Callable
from typing import Any

import pytest

from queueit import session_cookie
from queueit.session_cookie import VALID, Session
from tests.unit.queueit.feature_visits import CREDENTIALS, QUEUE_ID, Visit
from workbench.queue_token import mint_queue_token


@pytest.fixture
def visit(build: Any) -> Callable[..., Visit]:
    """Makes visits to /tickets, under one integration and some settings."""

    def make(
        *,
        integration: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        cookie: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        **request: Any,
    ) -> Visit:
        snapshot = build.snapshot(
            build.queue_integration(**(integration or {})), settings=settings, credentials=CREDENTIALS
        )
        if cookie:
            headers = (*headers, ("Cookie", f"{session_cookie.cookie_name('tickets')}={cookie}"))
        return Visit(snapshot, build.viewer_request(headers=headers, **request), build.now)

    return make


@pytest.fixture
def token(build: Any) -> Callable[..., str]:
    """Makes tokens of the waiting room, valid unless changed."""

    def make(**changes: Any) -> str:
        fields: dict[str, Any] = {"queue_id": QUEUE_ID, "expires_at": build.now + 180, **changes}
        event_id = fields.pop("event_id", "tickets")
        return mint_queue_token(fields.pop("secret_key", build.secret_key), event_id, **fields)

    return make


@pytest.fixture
def cookie(build: Any) -> Callable[..., str]:
    """Makes session cookies' values, valid unless changed."""

    def make(queue_id: str = QUEUE_ID, issued_at: int = build.now - 60, **changes: Any) -> str:
        session = Session(VALID, "tickets", queue_id, None, "queue")._replace(**changes)
        return session_cookie.issue(session, build.snapshot().keys, issued_at)

    return make
