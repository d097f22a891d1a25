"""What a decision may ask for (protocol sections 10 and 12): two services, and randomness.

The engine does no I/O. It makes a request, has its caller send it, and reads the response. Nothing that a visitor wrote
is in a request as free text, so that nobody can provoke a failure, of a firewall say, that lets them in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from queueit.light_typing import Struct
from queueit.percent_encoding import encode_query_value, replace_lone_surrogates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_URL_LENGTH = 4096
MAX_HEADER_LENGTH = 1024
"""Of what a request repeats of the visitor's own, in characters; the rest is cut."""

_NOT_IN_A_USER_AGENT = re.compile(r"[^A-Za-z0-9 ._\-/();:,+]")


class ServiceRequest(Struct):
    """A POST to a service: `service` is its setting's name, `timeout_ms` bounds all there is to wait for."""

    service: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout_ms: int

    def __repr__(self) -> str:
        return f"ServiceRequest({self.service})"  # the headers hold a key


class ServiceResponse(Struct):
    """What came back; status and body say nothing of who sent it."""

    status: int
    body: bytes


NOT_SENT = ServiceResponse(0, b"")
"""In place of a response when a defect of ours kept the request from being sent: no service has this status."""

Post = Callable[[ServiceRequest], ServiceResponse | None]
"""Sends a request. None means a timeout, or no whole HTTP answer. It never raises."""


class Services(Struct):
    """How to reach the services; `new_uuid` gives a random UUID as text, another one each time."""

    post: Post
    new_uuid: Callable[[], str]


def service_url(template: str, values: Mapping[str, str]) -> str:
    """`template` with each `{name}` replaced by that value, percent-encoded; what it does not place joins the query."""
    url = template
    rest = []
    for name, value in values.items():
        place = f"{{{name}}}"
        encoded = encode_query_value(value)
        if place in template:
            url = url.replace(place, encoded)
        else:
            rest.append(f"{name}={encoded}")
    if not rest:
        return url
    return url + ("&" if "?" in url else "?") + "&".join(rest)


def sent_url(url: str, max_length: int = MAX_URL_LENGTH) -> str:
    """A URL of the visitor's as services get it: percent-encoded whole, at most `max_length` characters."""
    cut = encode_query_value(replace_lone_surrogates(url[:max_length]))[:max_length]
    return cut[: cut.rfind("%")] if "%" in cut[-2:] else cut


def sent_user_agent(text: str) -> str:
    """What of a user agent services get: letters, digits, spaces and `._-/();:,+`, at most 1,024 characters."""
    return _NOT_IN_A_USER_AGENT.sub("", text[:MAX_HEADER_LENGTH])


def json_body(fields: Mapping[str, str]) -> bytes:
    """The body of a request: a JSON object, ASCII for any text."""
    return json.dumps(fields).encode("ascii")


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that `body` is, an empty one for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
