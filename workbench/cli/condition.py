"""What trigger parts mean, as logic: what never or always holds, and what follows from what.

The engine's compiled parts only answer for one request; here we reason about all requests at once. Everything is
cautious: `never`, `always` and `implies` are only said where they are sure.
"""

from typing import Any, Final, NamedTuple

_URL_PARTS: Final = {"HostName": "host", "PagePath": "path", "PageUrl": "url"}
_OPERATORS: Final = {
    "Equals": (True, False),
    "EqualsAny": (True, True),
    "Contains": (False, False),
    "ContainsAny": (False, True),
}
_URL_SUBJECTS: Final = frozenset(_URL_PARTS.values())
_IN_EVERY: Final = {"host": "", "path": "/", "url": "https://"}

VISITORS_CHOICE: Final = ("cookie", "header", "user-agent", "body")
"""Kinds of subjects that a visitor can make whatever they like, and still get the page they want."""


class Condition(NamedTuple):
    """One trigger part: `subject` contains, or is exactly, any of `values`, or with `is_negative` does not.

    `is_list` tells ContainsAny from Contains, for the two treat `*` differently (section 2).

    `subject` is host, path, url, body, user-agent, `cookie NAME` or `header NAME`, or empty when the part names
    none, so that what it compares is always the empty text.
    """

    subject: str
    is_exact: bool
    is_list: bool
    values: tuple[str, ...]
    is_negative: bool
    ignores_case: bool

    @property
    def kind(self) -> str:
        """The first word of the subject."""
        return self.subject.partition(" ")[0]

    @property
    def is_any_value(self) -> bool:
        """Whether it holds for any subject that is not empty."""
        return not self.is_exact and "*" in self.values and not (self.is_list and self.is_negative)

    def holds_for(self, text: str) -> bool:
        """Whether it holds when the subject is `text`."""
        if self.is_any_value and text:
            return True
        if self.ignores_case:
            text = text.upper()
        values = [value.upper() for value in self.values] if self.ignores_case else self.values
        hit = text in values if self.is_exact else any(value in text for value in values)
        if self.is_list and not self.is_exact and "*" in self.values:
            hit = hit or bool(text)
        return hit is not self.is_negative

    def negated(self) -> "Condition":
        """The opposite; not for one that holds for any value."""
        return self._replace(is_negative=not self.is_negative)


Conjunction = tuple[Condition | None, ...]
"""Parts that must all hold; None stands for one that never does."""


def condition(part: dict[str, Any]) -> Condition | None:
    """The meaning of a trigger part; None for an unknown validator or operator, which never holds."""
    operator = _OPERATORS.get(part.get("Operator") or "")
    validator = part.get("ValidatorType")
    if operator is None:
        return None
    if validator == "UrlValidator":
        subject = _URL_PARTS.get(part.get("UrlPart") or "", "")
    elif validator == "CookieValidator":
        subject = f"cookie {part['CookieName']}" if part.get("CookieName") else ""
    elif validator == "HttpHeaderValidator":
        subject = f"header {part['HttpHeaderName'].lower()}" if part.get("HttpHeaderName") else ""
    elif validator == "UserAgentValidator":
        subject = "user-agent"
    elif validator == "RequestBodyValidator":
        subject = "body"
    else:
        return None
    is_exact, is_list = operator
    values = tuple(part.get("ValuesToCompare") or []) if is_list else (part.get("ValueToCompare") or "",)
    return Condition(
        subject, is_exact, is_list, values, bool(part.get("IsNegative")), bool(part.get("IsIgnoreCase"))
    )


def conjunctions(trigger: dict[str, Any]) -> list[Conjunction]:
    """A trigger as alternatives, any of which is enough."""
    parts = [condition(part) for part in trigger.get("TriggerParts") or []]
    if trigger.get("LogicalOperator") == "Or" and len(parts) != 1:
        return [(part,) for part in parts]
    return [tuple(parts)]


def why_impossible(subject: str, is_exact: bool, value: str) -> str:
    """Why no request's `subject` can contain (or be) `value`, as a clause; empty when one can."""
    if subject == "":
        return "" if value == "" else "the part does not say what to compare"
    if subject not in _URL_SUBJECTS:
        return ""
    if is_exact and value == "":
        return "it is never empty"
    if any(character.isspace() or not character.isascii() for character in value):
        return "URLs are percent-encoded on the wire; write %20 for a space, and other characters likewise"
    if "#" in value:
        return "browsers do not send what follows #"
    if subject in ("host", "path") and "?" in value:
        return "the query string is not part of it; use PageUrl"
    if subject == "host" and "/" in value:
        return "a host name has no slash; use PageUrl or PagePath"
    if subject == "path" and is_exact and not value.startswith("/"):
        return "a path begins with /"
    if subject == "url" and is_exact and value.lower().startswith("http://"):
        return "the edge always sees https://"
    if subject == "url" and is_exact and not value.lower().startswith("https://"):
        return "the whole URL begins with https://"
    if subject == "url" and is_exact and "/" not in value[len("https://") :]:
        return "the whole URL has a path, at least /"
    if subject == "url" and value.lower().partition("=")[0].lstrip("?&") == "queueittoken":
        return "triggers see the URL without its token"
    return ""


