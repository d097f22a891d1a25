"""Asks for a protected page in each way that might bypass the queue, and reports those that get a page."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from workbench.cli.site_checks import GOOD, PROBLEM, SKIPPED, Check, Unreachable

OPEN_FOLDERS = ("/static/", "/assets/", "/images/", "/api/")
"""Folders that often have a cache behavior of their own."""

_SHOWN = 3  # addresses named in a message
_PORTS = (80, 8443)
_CLIMBS = ("..%2F", "%2e%2e%2F", "../", "..%5C", "..;/", "%252e%252e%252F")
_PREFLIGHT = {"Origin": "https://queueit-doctor.invalid", "Access-Control-Request-Method": "GET"}

Ask = Callable[[str, str, dict[str, str]], requests.Response]
"""Sends a request (method, address byte for byte as written, headers); raises Unreachable without a response."""


class Ways(NamedTuple):
    """The page to ask for, and what the operator gave beside it; empty where nothing was given."""

    url: str
    own_domain: str = ""
    origin: str = ""
    folders: Sequence[str] = OPEN_FOLDERS


def spellings(path: str) -> list[str]:
    """Other spellings of the absolute `path` that some origins treat as the same."""
    rest = path[1:]
    first, slash, below = rest.partition("/")
    escaped = f"%{ord(rest[0]):02X}" if rest else ""
    found = [f"//{rest}", f"/.{path}", f"/x/..{path}", f"/x%2F..%2F{rest}", f"/%2e/{rest}", f"/x/..;/{rest}"]
    found += [
        f"\\{rest}",
        f"/%5C{rest}",
        f"/%2F{rest}",
        f"/x%23/..%2F{rest}",
        f"/;/{rest}",
        f"/a://../../{rest}",
    ]
    if rest:
        found += [f"/{escaped}{rest[1:]}", f"/%25{escaped[1:]}{rest[1:]}", f"/{first};x=1{slash}{below}"]
        found += [f"{path}{end}" for end in (";x", "%3Bx", "%23x", "%2523x", "%3Fx", "%00", "/x/..", "/.")]
    if below:
        found += [f"/{first}{between}{below}" for between in ("%2F", "%252F", "%5C", "//", "/./", "/x/../")]
    return [one if one.startswith("/") else f"/{one}" for one in dict.fromkeys(found) if one != path]


def _escaped(query: str) -> str:
    """`query`, percent-encoded except for the characters that separate its fields."""
    return "".join([one if one in "?&=%" or one.isalnum() else f"%{ord(one):02X}" for one in query])


def ways_past(ways: Ways, ask: Ask, is_sent_away: Callable[[requests.Response], bool]) -> Iterator[Check]:
    """A check for each way; `is_sent_away` says whether an answer leads to the waiting room."""
    parts = urlsplit(ways.url)
    site = f"{parts.scheme}://{parts.netloc}"
    path, query = parts.path or "/", f"?{parts.query}" if parts.query else ""

    def check(name: str, asked: list[tuple[str, str, dict[str, str]]], what: str, remedy: str) -> Check:
        found, answered = [], 0
        for method, url, headers in asked:
            try:
                answer = ask(method, url, headers)
            except Unreachable:
                continue
            answered += 1
            if 200 <= answer.status_code < 300 and answer.content and not is_sent_away(answer):
                found.append(f"{method} {url}")
        if not found:
            return Check(
                name,
                GOOD,
                f"{what} gets no page past the queue ({answered} of {len(asked)} requests got a response)",
            )
        named = ", ".join(found[:_SHOWN]) + (
            f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        )
        return Check(name, PROBLEM, f"{what} gets a page without queueing: {named}", remedy)

    addresses = [one + query for one in spellings(path)]
    if _escaped(query) != query:
        addresses.append(path + _escaped(query))
    yield check(
        "spellings",
        [("GET", site + one, {}) for one in addresses],
        "another spelling of the address",
        'set url_matching to "every_form"; replace Equals by Contains in triggers on PageUrl or PagePath; otherwise '
        "let the origin refuse such paths",
    )
    yield check(
        "behaviors",
        [
            ("GET", f"{site}{folder}{climb}{path[1:]}{query}", {})
            for folder in ways.folders
            for climb in _CLIMBS
        ],
        "a path through the folder of another cache behavior",
        "attach the pair to that behavior and to the default one too, or let the origin or a firewall refuse %2F, %5C, "
        "`;` and dot segments in paths: see docs/behaviors.md",
    )
    yield check(
        "port",
        [("GET", ways.url, {"Host": f"{parts.hostname}:{port}"}) for port in _PORTS],
        "the host name with a port",
        'set url_matching to "every_form"',
    )
    unseen = f"queueit-doctor={secrets.token_hex(8)}"
    yield check(
        "cache_miss",
        [("GET", f"{ways.url}{'&' if query else '?'}{unseen}", {})],
        "a query string that no cache has seen",
        "compare the PagePath: Equals on the PageUrl covers a single query string, and an exemption by PageUrl can be "
        "claimed for any page",
    )
    yield check(
        "options",
        [("OPTIONS", ways.url, {})],
        "an OPTIONS request",
        "remove OPTIONS from ignored_methods; preflights have a check of their own",
    )
    yield check(
        "preflight",
        [("OPTIONS", ways.url, dict(_PREFLIGHT))],
        "a CORS preflight, which anybody can send,",
        'let the origin answer OPTIONS without a body, or set preflight to "decide"',
    )
    if ways.own_domain:
        yield check(
            "own_domain",
            [("GET", f"{parts.scheme}://{ways.own_domain}{path}{query}", {})],
            "the distribution's own domain",
            'set own_domain to "queue", or let a trigger name that domain too',
        )
    else:
        yield Check(
            "own_domain",
            SKIPPED,
            "whether the distribution's own domain bypasses the queue was not checked",
            "give it with --own-domain, such as d111111abcdef8.cloudfront.net",
        )
    if ways.origin:
        origin = urlsplit(ways.origin)
        direct = f"{origin.scheme}://{origin.netloc}{path}{query}"
        yield check(
            "origin",
            [("GET", direct, {}), ("GET", direct, {"Host": parts.netloc})],
            "a request directly to the origin",
            "close the origin to everybody but CloudFront, by origin access control, a VPC origin, or a secret header "
            "that the distribution adds and the origin requires: see docs/security.md",
        )
    else:
        yield Check(
            "origin",
            SKIPPED,
            "whether the origin answers direct requests was not checked",
            "give its address with --origin, such as https://origin.example.com",
        )
