"""Who is who among the requests: a number for each visitor, from 1."""

import re
from collections import OrderedDict
from urllib.parse import unquote

from workbench.local_edge.viewer_event import ViewerRequest

REMEMBERED = 5_000
"""How many visitors are told apart; the one not seen for longest is forgotten first."""

_QUEUE_IDS = (
    re.compile(r"(?:^|;\s*)QueueITAccepted-SDFrts345E-V3_[^=;]*=[^;]*?\bQueueId=([\w-]{1,64})"),
    re.compile(r"(?:^|;\s*)queue-place-[^=;]*=([\w-]{1,64})"),
)
_QUEUE_ID_OF_TOKEN = re.compile(r"[?&~]q_([\w-]{1,64})")


class Visitors:
    """Knows a visitor by the queue id of their session, token or place in line, else by address and browser.

    The first queue id that comes from an address and browser is that of the visitor who was seen there before they had
    one. Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._count = 0

    def number(self, request: ViewerRequest) -> int:
        """The number of the visitor who sent `request`."""
        agent = next((value for name, value in request.headers if name.lower() == "user-agent"), "")
        client = f"client {request.client_ip} {agent}"
        queue_id = _queue_id(request)
        if queue_id is None:
            return self._known(client) or self._new(client)
        visitor = f"queue id {queue_id}"
        if number := self._known(visitor):
            return number
        number = self._numbers.pop(client, None)
        return self._new(visitor, number)

    def _known(self, key: str) -> int | None:
        if key in self._numbers:
            self._numbers.move_to_end(key)
        return self._numbers.get(key)

    def _new(self, key: str, number: int | None = None) -> int:
        if number is None:
            self._count += 1
            number = self._count
        self._numbers[key] = number
        if len(self._numbers) > REMEMBERED:
            self._numbers.popitem(last=False)
        return number


def _queue_id(request: ViewerRequest) -> str | None:
    cookies = "; ".join(unquote(value) for name, value in request.headers if name.lower() == "cookie")
    token = _QUEUE_ID_OF_TOKEN.search(request.querystring) if "queueittoken=" in request.querystring else None
    for found in (_QUEUE_IDS[0].search(cookies), token, _QUEUE_IDS[1].search(cookies)):
        if found:
            return found[1]
    return None
