"""Requests for tests of the engine."""

from collections.abc import Mapping

from queueit.request import Request
from tests.builders import ADDRESS


def visit(
    url: str = "https://shop.example.com/tickets",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    cookie: str = "",
    client_ip: str = ADDRESS,
    body: str = "",
) -> Request:
    """A request for `url`; `headers` by lower-case name, `cookie` the Cookie header's value."""
    host, slash, rest = url.removeprefix("https://").partition("/")
    path, _, query = (slash + rest).partition("?")
    sent = {"cookie": cookie, **(headers or {})}
    return Request(
        method=method,
        host=host,
        path=path,
        query=query,
        client_ip=client_ip,
        header=lambda name: sent.get(name, ""),
        body=lambda: body,
    )
