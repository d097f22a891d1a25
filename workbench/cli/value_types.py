"""Types of values on the command line; each refuses a wrong value with what to write instead."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import click

_ADDRESS = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<host>[^/?#]*)", re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]*))?")
_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
_CUSTOMER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_EXAMPLE = "https://shop.example.com/tickets"


def url_problem(text: str, *, needs_scheme: bool) -> str:
    """Why `text` is not the address of a page, as a clause that says what to write; empty when it is."""
    if not text.isprintable() or " " in text:
        return f"has a space or a control character; percent-encode it, as in {_EXAMPLE}"
    found = _ADDRESS.match(text)
    scheme, host = (found["scheme"], found["host"]) if found else (None, "")
    if scheme is None and (needs_scheme or not host):
        return f"is not an address; write one such as {_EXAMPLE}"
    if scheme is not None and scheme.lower() not in ("http", "https"):
        return f"has the scheme {scheme}; write one such as {_EXAMPLE}"
    return host_problem(host)


def host_problem(host: str) -> str:
    """Why `host`, perhaps with a port, is not a host, as a clause; empty when it is."""
    if not host:
        return f"needs a host; write one such as {_EXAMPLE}"
    if "@" in host:
        return "has a user name before its host; leave it out"
    if not host.isascii():
        return "has a host that is not ASCII; write it as browsers send it, in Punycode (xn--…)"
    found = _HOST.fullmatch(host)
    if not found:
        return f'has the host "{host}", which is not possible; write one such as {_EXAMPLE}'
    if found["port"] is not None and not 1 <= int(found["port"][:6] or 0) <= 65535:
        return f'has the port "{found["port"][:20]}"; a port is a number from 1 to 65535'
    return ""


def customer_id_problem(text: str) -> str:
    """Why this cannot be the id of an account, as a clause; empty when it can."""
    return "" if _CUSTOMER_ID.fullmatch(text) else "cannot be a customer id"


def _room_problem(text: str) -> str:
    from queueit.cookies import COOKIE_NAME

    return "" if COOKIE_NAME.fullmatch(text) else "cannot be a waiting room's id"


def _ip_problem(text: str) -> str:
    try:
        ip_address(text)
    except ValueError:
        return "is not an IP address; write one such as 203.0.113.7"
    return ""


class Checked(click.ParamType[str]):
    """A text in which `problem` finds nothing wrong; it returns a clause, empty when all is well."""

    def __init__(self, name: str, problem: Callable[[str], str]) -> None:
        self.name = name
        self.problem = problem

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """`value` itself; the empty text means no value where it is the default. Fails where there is a problem."""
        is_none = not value and param is not None and param.default == ""
        if not is_none and (problem := self.problem(value)):
            self.fail(f'"{value}" {problem}', param, ctx)
        return str(value)


PAGE_URL = Checked("url", lambda text: url_problem(text, needs_scheme=False))
"""A page's address as a visitor asks for it; the scheme may be left out."""
SITE_URL = Checked("url", lambda text: url_problem(text, needs_scheme=True))
"""An address to send a request to."""
DOMAIN = Checked("domain", host_problem)
"""A host name, perhaps with a port."""
IP_ADDRESS = Checked("address", _ip_problem)
METHOD = Checked(
    "method", lambda text: "" if _METHOD.fullmatch(text) else "is not an HTTP method; write one such as POST"
)
WAITING_ROOM = Checked("event", _room_problem)
