"""Visitors: what they ask for, the genuine proofs that they hold, and what they forge of them."""

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from queueit.services import ServiceRequest, ServiceResponse, Services
from tests.builders import (
    ADDRESS,
    COOKIE_PREFIX,
    GUID,
    NOW,
    OTHER_KEY,
    Document,
    mac,
    queue_token,
    session_text,
    viewer_request_event,
)
from tests.fuzz.choices import Choices
from tests.fuzz.proofs import ADDRESSES, OFFICE, ROOMS, SESSION, TOKEN, Proof
from tests.fuzz.worlds import HOSTS, METHODS, PAGES, QUERIES, World
from tests.spelling import spelled

_PUT_IN = [
    "~", "_", "&", "=", "%", "%25", "%00", "/", ";", " ", "+", "\0", "\ud800", "é", "0", "9", "a", "~e_vip",
    "~ts_9999999999", "~rt_debug", "~cv_99999", "~h_", "&EventId=vip", "&FixedValidityMins=99999",
    "&RedirectType=queue", "&Hip=", "&Mac=",
]  # fmt: skip
_PIECES = [
    "%", "%2e", "%2F", "..", ".", "/", "//", ";", "#", "?", "\\", "\0", "\ud800", "%u002e", "%C0%AF", "a", "tickets",
    "vip", "free", "static", "%252e", "\u2028", "🎟", "%zz", ":", "@",
]  # fmt: skip
_DETOURS = ["/x/..;/", "/.%2f", "/%2e%2e/", "/y\\..\\"]
"""Ways from the root to the root. Many of them make more forms than are told apart."""

_NOISE: list[tuple[str, str]] = [
    ("x-queueit-connector", "akamai"),
    ("X-Queueit-Handover", "request-1 | ok | a=b"),
    ("x-queueit-failed", "true"),
    ("x-queueit-clientip", OFFICE),
    ("X-Forwarded-For", f"{OFFICE}, ~"),
    ("Accept", "application/json"),
    ("User-Agent", "a bot\ud800"),
    ("Cookie", "a=1"),
    ("Cookie", f"a=%zz; {COOKIE_PREFIX}vip; =; {COOKIE_PREFIX}tickets=;;"),
    ("x-queueit-ajaxpageurl", "https%3A%2F%2Fshop.example.com%2Ffree%2Fpage"),
    ("x-queueit-ajaxpageurl", "javascript:%zz"),
    ("x-queueittoken", "e_vip~h_"),
    ("Origin", "https://shop.example.com"),
    ("Access-Control-Request-Method", "GET"),
]
_MACS = ["0" * 64, mac(ADDRESS), mac("")]
_MAC = re.compile(r"[0-9a-f]{64}")
_FIELDS = re.compile(
    r"EventId=([^&]*)(?:&QueueId=([^&]*))?(?:&FixedValidityMins=([^&]*))?"
    r"&RedirectType=([^&]*)&IssueTime=([^&]*)(?:&Hip=([^&]*))?"
)


class Page(NamedTuple):
    """A page by its plain address; `is_plain` says whether that is how it was asked for."""

    host: str
    path: str
    query: str
    is_plain: bool


class Visitor(NamedTuple):
    """A visit: its event's parts, the page that its address spells if any, and the genuine proofs in it.

    `forgeries` counts the tokens and sessions in it that nobody signed as they stand.
    """

    host: str
    uri: str
    query: str
    headers: list[tuple[str, str]]
    method: str
    client_ip: str
    body: Document | None
    page: Page | None
    held: list[Proof]
    forgeries: int
    answer: ServiceResponse | None

    def event(self) -> Document:
        """CloudFront's event for it, another one each time."""
        return viewer_request_event(
            self.uri,
            self.query,
            host=self.host,
            headers=self.headers,
            method=self.method,
            client_ip=self.client_ip,
            body=self.body,
        )

    def services(self) -> Services:
        """Services that answer what was chosen, which lets nobody in."""

        def post(_request: ServiceRequest) -> ServiceResponse | None:
            return self.answer

        return Services(post, lambda: GUID)


def _cut_anew(choices: Choices, text: str) -> str:
    """A session whose fields, one after the other, are the same text, cut in other places."""
    match = _FIELDS.match(text)
    if match is None:
        return text
    fields = [field or "" for field in match.groups()]
    for _ in range(1 + choices.below(3)):
        place, length = choices.below(len(fields) - 1), 1 + choices.pick([0, 0, 1, 2, 35])
        if choices.once_in(2):
            fields[place : place + 2] = [
                fields[place] + fields[place + 1][:length],
                fields[place + 1][length:],
            ]
        else:
            kept, moved = fields[place][:-length], fields[place][-length:]
            fields[place : place + 2] = [kept, moved + fields[place + 1]]
    names = ["EventId", "QueueId", "FixedValidityMins", "RedirectType", "IssueTime", "Hip"]
    pairs = [
        f"{name}={value}"
        for name, value in zip(names, fields, strict=True)
        if value or name in ("EventId", "RedirectType", "IssueTime")
    ]
    return "&".join(pairs) + text[match.end() :]


def _with_other_hash(choices: Choices, text: str, other: str) -> str:
    """`text` with a MAC in it replaced by one that stands in `other`, or by another one of the account's."""
    places = [match.span() for match in _MAC.finditer(text)]
    macs = [*_MAC.findall(other), *_MACS]
    if not places:
        return text
    start, end = choices.pick(places)
    return str(text[:start] + choices.pick(macs) + text[end:])


