"""The dimensions that generated cases have to reach; the report counts the cases of each."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from tests.conformance.case_generator import COOKIE_PREFIX, EXPECTED_VALUES, Case, Group, trigger_parts
from tests.conformance.session_grammar import decode

_Document = dict[str, Any]
_Found = Callable[[Group, Case, _Document | None], bool]
"""Whether a case reaches a dimension; the document is the integration that it is for, None for none."""

_HMAC_BLOCK_BYTES = 64
_ODD_NUMBER = re.compile(r"[+\-\s]|[0-9][^0-9]|\A[^0-9]|\A\Z|\A0[0-9]")
_VALIDATORS = tuple(EXPECTED_VALUES)
_OPERATORS = ("Equals", "Contains", "EqualsAny", "ContainsAny")
_JAVASCRIPT_NAMES = ("constructor", "__proto__", "tostring")


def _request(case: Case) -> _Document:
    request: _Document = case.event["Records"][0]["cf"]["request"]
    return request


def _lines(case: Case, name: str) -> list[str]:
    return [line["value"] for line in _request(case)["headers"].get(name, [])]


def _pairs(case: Case) -> list[tuple[str, str]]:
    """Name and value of each cookie as sent, with the white space around them."""
    pairs = [pair.partition("=") for line in _lines(case, "cookie") for pair in line.split(";")]
    return [(name, value) for name, equals, value in pairs if equals]


def _token_fields(case: Case, name: str) -> Iterator[str]:
    """The values of a field in the tokens of the request."""
    segments = _request(case)["querystring"].split("&")
    tokens = [
        decode(one.partition("=")[2]) or "" for one in segments if one.lower().startswith("queueittoken=")
    ]
    for token in [*tokens, *_lines(case, "x-queueittoken")]:
        for field in token.split("~"):
            key, _, value = field.partition("_")
            if key == name and "_" not in value:
                yield value


def _rooms(integration: _Document | None) -> list[str]:
    one = integration or {}
    return [one.get("EventId") or "", *(one.get("InvolvedWaitingRoomIds") or [])]


def _has_header(found: Callable[[str, list[_Document]], bool]) -> _Found:
    def reached(_group: Group, case: Case, _matched: _Document | None) -> bool:
        return any(found(name, lines) for name, lines in _request(case)["headers"].items())

    return reached


def _has_cookie(found: Callable[[str, str], bool]) -> _Found:
    return lambda _group, case, _matched: any(found(name, value) for name, value in _pairs(case))


def _has_part(found: Callable[[_Document], bool]) -> _Found:
    return lambda group, _case, _matched: any(found(part) for _, part in trigger_parts(group.config))


def _matched_has(found: Callable[[_Document], bool]) -> _Found:
    return lambda _group, _case, matched: matched is not None and found(matched)


def _asks_with_limit(found: Callable[[int], bool]) -> _Found:
    def reached(group: Group, _case: Case, matched: _Document | None) -> bool:
        limit = (matched or {}).get("QueueIdUsageLimit")
        return "verify" in group.settings and limit is not None and found(limit)

    return reached


def _text_of(name: str, usual: str) -> _Found:
    """The integration's text is not of the usual characters."""
    pattern = re.compile(usual)
    return _matched_has(lambda one: not pattern.fullmatch(one.get(name) or ""))


def _address(found: Callable[[str], bool]) -> _Found:
    return lambda _group, case, _matched: found(_request(case)["clientIp"])


def _method(found: Callable[[str], bool]) -> _Found:
    return lambda _group, case, _matched: found(_request(case)["method"])


def _query(found: Callable[[str], bool]) -> _Found:
    return lambda _group, case, _matched: found(_request(case)["querystring"])


def _field(name: str, found: Callable[[str], bool]) -> _Found:
    return lambda _group, case, _matched: any(map(found, _token_fields(case, name)))


def _other_case(known: tuple[str, ...]) -> Callable[[Any], bool]:
    lower = [word.lower() for word in known]
    return lambda word: isinstance(word, str) and word not in known and word.lower() in lower


def _cookie_twice(_group: Group, case: Case, _matched: _Document | None) -> bool:
    names = [name.strip() for name, _ in _pairs(case)]
    return len({*names}) < len(names)


def _logic(found: Callable[[Any], bool]) -> _Found:
    def reached(group: Group, _case: Case, _matched: _Document | None) -> bool:
        return any(
            found(trigger.get("LogicalOperator"))
            for integration in group.config["Integrations"]
            for trigger in integration.get("Triggers") or []
        )

    return reached


def _rooms_of_other_case(group: Group, case: Case, matched: _Document | None) -> bool:
    rooms = _rooms(matched)
    sent = [name.strip().removeprefix(COOKIE_PREFIX) for name, _ in _pairs(case)]
    several = [*rooms, *[room for room in sent if room.lower() in [one.lower() for one in rooms]]]
    return len({room.lower() for room in several}) < len({*several})


def _of_year(text: str) -> bool:
    return text in ("253402300799", "253402300800", "32503680000", "0", "-62135596800")


