"""Triggers compiled to functions: which requests an integration is for (protocol section 2)."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from queueit.request import Request, Url

Part = Callable[[Request, Url], bool]
"""A compiled trigger part; the URL is the request's own or its normalized form."""

_Value = Callable[[Request, Url], str]
_Test = Callable[[str], bool]

BODY_VALIDATOR = "RequestBodyValidator"

_URL_PARTS = {"HostName": "host", "PagePath": "path", "PageUrl": "text"}


def _never(_request: Request, _url: Url) -> bool:
    return False


def _nothing(_request: Request, _url: Url) -> str:
    return ""


def _url_value(part: dict[str, Any], upper: bool) -> _Value:
    attribute = _URL_PARTS.get(part.get("UrlPart") or "")
    if attribute is None:
        return _nothing
    get: Callable[[Url], str] = attrgetter(f"{attribute}_upper" if upper else attribute)
    return lambda _request, url: get(url)


def _cookie_value(part: dict[str, Any]) -> _Value:
    name = part.get("CookieName") or ""
    return (lambda request, _url: request.cookie(name)) if name else _nothing


def _header_value(part: dict[str, Any]) -> _Value:
    name = (part.get("HttpHeaderName") or "").lower()
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


def _equals(expected: str) -> _Test:
    return expected.__eq__


def _contains(expected: str) -> _Test:
    return lambda value: expected in value


def _any(expected: list[str]) -> _Test:
    return lambda value: any([one in value for one in expected])


def _comparison(part: dict[str, Any], upper: bool) -> tuple[_Test, bool] | None:
    """The test that the part's operator makes, and whether a non-empty value passes whatever IsNegative says."""

    def cased(text: str) -> str:
        return text.upper() if upper else text

    operator = part.get("Operator")
    expected = part.get("ValueToCompare") or ""
    if operator == "Equals":
        return _equals(cased(expected)), False
    if operator == "Contains":
        return _contains(cased(expected)), expected == "*"
    several = part.get("ValuesToCompare") or []
    if operator == "EqualsAny":
        return frozenset(map(cased, several)).__contains__, False
    if operator == "ContainsAny":
        if "*" in several:
            rest = _any([cased(one) for one in several])
            return (lambda value: bool(value) or rest(value)), False
        return _any([cased(one) for one in several]), False
    return None


def _compared(value: _Value, test: _Test, *, any_value: bool, negative: bool) -> Part:
    if any_value:
        return lambda request, url: bool(subject := value(request, url)) or test(subject) is not negative
    if negative:
        return lambda request, url: not test(value(request, url))
    return lambda request, url: test(value(request, url))


def _unless_cut(part: Part, body_if_cut: bool | None) -> Part:
    """`part`, which compares the body, with what it means for a body of which only the beginning is there."""
    if body_if_cut is None:
        return part
    return lambda request, url: body_if_cut if request.is_body_cut else part(request, url)


def compile_part(part: dict[str, Any], body_if_cut: bool | None = None) -> Part:
    """Compile one trigger part whose fields have been checked for their types.

    `body_if_cut` is what a comparison with the body gives when CloudFront has cut it; None compares what is there.
    """
    upper = bool(part.get("IsIgnoreCase"))
    comparison = _comparison(part, upper)
    validator = part.get("ValidatorType")
    if comparison is None or (validator != "UrlValidator" and validator not in _VALUES):
        return _never
    test, any_value = comparison
    negative = bool(part.get("IsNegative"))
    if validator == "UrlValidator":
        value = _url_value(part, upper)
    else:
        read = _VALUES[str(validator)](part)
        value = (lambda request, url: read(request, url).upper()) if upper else read
    compiled = _compared(value, test, any_value=any_value, negative=negative)
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


def compile_triggers(triggers: list[dict[str, Any]], body_if_cut: bool | None = None) -> Part:
    """Compile an integration's triggers: it is for a request that any of them matches. See `compile_part`."""
    compiled = []
    for trigger in triggers:
        parts = tuple([compile_part(part, body_if_cut) for part in trigger.get("TriggerParts") or []])
        if len(parts) == 1:
            compiled.append(parts[0])
        elif trigger.get("LogicalOperator") == "Or":
            compiled.append(_any_of(parts))
        else:
            compiled.append(_all_of(parts))
    if len(compiled) == 1:
        return compiled[0]
    return _any_of(tuple(compiled))


def compared_value(part: dict[str, Any]) -> Callable[[Request, Url], str] | None:
    """What reads the text that a part compares, as it was sent: to explain a match. None for an unknown validator."""
    validator = part.get("ValidatorType")
    if validator == "UrlValidator":
        return _url_value(part, upper=False)
    read = _VALUES.get(str(validator))
    return read(part) if read else None
