"""The integration configuration that the demo publishes first."""

from typing import Any

EVENT_ID = "winternights"

PROTECTED_PATHS = ("/tickets", "/event/", "/checkout")


def sample_configuration(waiting_room_host: str) -> dict[str, Any]:
    """Protect the shop's tickets with the waiting room at `waiting_room_host` (host and port).

    The platform adds customer, version and dates when it publishes.
    """
    return {
        "Description": "Northlight Tickets, winter season",
        "Integrations": [
            _integration(
                "Open to everybody",
                "Ignore",
                [_url_part("Equals", "/tickets/terms"), _url_part("Contains", "/assets/")],
            ),
            {
                **_integration("Sign out", "Cancel", [_url_part("Equals", "/logout")]),
                **_room(waiting_room_host),
            },
            {
                **_integration("Live availability", "Queue", [_url_part("Equals", "/api/stock")]),
                **_room(waiting_room_host),
                **_session(),
                "RedirectLogic": "AllowTParameter",
            },
            {
                **_integration("Tickets", "Queue", [_url_part("Contains", path) for path in PROTECTED_PATHS]),
                **_room(waiting_room_host),
                **_session(),
                "LayoutName": "Winter nights",
                "Culture": "en-GB",
                "RedirectLogic": "AllowTParameter",
            },
        ],
    }


def _integration(name: str, action: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Name": name,
        "ActionType": action,
        "Triggers": [{"LogicalOperator": "Or", "TriggerParts": parts}],
        "IsNormalizationEnabled": False,
    }


def _room(waiting_room_host: str) -> dict[str, Any]:
    return {
        "EventId": EVENT_ID,
        "InvolvedWaitingRoomIds": [EVENT_ID],
        "QueueDomain": waiting_room_host,
        "QueuePathPrefix": None,
        "CookieDomain": "",
        "IsCookieHttpOnly": True,
        # The demo is served over plain HTTP; a real site sets this to true.
        "IsCookieSecure": False,
    }


def _session() -> dict[str, Any]:
    return {"ExtendCookieValidity": True, "CookieValidityMinute": 10}


def _url_part(operator: str, value: str) -> dict[str, Any]:
    return {
        "ValidatorType": "UrlValidator",
        "Operator": operator,
        "ValueToCompare": value,
        "ValuesToCompare": [],
        "IsNegative": False,
        "IsIgnoreCase": True,
        "UrlPart": "PagePath",
    }