DIMENSIONS: dict[str, _Found] = {
    "several lines of a header": _has_header(lambda name, lines: name != "cookie" and len(lines) > 1),
    "a header line without a value": _has_header(lambda _, lines: any(not line["value"] for line in lines)),
    "a header name in odd case": _has_header(
        lambda name, lines: any(line["key"] in (name.upper(), name.title().swapcase()) for line in lines)
    ),
    "a header trigger on a name in odd case": _has_part(
        lambda part: (part.get("HttpHeaderName") or "").title().swapcase() == (part.get("HttpHeaderName") or " ")
    ),
    "a header trigger on a name that JavaScript knows": _has_part(
        lambda part: (part.get("HttpHeaderName") or "").lower() in _JAVASCRIPT_NAMES
    ),
    "a cookie twice": _cookie_twice,
    "a quoted cookie": _has_cookie(lambda _, value: value.strip().startswith('"')),
    "a cookie whose value has =": _has_cookie(lambda _, value: "=" in value),
    "a tab beside a cookie's name or value": _has_cookie(lambda name, value: "\t" in name + value),
    "a room in other case": _rooms_of_other_case,
    "more than three rooms": _matched_has(lambda one: len({*_rooms(one)}) > 3),
    "a room twice": _matched_has(lambda one: len({*_rooms(one)}) < len(_rooms(one))),
    "a usage limit of 0": _asks_with_limit(lambda limit: limit == 0),
    "a negative usage limit": _asks_with_limit(lambda limit: limit < 0),
    "a huge usage limit": _asks_with_limit(lambda limit: limit > 2**31),
    "a validator in other case": _has_part(lambda part: _other_case(_VALIDATORS)(part.get("ValidatorType"))),
    "an unknown validator": _has_part(lambda part: (part.get("ValidatorType") or "") not in ("", *_VALIDATORS)),
    "no validator": _has_part(lambda part: part.get("ValidatorType") is None),
    "an operator in other case": _has_part(lambda part: _other_case(_OPERATORS)(part.get("Operator"))),
    "an unknown operator": _has_part(lambda part: (part.get("Operator") or "") not in ("", *_OPERATORS)),
    "no operator": _has_part(lambda part: part.get("Operator") is None),
    "a logic word in other case": _logic(_other_case(("And", "Or"))),
    "no logic word": _logic(lambda word: word is None),
    "no ActionType": _matched_has(lambda one: one.get("ActionType") is None),
    "no Name": _matched_has(lambda one: one.get("Name") is None),
    "no Triggers": lambda group, _case, _matched: any(
        one.get("Triggers") is None for one in group.config["Integrations"]
    ),
    "no EventId": _matched_has(lambda one: not one.get("EventId")),
    "no QueueDomain": _matched_has(lambda one: not one.get("QueueDomain")),
    "an odd QueueDomain": _text_of("QueueDomain", r"[a-z.\-]*"),
    "an odd QueuePathPrefix": _text_of("QueuePathPrefix", r"/?([a-z]+(/[a-z]+)*/?)?"),
    "an odd CookieDomain": _text_of("CookieDomain", r"(\.?[a-z]+(\.[a-z]+)+)?"),
    "an odd Culture": _text_of("Culture", r"([a-z]{2}-[A-Za-z]+)?"),
    "an odd LayoutName": _text_of("LayoutName", r"[A-Za-z ]*"),
    "an old spelling of ForcedTargetUrl": _matched_has(lambda one: one.get("RedirectLogic") == "ForecedTargetUrl"),
    "a key longer than an HMAC block": lambda group, _case, _matched: (
        len(group.secret_key.encode()) > _HMAC_BLOCK_BYTES
    ),
    "an empty address": _address(lambda address: not address),
    "a mapped address": _address(lambda address: address.startswith("::ffff:")),
    "an address with a scope": _address(lambda address: "%" in address),
    "a method in lower case": _method(lambda method: bool(method) and method == method.lower()),
    "TRACE": _method(lambda method: method == "TRACE"),
    "an empty method": _method(lambda method: not method),
    "; in a query": _query(lambda query: ";" in query),
    "+ in a query": _query(lambda query: "+" in query),
    "double encoding in a query": _query(lambda query: "%25" in query),
    "an encoded parameter name": _query(
        lambda query: any("%" in one.partition("=")[0] for one in query.split("&"))
    ),
    "an encoded name that decodes to the token's": _query(
        lambda query: any(
            "%" in name and unquote(name).lower() == "queueittoken"
            for name in [one.partition("=")[0] for one in query.split("&")]
        )
    ),
    "a token's ts that is no plain number": _field("ts", lambda text: bool(_ODD_NUMBER.search(text))),
    "a token's ts at 2^31": _field("ts", lambda text: text in (str(2**31), str(2**31 - 1), str(2**32))),
    "a token's ts at a bound of the calendar": _field("ts", _of_year),
    "a token's cv that is no plain number": _field("cv", lambda text: bool(_ODD_NUMBER.search(text))),
    "a token's cv at 2^31": _field("cv", lambda text: text in (str(2**31), str(2**31 - 1), str(2**32))),
    "a token's cv at a year": _field("cv", lambda text: text in ("525600", "527040", "525601")),
    "the sixth integration or a later one": lambda group, _case, matched: (
        matched is not None and matched in group.config["Integrations"][5:]
    ),
}  # fmt: skip


def dimensions_of(group: Group, case: Case, place: int | None) -> list[str]:
    """The names of the dimensions that a case reaches; `place` is that of the integration it is for."""
    matched = None if place is None else group.config["Integrations"][place]
    return [name for name, reached in DIMENSIONS.items() if reached(group, case, matched)]
