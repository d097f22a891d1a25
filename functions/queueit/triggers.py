"""Triggers compiled to functions: which requests an integration is for (protocol section 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from operator import attrgetter

from queueit.url_forms import HOST_LIKE, Url, fold_host, fold_origin, is_resolved, split_origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from queueit.request import Request

Part = Callable[["Request", Url], bool]
"""A compiled trigger part; the URL is one form of the request's own."""

_Value = Callable[["Request", Url], str]
_Test = Callable[[str], bool]


class Reading(Enum):
    """What the URL of a request may be, beside what was sent (section 9).

    On the distribution's own domain a request may be for any site behind it: a Queue integration matches if it would
    for some host, an Ignore only if it does as sent and for every host. A URL with too many forms may be any page.
    """

    AS_SENT = "as sent"
    SOME_HOST = "some host"
    EVERY_HOST = "every host"
    SOME_PAGE = "some page"


BODY_VALIDATOR = "RequestBodyValidator"

CLIENT_IP_HEADER = "x-queueit-clientip"
"""A header part of this name compares the client's address; no header is read."""

_URL_PARTS = {"HostName": "host", "PagePath": "path", "PageUrl": "text"}


def _never(_request: Request, _url: Url) -> bool:
    return False


def _always(_request: Request, _url: Url) -> bool:
    return True


def _nothing(_request: Request, _url: Url) -> str:
    return ""


def _cookie_value(part: dict[str, Any]) -> _Value:
    name = part.get("CookieName") or ""
    return (lambda request, _url: request.cookie(name)) if name else _nothing


def _header_value(part: dict[str, Any]) -> _Value:
    name = (part.get("HttpHeaderName") or "").lower()
    if name == CLIENT_IP_HEADER:
        return lambda request, _url: request.client_ip
    return (lambda request, _url: request.header(name)) if name else _nothing


def _user_agent_value(_part: dict[str, Any]) -> _Value:
    return lambda request, _url: request.header("user-agent")


def _body_value(_part: dict[str, Any]) -> _Value:
    return lambda request, _url: request.body


_VALUES: dict[str, Callable[[dict[str, Any]], _Value]] = {
    "CookieValidator": _cookie_value,
    "HttpHeaderValidator": _header_value,
    "UserAgentValidator": _user_agent_value,
    BODY_VALIDATOR: _body_value,
}


class _Comparison:
    """What a part compares with and how: `is_exact` for the whole value, else for any place in it.

    `takes_anything` says whether a non-empty value passes whatever IsNegative says,
    `hits_anything` whether it is a hit.
    """

    def __init__(self, part: dict[str, Any], fold: Callable[[str], str] = str) -> None:
        operator = part.get("Operator")
        self.is_known = operator in ("Equals", "Contains", "EqualsAny", "ContainsAny")
        self.is_exact = operator in ("Equals", "EqualsAny")
        self.is_upper = bool(part.get("IsIgnoreCase"))
        self.is_negative = bool(part.get("IsNegative"))
        several = operator in ("EqualsAny", "ContainsAny")
        values = (part.get("ValuesToCompare") or []) if several else [part.get("ValueToCompare") or ""]
        self.takes_anything = operator == "Contains" and "*" in values
        self.hits_anything = operator == "ContainsAny" and "*" in values
        self.values = [fold(value) or value for value in values]

    def test(self, *changes: Callable[[str], str]) -> _Test:
        """Whether a value, upper-cased if `is_upper`, hits one of the values, each as any of `changes` makes it."""
        values = list(dict.fromkeys([change(value) for value in self.values for change in changes or (str,)]))
        if self.is_upper:
            values = [value.upper() for value in values]
        if len(values) == 1 and not self.hits_anything:
            (expected,) = values
            return expected.__eq__ if self.is_exact else lambda value: expected in value
        if self.is_exact:
            return frozenset(values).__contains__
        if self.hits_anything:
            return lambda value: bool(value) or any([one in value for one in values])
        return lambda value: any([one in value for one in values])


def _compared(comparison: _Comparison, value: _Value, hits: Part) -> Part:
    """`hits` with what the part's IsNegative and `*` make of it."""
    if comparison.takes_anything:
        negative = comparison.is_negative
        return lambda request, url: bool(value(request, url)) or hits(request, url) is not negative
    if comparison.is_negative:
        return lambda request, url: not hits(request, url)
    return hits


def _unless_cut(part: Part, body_if_cut: bool | None) -> Part:
    """`part`, which compares the body, with what it means for a body of which only the beginning is there."""
    if body_if_cut is None:
        return part
    return lambda request, url: body_if_cut if request.is_body_cut else part(request, url)


def _cased(attribute: str, comparison: _Comparison) -> Callable[[Url], str]:
    get: Callable[[Url], str] = attrgetter(f"{attribute}_upper" if comparison.is_upper else attribute)
    return get


def _host_part(part: dict[str, Any], reading: Reading) -> Part:
    comparison = _Comparison(part, fold_host)
    get, test = _cased("host", comparison), comparison.test()
    if reading is Reading.AS_SENT or comparison.takes_anything or comparison.hits_anything:
        return _compared(comparison, lambda _request, url: get(url), lambda _request, url: test(get(url)))
    negative = comparison.is_negative
    if reading is Reading.SOME_HOST:  # as sent only where a value names this host
        return lambda _request, url: not negative or not test(get(url))
    return _never if negative else lambda _request, url: test(get(url))