def _forged(choices: Choices, proof: Proof, other: Proof) -> str:
    """A text that comes from a genuine one."""
    text = proof.text
    way = choices.below(8)
    if way == 0:
        return _cut_anew(choices, text)
    if way == 1:
        return _with_other_hash(choices, text, other.text)
    if way == 2:
        room = choices.pick(ROOMS)
        return text.replace(f"EventId={proof.room}", f"EventId={room}", 1).replace(
            f"e_{proof.room}", f"e_{room}", 1
        )
    if way == 3:
        return text.replace(str(proof.time), str(NOW + choices.pick([0, 30, 9_999, -30])), 1)
    if way == 4:  # fields of one, then all of the other
        between: str = choices.pick(["", "~", "&"])
        return text[: choices.below(len(text))] + between + other.text
    if way == 5:  # the whole signed by a key that is not the account's
        if proof.kind == TOKEN:
            return queue_token(proof.room, key=OTHER_KEY)
        return session_text(proof.room, key=OTHER_KEY)
    start = choices.below(len(text) + 1)
    end = start + choices.pick([0, 0, 1, 2, 5])
    return str(text[:start] + choices.pick(_PUT_IN) + text[end:])


def _escaped(choices: Choices, query: str) -> str:
    """`query` with some characters escaped that do not separate its fields."""
    often = choices.pick([2, 8])
    return "".join(
        [f"%{ord(one):02x}" if one not in "&=" and choices.once_in(often) else one for one in query]
    )


def _address(choices: Choices, host: str) -> tuple[str, str, Page | None]:
    """The path and the query string of a request, and the page that they spell."""
    path: str = choices.pick(PAGES)
    way = choices.below(16)
    query: str = choices.pick(QUERIES)
    sent_query = _escaped(choices, query) if query and choices.once_in(3) else query
    is_plain = sent_query == query and ":" not in host
    if way <= 11:
        return path, sent_query, Page(host, path, query, is_plain)
    page = Page(host, path, query, is_plain=False)
    if way <= 14:
        uri: str = spelled(path, choices.pick)
        return (uri if uri[0] == "/" else f"/{uri}"), sent_query, page
    if choices.once_in(64):
        uri = choices.pick(_DETOURS) * choices.pick([10, 40, 300]) + spelled(path, choices.pick)
        return uri, sent_query, page
    return "/" + "".join([choices.pick(_PIECES) for _ in range(choices.below(10))]), sent_query, None


_FORGED_PASS = json.dumps({"HasPassed": True, "QueueItToken": queue_token("vip", key=OTHER_KEY)}).encode()
_BODIES = [b"", b"{}", b"[", b'{"actionAllowed": false}', _FORGED_PASS, b'{"HasPassed": true}']
_ANSWERS = [None, *[ServiceResponse(status, body) for status in (200, 500, 400) for body in _BODIES]]


def _body(choices: Choices) -> Document | None:
    if choices.below(6):
        return None
    return {
        "inputTruncated": choices.once_in(2),
        "action": "read-only",
        "encoding": choices.pick(["base64", "text"]),
        "data": choices.pick(["", "b", "YWJj", "YQ", "\ud800", "é%"]),
    }


def visitor(world: World, given: Sequence[int], random: Random) -> tuple[Visitor, list[int]]:
    """A visitor of these choices to `world`, and all choices that made them."""
    choices = Choices(given, random)
    host = choices.pick(HOSTS)
    uri, page_query, page = _address(choices, host)
    proofs = [choices.pick(world.proofs) for _ in range(2 + choices.below(2))]
    shown = []
    for place, proof in enumerate(proofs):
        text = proof.text
        if choices.below(3):
            text = _forged(choices, proof, proofs[place - 1])
        if choices.below(4):
            shown.append((proof.kind, proof.room, text))
    query = [page_query] if page_query else []
    headers: list[tuple[str, str]] = [choices.pick(_NOISE) for _ in range(choices.pick([0, 0, 1, 2, 4]))]
    if page_query and choices.once_in(16):  # a parameter to an origin that splits at it
        query = [f"queueittoken=;{page_query}"]
    for kind, room, text in shown:
        written = quote(text, safe="", errors="replace")
        if kind == SESSION:
            name = room if choices.below(4) else choices.pick(ROOMS)
            headers.append(("Cookie", f"{COOKIE_PREFIX}{name}={written}"))
        elif choices.below(4):
            query.append(f"{choices.pick(['queueittoken', 'QueueItToken'])}={written}")
        else:
            headers.append(("x-queueittoken", text))
    held = [proof for proof in proofs if any(proof.is_meant(kind, text) for kind, _, text in shown)]
    forgeries = sum(not any(proof.is_meant(kind, text) for proof in proofs) for kind, _, text in shown)
    made = Visitor(
        host=host,
        uri=uri,
        query="&".join(query),
        headers=headers,
        method=choices.pick(METHODS),
        client_ip=choices.pick(ADDRESSES),
        body=_body(choices),
        page=page,
        held=held,
        forgeries=forgeries,
        answer=choices.pick(_ANSWERS),
    )
    return made, choices.taken


def summary(made: Visitor) -> dict[str, Any]:
    """What a report of a finding says of a visitor: all that repeats it."""
    return made._asdict() | {"answer": made.answer and made.answer._asdict()}
