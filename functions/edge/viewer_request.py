"""Lambda@Edge's viewer-request function: decides what becomes of a visitor's request.

`handler` and `handler_fail_closed` differ in what a visitor gets whose request could not be decided on.
"""

from __future__ import annotations

import os

from edge.failure_mode import fail_closed, fail_open
from edge.worker import worker_from_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_worker = worker_from_environment(os.environ)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fails open: a visitor whose request could not be decided on gets the page."""
    return _worker.answer(event, context, fail_open)


def handler_fail_closed(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fails closed: a visitor whose request could not be decided on gets a 503 and may try again."""
    return _worker.answer(event, context, fail_closed)
