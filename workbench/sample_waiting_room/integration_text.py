"""Integrations in words, for the overview beside the editor."""

from typing import Any, NamedTuple

_SUBJECTS = {"UserAgentValidator": "user agent", "RequestBodyValidator": "request body"}
_URL_PARTS = {"HostName": "host", "PagePath": "path", "PageUrl": "URL"}
_VERBS = {
    ("Equals", False): "is",
    ("Equals", True): "is not",
    ("Contains", False): "contains",
    ("Contains", True): "does not contain",
    ("EqualsAny", False): "is one of",
    ("EqualsAny", True): "is none of",
    ("ContainsAny", False): "contains one of",
    ("ContainsAny", True): "contains none of",
}


class IntegrationText(NamedTuple):
    """One integration in words; each trigger is one line."""

    name: str
    action: str
    event_id: str
    triggers: tuple[str, ...]


def describe_integrations(integrations: list[dict[str, Any]]) -> list[IntegrationText]:
    """Describe the integrations of a published configuration, in their order."""
    return [
        IntegrationText(
            name=str(integration.get("Name") or "(no name)"),
            action=str(integration.get("ActionType") or "Ignore"),
            event_id=str(integration.get("EventId") or ""),
            triggers=tuple(_trigger(trigger) for trigger in integration.get("Triggers") or ()),
        )
        for integration in integrations
    ]


def _trigger(trigger: dict[str, Any]) -> str:
    word = " or " if trigger.get("LogicalOperator") == "Or" else " and "
    return word.join(_part(part) for part in trigger.get("TriggerParts") or ()) or "always"


def _part(part: dict[str, Any]) -> str:
    validator = str(part.get("ValidatorType"))
    if validator == "UrlValidator":
        subject = _URL_PARTS.get(str(part.get("UrlPart")), "URL")
    elif validator == "CookieValidator":
        subject = f"cookie {part.get('CookieName')}"
    elif validator == "HttpHeaderValidator":
        subject = f"header {part.get('HttpHeaderName')}"
    else:
        subject = _SUBJECTS.get(validator, validator)
    operator = str(part.get("Operator"))
    verb = _VERBS.get((operator, bool(part.get("IsNegative"))), operator)
    if operator.endswith("Any"):
        value = ", ".join(str(one) for one in part.get("ValuesToCompare") or ())
    else:
        value = str(part.get("ValueToCompare") or "")
    return f"{subject} {verb} {value}"