def _upper_case_host(one: Condition) -> bool:
    return one.subject == "host" and not one.ignores_case


def why_never(one: Condition | None) -> str:
    """Why no request fulfils a part, as a clause; empty when one does."""
    if one is None:
        return "its validator or operator is not known"
    if one.is_negative:
        return "every request has it" if not one.is_any_value and always(one.negated()) else ""
    if not one.values:
        return "it has no values to compare"
    if one.is_any_value and one.subject:
        return ""
    reasons = [why_impossible(one.subject, one.is_exact, value) for value in one.values]
    if _upper_case_host(one):
        reasons = [
            reason or ("browsers send host names in lower case" if value != value.lower() else "")
            for reason, value in zip(reasons, one.values, strict=True)
        ]
    return reasons[0] if all(reasons) else ""


def always(one: Condition | None) -> bool:
    """Whether every request fulfils a part."""
    if one is None:
        return False
    if one.is_any_value and one.subject in _URL_SUBJECTS:
        return True
    if one.is_negative:
        return not one.is_any_value and bool(why_never(one.negated()))
    if one.subject == "":
        return one.holds_for("")
    if one.is_exact:
        return False
    common = _IN_EVERY.get(one.subject, "")
    return any(value in common or (one.ignores_case and value.lower() in common) for value in one.values)


def _exact_texts(one: Condition) -> tuple[str, ...] | None:
    """The only texts that a subject can be when the part holds; None when there are others."""
    return one.values if one.is_exact and not one.is_negative and not one.ignores_case else None


def implies(one: Condition, other: Condition) -> bool:
    """Whether every request that fulfils `one` fulfils `other`."""
    if one == other or always(other):
        return True
    if one.is_any_value or other.is_any_value:
        return False
    if one.subject != other.subject:
        wider = other.subject == "url" and one.subject in ("path", "host")
        if not wider or other.is_exact or other.is_negative or one.is_negative:
            return False
        return implies(one._replace(subject="url", is_exact=False), other)
    if one.is_negative:
        return other.is_negative and implies(other.negated(), one.negated())
    texts = _exact_texts(one)
    if texts is not None:
        return bool(texts) and all(other.holds_for(text) for text in texts)
    if one.is_exact and other.ignores_case:
        return bool(one.values) and all(other.holds_for(value) for value in one.values)
    if one.is_exact or other.is_exact or other.is_negative or (one.ignores_case and not other.ignores_case):
        return False
    return bool(one.values) and all(other.holds_for(value) for value in one.values)


def all_imply(these: Conjunction, those: Conjunction) -> bool:
    """Whether every request that fulfils all of `these` fulfils all of `those`."""
    return all(
        other is not None and (always(other) or any(one is not None and implies(one, other) for one in these))
        for other in those
    )


def why_empty(these: Conjunction) -> str:
    """Why no request can fulfil all of `these`, as a clause; empty when one can."""
    for one in these:
        if reason := why_never(one):
            return reason
    for index, one in enumerate(these):
        for other in these[index + 1 :]:
            if one is None or other is None or one.is_any_value or other.is_any_value:
                continue
            if implies(one, other.negated()) or implies(other, one.negated()):
                return "two of its parts exclude each other"
    return ""


def described(part: dict[str, Any]) -> str:
    """A trigger part in words, such as `PagePath contains "/tickets" (ignoring case)`."""
    meaning = condition(part)
    if meaning is None:
        return f"unknown: {part.get('ValidatorType') or 'no validator'} {part.get('Operator') or 'without operator'}"
    subject = {
        "host": "HostName",
        "path": "PagePath",
        "url": "PageUrl",
        "user-agent": "User-Agent",
        "": "nothing",
    }.get(meaning.subject, meaning.subject)
    verb = {
        (True, False): "equals",
        (True, True): "does not equal",
        (False, False): "contains",
        (False, True): "does not contain",
    }[meaning.is_exact, meaning.is_negative]
    if len(meaning.values) == 1:
        compared = f'"{meaning.values[0]}"'
    else:
        compared = "any of " + (", ".join(f'"{value}"' for value in meaning.values) or "nothing")
    return f"{subject} {verb} {compared}" + (" (ignoring case)" if meaning.ignores_case else "")