def _hits(comparison: _Comparison, get: Callable[[Url], str]) -> Part:
    """Whether what `get` reads of a form hits one of the values, which are treated like the form."""
    test = comparison.test()
    if not any(map(is_resolved, comparison.values)):
        return lambda _request, url: test(get(url))
    tests: dict[Any, _Test] = {None: test}

    def hits(_request: Request, url: Url) -> bool:
        resolution = url.resolution
        found = tests.get(resolution)
        if found is None:
            assert resolution  # noqa: S101  # None is in tests
            found = tests[resolution] = comparison.test(resolution.value, resolution.value_in_query)
        return found(get(url))

    return hits


def _url_part(part: dict[str, Any], attribute: str) -> Part:
    """A part on the path or the whole URL."""
    comparison = _Comparison(part, fold_origin if attribute == "text" else str)
    get = _cased(attribute, comparison)
    return _compared(comparison, lambda _request, url: get(url), _hits(comparison, get))


def without_origin(value: str, is_exact: bool) -> str | None:
    """What a value compared with a PageUrl asks for behind scheme and authority, None where that cannot be said.

    A text may begin within the scheme or the authority, and one that looks like a host may be all of the authority.
    """
    start, scheme, authority, rest = split_origin(value)
    after = "" if rest.startswith("#") else rest  # which may be cut
    if is_exact:
        return (after or "/") if scheme else None
    is_origin = start or rest.startswith(("/", "#")) or re.fullmatch(HOST_LIKE, authority)
    return after if is_origin else value


def _page_url_part(part: dict[str, Any], reading: Reading) -> Part:
    as_sent = _url_part(part, "text")
    comparison = _Comparison(part)
    if reading is Reading.AS_SENT or comparison.takes_anything or comparison.hits_anything:
        return as_sent
    behind_host = _Comparison(part)
    values = [without_origin(value, comparison.is_exact) for value in comparison.values]
    behind_host.values = [value for value in values if value is not None]
    get = _cased("after_host", comparison)
    surely, may_hit = _hits(comparison, get), _hits(behind_host, get)  # whatever the host, and with some host
    if reading is Reading.SOME_HOST:
        if not comparison.is_negative:
            return lambda request, url: may_hit(request, url) or as_sent(request, url)
        return _always if comparison.is_exact else lambda request, url: not surely(request, url)
    if comparison.is_negative:
        return lambda request, url: as_sent(request, url) and not may_hit(request, url)
    return as_sent


def compile_part(
    part: dict[str, Any], body_if_cut: bool | None = None, reading: Reading = Reading.AS_SENT
) -> Part:
    """Compile one trigger part whose fields have been checked for their types.

    `body_if_cut` is what a comparison with the body gives when CloudFront has cut it; None compares what is there.
    """
    comparison = _Comparison(part)
    validator = part.get("ValidatorType")
    if not comparison.is_known:
        return _never
    if validator == "UrlValidator":
        if reading is Reading.SOME_PAGE:
            return _always
        attribute = _URL_PARTS.get(part.get("UrlPart") or "")
        if attribute == "host":
            return _host_part(part, reading)
        if attribute == "text":
            return _page_url_part(part, reading)
        if attribute == "path":
            return _url_part(part, attribute)
        read: _Value = _nothing
    elif validator in _VALUES:
        read = _VALUES[str(validator)](part)
    else:
        return _never
    test = comparison.test()
    value: _Value = (lambda request, url: read(request, url).upper()) if comparison.is_upper else read
    compiled = _compared(comparison, value, lambda request, url: test(value(request, url)))
    return _unless_cut(compiled, body_if_cut) if validator == BODY_VALIDATOR else compiled


def _all_of(parts: tuple[Part, ...]) -> Part:
    def matches(request: Request, url: Url) -> bool:
        for part in parts:
            if not part(request, url):
                return False
        return True

    return matches


def _any_of(parts: tuple[Part, ...]) -> Part:
    def matches(request: Request, url: Url) -> bool:
        for part in parts:
            if part(request, url):
                return True
        return False

    return matches


def compile_triggers(
    triggers: list[dict[str, Any]], body_if_cut: bool | None = None, reading: Reading = Reading.AS_SENT
) -> Part:
    """Compile an integration's triggers: it is for a request that any of them matches. See `compile_part`."""
    compiled = []
    for trigger in triggers:
        parts = [compile_part(part, body_if_cut, reading) for part in trigger.get("TriggerParts") or []]
        if len(parts) == 1:
            compiled.append(parts[0])
        elif trigger.get("LogicalOperator") == "Or":
            compiled.append(_any_of(tuple(parts)))
        else:
            compiled.append(_all_of(tuple(parts)))
    if len(compiled) == 1:
        return compiled[0]
    return _any_of(tuple(compiled))


def compared_value(part: dict[str, Any]) -> _Value | None:
    """What reads the text that a part compares, as it was sent: to explain a match. None for an unknown validator."""
    validator = part.get("ValidatorType")
    if validator == "UrlValidator":
        attribute = _URL_PARTS.get(part.get("UrlPart") or "")
        return (lambda _request, url: str(getattr(url, attribute))) if attribute else _nothing
    read = _VALUES.get(str(validator))
    return read(part) if read else None
