"""Configurations, settings and keys to fuzz under."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from queueit.integration import Integration
from queueit.snapshot import Snapshot
from tests.builders import SECRET_KEY, Document, compiled_snapshot, queue_integration, url_part
from tests.fuzz.choices import Choices
from tests.fuzz.proofs import OFFICE, ROOMS, Proof, proof

HOST = "shop.example.com"
OWN_DOMAIN = "d111111abcdef8.cloudfront.net"
HOSTS = [
    HOST, HOST, HOST, HOST, "Shop.EXAMPLE.com", f"{HOST}.", f"{HOST}:443", f"{HOST}:8443", "other.example.com",
    OWN_DOMAIN, OWN_DOMAIN, f"{OWN_DOMAIN}:80",
]  # fmt: skip
PAGES = ["/tickets/row", "/vip/", "/free/page", "/tickets", "/", "/vip/a/b", "/static/app.css"]
QUERIES = ["", "", "", "a=1", "x=/vip/", "route=vip/a", "items[]=1", "u=https://shop.example.com/vip/"]
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "TRACE", "get", ""]

_PATHS = ["/tickets", "/tickets/", "/vip/", "/free/", "/static/", "/", "/TICKETS/", "/tickets/row"]
_IN_URLS = [
    "route=vip/a", "items[]=", "/vip/?route=", "u=https://shop.example.com/vip/", "a=1",
    f"https://{HOST}/vip/", f"//{HOST}/tickets", f"://{HOST}/", f"{HOST}/vip", f"/{HOST}/tickets",
]  # fmt: skip
_ODD_PATHS = ["/a%2Fb/", "/free;v=1/", "/x//y/", "/tickets%2f", "/vip\\a", "*", "", "/caf%C3%A9/"]
_OPERATORS = ["Contains", "Contains", "Contains", "Equals", "EqualsAny", "ContainsAny", "Matches"]
_OTHER_PARTS: list[Document] = [
    {
        "ValidatorType": "HttpHeaderValidator",
        "HttpHeaderName": "X-Queueit-ClientIP",
        "ValueToCompare": OFFICE,
    },
    {"ValidatorType": "HttpHeaderValidator", "HttpHeaderName": "Accept", "ValueToCompare": "json"},
    {"ValidatorType": "CookieValidator", "CookieName": "a", "ValueToCompare": "1"},
    {"ValidatorType": "UserAgentValidator", "ValueToCompare": "bot"},
    {"ValidatorType": "RequestBodyValidator", "ValueToCompare": "b"},
]
_OLD, _NEXT = "a-key-of-before", "a-key-for-later"
_KEYS: list[dict[str, str]] = [
    {"secret_key": SECRET_KEY},
    {"secret_key": SECRET_KEY, "previous_secret_key": _OLD},
    {"secret_key": SECRET_KEY, "next_secret_key": _NEXT},
    {"secret_key": SECRET_KEY, "next_secret_key": _NEXT, "session_secret_key": _NEXT},
]
_PROOFS = 20
_SERVICE = "https://services.example.com/"


class World(NamedTuple):
    """A snapshot and what it is made of; `proofs` are those that its visitors hold, and forge from."""

    snapshot: Snapshot
    integrations: list[Document]
    settings: Document
    proofs: list[Proof]

    def queues(self, integration: int) -> Integration | None:
        """The integration at that place, if it is a Queue one."""
        compiled = self.snapshot.integrations[integration]
        return compiled if compiled.is_queue else None


def _url_part(choices: Choices) -> Document:
    place = choices.pick(["PagePath", "PagePath", "PagePath", "PageUrl", "HostName"])
    if place == "HostName":
        values = [choices.pick([HOST, HOST, "Shop.example.com", "other.example.com"])]
    else:
        values = [choices.pick(_PATHS) if choices.below(6) else choices.pick(_ODD_PATHS)]
        if place == "PageUrl" and choices.once_in(2):
            values = [choices.pick(_IN_URLS)]
        if choices.once_in(3):
            values.append(choices.pick(_PATHS))
    return url_part(
        values[0],
        UrlPart=place,
        Operator=choices.pick(_OPERATORS),
        ValuesToCompare=values,
        IsNegative=choices.once_in(8),
        IsIgnoreCase=choices.once_in(3),
    )


def _part(choices: Choices) -> Document:
    if choices.below(5):
        return _url_part(choices)
    other: Document = choices.pick(_OTHER_PARTS)
    operator = choices.pick(["Equals", "Contains"])
    return other | {
        "Operator": operator,
        "IsNegative": choices.once_in(6),
        "IsIgnoreCase": choices.once_in(3),
    }


def _integration(choices: Choices) -> Document:
    triggers = [
        {
            "LogicalOperator": choices.pick(["And", "Or"]),
            "TriggerParts": [_part(choices) for _ in range(1 + choices.once_in(3))],
        }
        for _ in range(1 + choices.once_in(4))
    ]
    return queue_integration(
        ActionType=choices.pick(["Queue", "Queue", "Queue", "Ignore", "Cancel", "Watch"]),
        EventId=choices.pick(ROOMS),
        InvolvedWaitingRoomIds=choices.pick([None, None, ["sale"], ["Tickets", "a-b"]]),
        Triggers=triggers,
        ExtendCookieValidity=not choices.once_in(3),
        CookieValidityMinute=choices.pick([20, None, 1, 1440]),
        IsNormalizationEnabled=choices.once_in(3),
        RedirectLogic=choices.pick(["AllowTParameter", "EventTargetUrl", "ForcedTargetUrl"]),
        ForcedTargetUrl="https://x.example/",
        VerifyQueueIdEnabled=choices.once_in(4),
        QueueIdUsageLimit=choices.pick([None, 0, 3]),
    )


def _settings(choices: Choices) -> Document:
    settings: Document = {
        "url_matching": choices.pick(["every_form", "every_form", "every_form", "as_configured"]),
        "own_domain": choices.pick(["queue", "queue", "as_sent"]),
        "preflight": choices.pick(["pass", "decide"]),
        "ignored_methods": choices.pick([[], [], [], ["TRACE"], ["HEAD", "POST"]]),
        "diagnostics": not choices.once_in(3),
        "truncated_body": choices.pick(["queue", "visible_part"]),
        "enqueue_token": {"enabled": not choices.once_in(3), "x_forwarded_for": choices.once_in(2)},
        "enabled": not choices.once_in(40),
    }
    if choices.once_in(5):
        settings["verify"] = {"url": _SERVICE}
    if choices.once_in(5):
        settings["direct_pass"] = {"url": _SERVICE, "on_failure": "queue"}
    return settings


def world(given: Sequence[int], random: Random) -> tuple[World, list[int]]:
    """A world of these choices, and all choices that made it."""
    choices = Choices(given, random)
    settings = _settings(choices)
    keys: dict[str, str] = choices.pick(_KEYS)
    integrations = [_integration(choices) for _ in range(1 + choices.below(4))]
    service_keys: dict[str, Any] = {"api_key": "a-fake-key", "proxy_key": "a-fake-key"}
    snapshot = compiled_snapshot(*integrations, settings=settings, keys=keys | service_keys)
    signing = sorted(set(keys.values()))
    proofs = [proof(choices, signing) for _ in range(_PROOFS)]
    return World(snapshot, integrations, settings, proofs), choices.taken
