"""What an answer of viewer-request means for the visitor."""

import re
from typing import Any
from urllib.parse import unquote


def is_pass(result: dict[str, Any]) -> bool:
    return "status" not in result


def is_to_the_waiting_room(result: dict[str, Any]) -> bool:
    """Whether an answer sends the visitor to the platform: the queue, an error page or the one of diagnostics."""
    headers = result["headers"]
    if "location" in headers:
        url = headers["location"][0]["value"]
    else:
        url = unquote(headers["x-queueit-redirect"][0]["value"])
    return re.match(r"https://example\.(api2\.)?queue-it\.net/", url) is not None
