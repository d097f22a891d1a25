"""Visits with the optional features on, and fake services that answer what a test tells them to."""

import json
from typing import Any, NamedTuple

from edge.cloudfront_event import to_request
from queueit.decision import decide
from queueit.outcome import Decision
from queueit.services import ServiceRequest, ServiceResponse, Services
from queueit.snapshot import Snapshot
from tests.builders import (
    NOW,
    SECRET_KEY,
    compiled_snapshot,
    cookie_header,
    queue_integration,
    session_pair,
    viewer_request_event,
)

CREDENTIALS = {
    "secret_key": SECRET_KEY,
    "api_key": "not-a-real-api-key",
    "proxy_key": "not-a-real-proxy-key",
}
UUIDS = ("0f1e2d3c-4b5a-4678-8f9e-0a1b2c3d4e5f", "7c6b5a49-3827-4166-9504-f3e2d1c0b9a8")


class Visit(NamedTuple):
    """A visitor's request as the tests describe it."""

    snapshot: Snapshot
    event: dict[str, Any]
    now: float

    def decide(self, services: Services | None = None) -> Decision:
        return decide(
            self.snapshot, to_request(self.event["Records"][0]["cf"]["request"]), self.now, services
        )


def feature_visit(
    *,
    integration: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    cookie: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    **request: Any,
) -> Visit:
    """A visit to /tickets, in a session or not; `cookie` is what its cookie says, decoded."""
    snapshot = compiled_snapshot(
        queue_integration(**(integration or {})), settings=settings, keys=CREDENTIALS
    )
    if cookie:
        headers = (*headers, *cookie_header(session_pair(text=cookie)))
    return Visit(snapshot, viewer_request_event(headers=headers, **request), NOW)


def answer(document: Any, status: int = 200) -> ServiceResponse:
    """An answer with a JSON document."""
    return ServiceResponse(status, json.dumps(document).encode())


class FakeServices:
    """Answers every request with `answer`, and keeps the requests."""

    def __init__(self, answer: ServiceResponse | None = None) -> None:
        self.answer = answer
        self.requests: list[ServiceRequest] = []
        self._uuids = iter(UUIDS)
        self.services = Services(self._post, lambda: next(self._uuids))

    def _post(self, question: ServiceRequest) -> ServiceResponse | None:
        self.requests.append(question)
        return self.answer

    @property
    def fields(self) -> dict[str, Any]:
        """The body of the one request."""
        (question,) = self.requests
        fields: dict[str, Any] = json.loads(question.body)
        return fields
