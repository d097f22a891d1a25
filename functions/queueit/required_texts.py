"""The texts that rule an integration out: one of them is in every URL that the integration is for (sections 2 and 9).

With many integrations nearly all are ruled out by them, at the cost of a substring search each and without being
parsed or compiled. They are looked for in each form of the URL by itself, upper-cased after its host was put in lower
case: an integration that matches a form has one of its texts in that form. So that this holds in every form and under
every setting, they are made of such characters of a compared value as no form decodes, cuts, merges or folds.
"""

from __future__ import annotations

import re
from collections import Counter

from queueit.light_typing import Struct
from queueit.triggers import without_origin
from queueit.url_forms import split_origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_TEXTS: Final = 10
"""Of one integration: to look for more would cost more than to ask the integration itself."""

_AFTER_HOST_NAME = re.compile(r"[:/?]")
_PLAIN = re.compile(r"(?:[A-Za-z0-9\-._~:?@!$&'()*,=]|/(?!/))*")
_DOT_SEGMENT = re.compile(r"(?:^|/)\.\.?(?:[/?]|$)")

Texts = tuple[str, ...]
"""Alternatives, in upper case; empty where nothing can be ruled out."""


class RequiredTexts(Struct):
    """An integration's texts: where the host is compared as it was sent, and on the distribution's own domain."""

    as_sent: Texts = ()
    own_domain: Texts = ()


def _plain(value: str) -> str:
    """The beginning of `value` that stays as it is in every form."""
    plain = _PLAIN.match(value)[0]  # type: ignore[index]  # the expression matches any string
    if _DOT_SEGMENT.search(value):
        return ""
    rest = value[len(plain) :]
    # The rest may become a dot segment, which takes away what stands before it.
    return "" if rest and (plain.endswith(".") or _may_have_dots(rest)) else plain


def _may_have_dots(value: str) -> bool:
    from urllib.parse import unquote

    return "." in unquote(unquote(unquote(value)))


def _host_name(value: str) -> str:
    """What of a host stays, whatever its port and a final dot."""
    return _AFTER_HOST_NAME.split(value, maxsplit=1)[0].rstrip(".").upper()


def _host_and_path(url: str) -> tuple[str, str]:
    """What of a compared URL may be of the host, and what is of the path and the query for certain."""
    _, _, authority, after = split_origin(url)
    plain, end = _plain(authority + after), len(authority)
    return _host_name(plain[:end]), plain[end:].upper()


def _sets_of_part(part: dict[str, Any]) -> list[RequiredTexts]:
    """Every set that a trigger part gives: of each, one text is in the URLs that the part is for."""
    if part.get("ValidatorType") != "UrlValidator" or part.get("IsNegative"):
        return []
    operator, where = part.get("Operator"), part.get("UrlPart")
    if operator in ("Equals", "Contains"):
        values = [part.get("ValueToCompare") or ""]
    elif operator in ("EqualsAny", "ContainsAny"):
        values = part.get("ValuesToCompare") or []
    else:
        return []
    if not 0 < len(values) <= MAX_TEXTS or "*" in values:
        return []
    hosts = paths = own_domain_paths = [""]
    if where == "HostName":
        hosts = [_host_name(_plain(value)) for value in values]
    elif where == "PagePath":
        paths = own_domain_paths = [_plain(value).upper() for value in values]
    elif where == "PageUrl":
        pieces = [_host_and_path(value) for value in values]
        hosts, paths = [host for host, _ in pieces], [path for _, path in pieces]
        behind = [(without_origin(value, operator.startswith("Equals")) or "").upper() for value in values]
        own_domain_paths = [
            path if text.startswith(path) else "" for path, text in zip(paths, behind, strict=True)
        ]
    found = []
    if all(hosts):
        found.append(RequiredTexts(as_sent=tuple(hosts)))
    if all(paths):
        found.append(RequiredTexts(tuple(paths), tuple(own_domain_paths) if all(own_domain_paths) else ()))
    return found


class _Rarest:
    """Chooses between sets: that whose texts the fewest integrations share, then the one with the longest texts."""

    def __init__(self, integrations: list[dict[str, Any]]) -> None:
        self._uses = Counter(
            text
            for integration in integrations
            for text in {
                text
                for trigger in integration.get("Triggers") or []
                for part in trigger.get("TriggerParts") or []
                for one in _sets_of_part(part)
                for text in one.as_sent
            }
        )

    def __call__(self, sets: list[Texts]) -> Texts:
        return min(
            filter(None, sets),
            key=lambda texts: (max([self._uses[text] for text in texts]), -min(map(len, texts))),
            default=(),
        )

    def of_all(self, sets: list[RequiredTexts]) -> RequiredTexts:
        """For what all of must match."""
        return RequiredTexts(self([one.as_sent for one in sets]), self([one.own_domain for one in sets]))


def _of_any(alternatives: list[RequiredTexts]) -> RequiredTexts:
    """For what any of must match."""

    def union(sets: list[Texts]) -> Texts:
        texts = tuple(dict.fromkeys([text for one in sets for text in one]))
        return texts if all(sets) and len(texts) <= MAX_TEXTS else ()

    return RequiredTexts(
        union([one.as_sent for one in alternatives]), union([one.own_domain for one in alternatives])
    )


def required_texts(integrations: list[dict[str, Any]]) -> list[RequiredTexts]:
    """The texts of each integration of a configuration whose fields have been checked for their types."""
    rarest = _Rarest(integrations)

    def of_trigger(trigger: dict[str, Any]) -> RequiredTexts:
        parts = [_sets_of_part(part) for part in trigger.get("TriggerParts") or []]
        if trigger.get("LogicalOperator") == "Or":
            return _of_any([rarest.of_all(part) for part in parts])
        return rarest.of_all([one for part in parts for one in part])

    return [
        _of_any([of_trigger(trigger) for trigger in integration.get("Triggers") or []])
        for integration in integrations
    ]
