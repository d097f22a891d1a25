"""What the error pages say, by the error code in their address (protocol sections 3, 5 and 6)."""

from typing import NamedTuple


class ErrorText(NamedTuple):
    """A heading and a sentence or two for the visitor."""

    title: str
    text: str


_TEXTS = {
    "hash": ErrorText(
        "This link has been changed",
        "The pass in the link was altered on its way, or belongs to another site. "
        "It cannot be edited or put together by hand; you can get a new place in the line right here.",
    ),
    "timestamp": ErrorText(
        "Your pass has expired",
        "A pass out of the waiting room is good for a few minutes only, and this one was used later than that.",
    ),
    "eventid": ErrorText(
        "This pass is for another event",
        "You waited for a different event. Each event has a waiting room of its own.",
    ),
    "ip": ErrorText(
        "Your network has changed",
        "Your pass was issued to another internet connection. "
        "That happens when you switch between Wi-Fi and mobile data while waiting.",
    ),
    "qidlimit": ErrorText(
        "This place in the line has been used",
        "One place in the line is good for a number of visits, and these are used up.",
    ),
    "connector/sessionstate": ErrorText(
        "Your network has changed",
        "Your visit began on another internet connection. For your safety it cannot go on from this one.",
    ),
}

_OTHER = ErrorText("Something went wrong on your way in", "We could not let you in with the link you used.")


def error_text(code: str) -> ErrorText:
    """The text for `code`, which may hold slashes; a general one for an unknown code."""
    return _TEXTS.get(code.lower(), _OTHER)
