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
from tests.fuzz.worlds import HOSTS, METHODS, OFFICE, PAGES, ROOMS, World
from tests.spelling import spelled

TOKEN, SESSION = "token", "session"

_QUEUE_IDS = [GUID, GUID, GUID.upper(), "", "q1", "queue1"]
_VALIDITIES = ["", "", "3", "1", "99999"]
_TYPES = ["queue", "queue", "safetynet", "debug", "idle", "", "Queue", "mine"]
_ADDRESSES = [ADDRESS, ADDRESS, OFFICE, "2001:db8::1", ""]
_AGES = [0, 59, 61, 600, 1200, 1201, 90_000, -59, -61, -9_999]
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
_FIELDS = re.compile(
    r"EventId=([^&]*)(?:&QueueId=([^&]*))?(?:&FixedValidityMins=([^&]*))?"
    r"&RedirectType=([^&]*)&IssueTime=([^&]*)(?:&Hip=([^&]*))?"
)


class Proof(NamedTuple):
    """A token or session that one of the account's keys signed; times in Unix seconds, `validity` in minutes."""

    kind: str
    text: str
    room: str
    time: int
    validity: str
    address: str

    def is_meant(self, kind: str, text: str) -> bool:
        """Whether `text` says what this proof says: a room's case in a cookie and the hash's place say nothing."""
        if kind != self.kind:
            return False
        if kind == TOKEN:
            signed, _, proof = self.text.rpartition("~h_")
            return text == self.text or text.replace(f"~h_{proof}", "", 1) == signed
        end = len("EventId=") + len(self.room)
        return text[:end].lower() == self.text[:end].lower() and text[end:] == self.text[end:]

    def opens(self, rooms: Sequence[str], validity_minutes: int, client_ip: str) -> bool:
        """Whether it lets a visitor at `client_ip` into one of `rooms` now (protocol sections 3 and 4)."""
        if self.address and client_ip and self.address != client_ip:
            return False
        if self.kind == TOKEN:
            return self.room in rooms and self.time >= NOW
        minutes = int(self.validity or validity_minutes)
        is_young = NOW - 60 * minutes <= self.time <= NOW + 60
        return is_young and self.room.lower() in [room.lower() for room in rooms]


class Page(NamedTuple):
    """A page by its plain address."""

    host: str
    path: str
    query: str


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
        event = viewer_request_event(
            self.uri,
            self.query,
            headers=self.headers,
            method=self.method,
            client_ip=self.client_ip,
            body=self.body,
        )
        event["Records"][0]["cf"]["request"]["headers"]["host"] = [{"key": "Host", "value": self.host}]
        return event

    def services(self) -> Services:
        """Services that answer what was chosen, which lets nobody in."""

        def post(_request: ServiceRequest) -> ServiceResponse | None:
            return self.answer

        return Services(post, lambda: GUID)


def _proof(choices: Choices, keys: Sequence[str]) -> Proof:
    room, validity = choices.pick(ROOMS), choices.pick(_VALIDITIES)
    queue_id, redirect_type = choices.pick(_QUEUE_IDS), choices.pick(_TYPES)
    address, key = choices.pick(["", "", *_ADDRESSES]), choices.pick(keys)
    if choices.once_in(2):
        time = NOW + choices.pick([60, 60, 0, -1, 9_999])
        text = queue_token(
            room,
            queue_id=queue_id,
            expires_at=time,
            validity=validity,
            redirect_type=redirect_type,
            address=address,
            key=key,
            extra=choices.pick(["", "", "x_1", "e", "z_~"]),
        )
        return Proof(TOKEN, text, room, time, validity, address)
    time = NOW - choices.pick(_AGES)
    text = session_text(
        room,
        queue_id=queue_id,
        validity=validity,
        redirect_type=redirect_type.lower(),
        issued_at=time,
        address=address,
        key=key,
        with_mac=choices.once_in(2),
    )
    return Proof(SESSION, text, room, time, validity, address)


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
    places = [match.span() for match in re.finditer(r"[0-9a-f]{64}", text)]
    macs = [*re.findall(r"[0-9a-f]{64}", other), "0" * 64, mac(ADDRESS), mac("")]
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


def _address(choices: Choices, host: str) -> tuple[str, Page | None]:
    """The path of a request, and the page that it spells."""
    path: str = choices.pick(PAGES)
    way = choices.below(8)
    query = choices.pick(["", "", "a=1", "x=/vip/"])
    page = Page(host, path, query)
    if way <= 4:
        return path, page
    if way <= 6:
        uri: str = spelled(path, choices.pick)
        return (uri if uri[0] == "/" else f"/{uri}"), page
    if choices.once_in(64):
        return choices.pick(_DETOURS) * choices.pick([10, 40, 300]) + spelled(path, choices.pick), page
    return "/" + "".join([choices.pick(_PIECES) for _ in range(choices.below(10))]), None


def _answer(choices: Choices) -> ServiceResponse | None:
    forged = json.dumps({"HasPassed": True, "QueueItToken": queue_token("vip", key=OTHER_KEY)}).encode()
    bodies = [b"", b"{}", b"[", b'{"actionAllowed": false}', forged, b'{"HasPassed": true}']
    return choices.pick([None, *[ServiceResponse(status, body) for status in (200, 500, 400) for body in bodies]])  # type: ignore[no-any-return]  # fmt: skip


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
    uri, page = _address(choices, host)
    proofs = [_proof(choices, world.keys) for _ in range(2 + choices.below(2))]
    shown = []
    for place, proof in enumerate(proofs):
        text = proof.text
        if choices.below(3):
            text = _forged(choices, proof, proofs[place - 1])
        if choices.below(4):
            shown.append((proof.kind, proof.room, text))
    query = [page.query] if page and page.query else []
    headers: list[tuple[str, str]] = [choices.pick(_NOISE) for _ in range(choices.pick([0, 0, 1, 2, 4]))]
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
        client_ip=choices.pick(_ADDRESSES),
        body=_body(choices),
        page=page,
        held=held,
        forgeries=forgeries,
        answer=_answer(choices),
    )
    return made, choices.taken


def summary(made: Visitor) -> dict[str, Any]:
    """What a report of a finding says of a visitor: all that repeats it."""
    return made._asdict() | {"answer": made.answer and tuple(made.answer)}
