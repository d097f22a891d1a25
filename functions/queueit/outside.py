"""What a decision may ask of the world outside (protocol sections 10 and 12): two services, and randomness.

The engine does no I/O. It makes a question, hands it through a door that its caller opened, and reads the answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from queueit.percent_encoding import encode_query_value

MAX_URL_LENGTH = 4096
MAX_HEADER_LENGTH = 1024
"""Of what a question repeats of the visitor's request, in characters; the rest is cut."""


class Question(NamedTuple):
    """A POST to a service: `service` is its setting's name, `timeout_ms` bounds all there is to wait for."""

    service: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout_ms: int

    def __repr__(self) -> str:
        return f"Question({self.service})"  # the headers hold a key


class Answer(NamedTuple):
    """What the service answered; status and body say nothing of who spoke."""

    status: int
    body: bytes


NOT_ASKED = Answer(0, b"")
"""In place of an answer when a defect of ours kept the question from being asked: no service answers so."""

Post = Callable[[Question], Answer | None]
"""Asks a service. None means a timeout, or no whole HTTP answer. It never raises."""


class Outside(NamedTuple):
    """The door: `new_uuid` gives a random UUID as text, another one each time."""

    post: Post
    new_uuid: Callable[[], str]


def question_url(template: str, values: Mapping[str, str]) -> str:
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


def header_value(text: str) -> str:
    """What of `text` can be sent in a header: visible ASCII and spaces, each other character as `?`, at most 1,024."""
    text = text[:MAX_HEADER_LENGTH]
    if text.isascii() and text.isprintable():
        return text
    return "".join([character if " " <= character <= "~" else "?" for character in text])


def json_body(fields: Mapping[str, str]) -> bytes:
    """The body of a question: a JSON object, ASCII for any text."""
    return json.dumps(fields).encode("ascii")


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that `body` is, an empty one for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
