"""The integration configuration, checked whole before it is compiled (protocol section 2)."""

from __future__ import annotations

import re

from queueit.cookies import COOKIE_NAME
from queueit.errors import InvalidIntegrationConfig, shown
from queueit.integration import (
    CANCEL,
    IGNORE,
    QUEUE,
    Integration,
    action_of,
    compile_integration,
    rooms_of,
    used_fields,
)
from queueit.light_typing import Struct
from queueit.percent_encoding import encode_query_value
from queueit.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_VALIDITY_MINUTES: Final = 100 * 366 * 24 * 60
DOMAIN = re.compile(r"[A-Za-z0-9._\-]+(?::[0-9]{1,5})?/?")
COOKIE_DOMAIN = re.compile(r"[A-Za-z0-9._\-]+")
PATH_PREFIX = re.compile(r"[!-~]*")

MAX_VERSION: Final = 10**15
# So that no redirect and no cookie outgrows what CloudFront and browsers take, whatever the visitor sends.
MAX_TEXT_LENGTH: Final = 2048
SHORT_TEXTS: Final = ("Name", "LayoutName", "Culture", "QueuePathPrefix", "ForcedTargetUrl")
MAX_ROOM_LENGTH: Final = 200
MAX_LENGTHS: Final = {"EventId": MAX_ROOM_LENGTH, "QueueDomain": 255, "CookieDomain": 255}
_MAX_ROOMS: Final = 50

TEXT, FLAG, NUMBER = "text", "true or false", "a whole number"
TEXTS, OBJECTS = "a list of texts", "a list"
INTEGRATION_FIELDS: Final = {
    "Name": TEXT,
    "ActionType": TEXT,
    "EventId": TEXT,
    "InvolvedWaitingRoomIds": TEXTS,
    "CookieDomain": TEXT,
    "IsCookieHttpOnly": FLAG,
    "IsCookieSecure": FLAG,
    "LayoutName": TEXT,
    "Culture": TEXT,
    "ExtendCookieValidity": FLAG,
    "CookieValidityMinute": NUMBER,
    "QueueDomain": TEXT,
    "QueuePathPrefix": TEXT,
    "RedirectLogic": TEXT,
    "ForcedTargetUrl": TEXT,
    "VerifyQueueIdEnabled": FLAG,
    "QueueIdUsageLimit": NUMBER,
    "IsNormalizationEnabled": FLAG,
    "Triggers": OBJECTS,
}
TRIGGER_FIELDS: Final = {"LogicalOperator": TEXT, "TriggerParts": OBJECTS}
PART_FIELDS: Final = {
    "ValidatorType": TEXT,
    "Operator": TEXT,
    "ValueToCompare": TEXT,
    "ValuesToCompare": TEXTS,
    "IsNegative": FLAG,
    "IsIgnoreCase": FLAG,
    "UrlPart": TEXT,
    "CookieName": TEXT,
    "HttpHeaderName": TEXT,
}


class IntegrationConfig(Struct):
    """A compiled configuration: the integrations in order of precedence."""

    version: int
    customer_id: str
    integrations: tuple[Integration, ...]


def _has_type(value: object, expected: str) -> bool:
    if expected is TEXT:
        return isinstance(value, str)
    if expected is FLAG:
        return isinstance(value, bool)
    if expected is NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if expected is TEXTS:
        return isinstance(value, list) and all([isinstance(item, str) for item in value])
    return isinstance(value, list)


def _check_fields(document: Any, fields: dict[str, str], where: str, problems: list[str]) -> bool:
    """Whether `document` is an object each of whose known fields is null or of its type."""
    if not isinstance(document, dict):
        problems.append(f"{where}: is {shown(document)}; give an object")
        return False
    found = len(problems)
    for name, expected in fields.items():
        value = document.get(name)
        if value is not None and not _has_type(value, expected):
            problems.append(f"{where}: {name} is {shown(value)}; give {expected}")
    return len(problems) == found


def _check_triggers(integration: dict[str, Any], where: str, problems: list[str]) -> None:
    for t, trigger in enumerate(integration.get("Triggers") or [], 1):
        at = f"{where}, trigger {t}"
        if _check_fields(trigger, TRIGGER_FIELDS, at, problems):
            for p, part in enumerate(trigger.get("TriggerParts") or [], 1):
                _check_fields(part, PART_FIELDS, f"{at}, part {p}", problems)


