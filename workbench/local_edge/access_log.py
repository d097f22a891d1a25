"""A line a request in the combined log format, which Apache and nginx write and every log reader knows."""

import time
from typing import TextIO

from workbench.local_edge.request_log import EdgeEvent, Exchange

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class AccessLog:
    """Writes requests to a file as they end; it is an `observe` of the local edge."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __call__(self, event: EdgeEvent) -> None:
        """Write the line of a request; nothing for another event."""
        if isinstance(event, Exchange):
            self._file.write(access_line(event) + "\n")
            self._file.flush()


def access_line(exchange: Exchange) -> str:
    """The line, without its end; what is not known is a hyphen."""
    at = time.gmtime(exchange.at)
    moment = time.strftime(f"%d/{_MONTHS[at.tm_mon - 1]}/%Y:%H:%M:%S +0000", at)
    request = exchange.request
    client, line, referer, agent = "-", "-", "-", "-"
    if request:
        client = request.client_ip
        query = f"?{request.querystring}" if request.querystring else ""
        line = _quotable(f"{request.method} {request.uri}{query} HTTP/1.1")
        headers = {name.lower(): value for name, value in request.headers}
        referer = _quotable(headers.get("referer") or "-")
        agent = _quotable(headers.get("user-agent") or "-")
    size = exchange.size or "-"
    return f'{client} - - [{moment}] "{line}" {exchange.status} {size} "{referer}" "{agent}"'


def _quotable(text: str) -> str:
    """`text` without what would end the field or the line: escaped as nginx does."""
    return "".join(
        one
        if one.isascii() and one.isprintable() and one not in '"\\'
        else "".join(f"\\x{byte:02X}" for byte in one.encode("utf-8", "surrogateescape"))
        for one in text
    )