def _check_waiting_room(
    integration: dict[str, Any], action: str, where: str, problems: list[str], has_account: bool
) -> None:
    """What an integration needs that sends visitors to a waiting room."""

    def check(name: str, pattern: re.Pattern[str], accepts: str, required: bool = False) -> None:
        value = integration.get(name) or ""
        if not value and required:
            problems.append(f"{where}: {name} is missing; give {accepts}")
        elif value and not pattern.fullmatch(value):
            problems.append(f"{where}: {name} is {shown(value)}; give {accepts}")

    check("EventId", COOKIE_NAME, "the waiting room's id", required=action == QUEUE)
    check("QueueDomain", DOMAIN, "a host name, such as example.queue-it.net", required=not has_account)
    check("QueuePathPrefix", PATH_PREFIX, "a path of visible ASCII characters")
    check("CookieDomain", COOKIE_DOMAIN, "a domain, such as .example.com")
    for room in integration.get("InvolvedWaitingRoomIds") or []:
        if room and (len(room) > MAX_ROOM_LENGTH or not COOKIE_NAME.fullmatch(room)):
            problems.append(
                f"{where}: InvolvedWaitingRoomIds has {shown(room)}; give waiting rooms' ids, "
                f"of at most {MAX_ROOM_LENGTH} characters"
            )
    if len(rooms_of(integration)) > _MAX_ROOMS:
        problems.append(
            f"{where}: InvolvedWaitingRoomIds makes {len(rooms_of(integration))} rooms; give at most {_MAX_ROOMS}"
        )
    if action == CANCEL and not rooms_of(integration):
        problems.append(
            f"{where}: EventId and InvolvedWaitingRoomIds are missing; give at least one room's id"
        )
    for name in SHORT_TEXTS:
        if len(encode_query_value(integration.get(name) or "")) > MAX_TEXT_LENGTH:
            problems.append(
                f"{where}: {name} is too long; give at most {MAX_TEXT_LENGTH} characters, percent-encoded"
            )
    for name, longest in MAX_LENGTHS.items():
        if len(integration.get(name) or "") > longest:
            problems.append(f"{where}: {name} is too long; give at most {longest} characters")
    minutes = integration.get("CookieValidityMinute")
    if action == QUEUE and minutes is not None and not 1 <= minutes <= MAX_VALIDITY_MINUTES:
        problems.append(
            f"{where}: CookieValidityMinute is {minutes}; give a whole number from 1 to {MAX_VALIDITY_MINUTES}"
        )


def _check(document: object, customer_id: str | None) -> list[str]:
    """All problems of a configuration, each a sentence with its place."""
    problems: list[str] = []
    if not isinstance(document, dict):
        return [f"it is {shown(document)}; give an object with Integrations and Version"]
    version = document.get("Version")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= MAX_VERSION:
        problems.append(f"Version is {shown(version)}; give a whole number from 1 to {MAX_VERSION}")
    if not _has_type(document.get("CustomerId") or "", TEXT):
        problems.append(f"CustomerId is {shown(document['CustomerId'])}; give text")
    has_account = bool(customer_id or document.get("CustomerId"))
    integrations = document.get("Integrations")
    if integrations is None and ("Actions" in document or "Configurations" in document):
        return [
            "it is an export of the GO Queue-it Platform in its other shape (Actions, Configurations), which no "
            "connector reads; take the integration configuration, which has Integrations and Version"
        ]
    if not isinstance(integrations, list):
        return [*problems, f"Integrations is {shown(integrations)}; give a list"]
    for i, integration in enumerate(integrations, 1):
        where = f"integration {i}"
        name = integration.get("Name") if isinstance(integration, dict) else None
        if isinstance(name, str) and name:
            where += f" {shown(name)}"
        if not isinstance(integration, dict):
            problems.append(f"{where}: is {shown(integration)}; give an object")
            continue
        action = action_of(integration)
        used = used_fields(integration, action)
        if _check_fields(used, INTEGRATION_FIELDS, where, problems):
            _check_triggers(used, where, problems)
            if action != IGNORE:
                _check_waiting_room(used, action, where, problems, has_account)
    return problems


def compile_integration_config(
    document: object, *, customer_id: str | None = None, settings: Settings | None = None
) -> IntegrationConfig:
    """Check and compile a configuration (parsed JSON) for the account `customer_id`, else its own CustomerId.

    Raises InvalidIntegrationConfig with every problem found. What section 2 gives a meaning, such as an unknown
    operator or a missing value, is no problem; a field of a wrong type, or one without which a visitor could not
    be sent to the waiting room, is.
    """
    if problems := _check(document, customer_id):
        raise InvalidIntegrationConfig(tuple(problems))
    assert isinstance(document, dict)  # noqa: S101  # for the type checker: _check saw to it
    account = customer_id if customer_id is not None else document.get("CustomerId") or ""
    compiled = [
        compile_integration(
            integration, version=document["Version"], customer_id=account, settings=settings or Settings()
        )
        for integration in document["Integrations"]
    ]
    return IntegrationConfig(document["Version"], account, tuple(compiled))
