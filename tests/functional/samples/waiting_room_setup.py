"""What the tests of the sample waiting room agree on."""

from typing import Any

SHOP = "127.0.0.1:8080"
API_KEY = "fake-api-key"


class Clock:
    """Unix seconds that stand still until told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def configuration(**changes: Any) -> dict[str, Any]:
    """One Queue integration for the room `sale`, changed as asked."""
    integration = {
        "Name": "Tickets",
        "ActionType": "Queue",
        "EventId": "sale",
        "InvolvedWaitingRoomIds": None,
        "QueueDomain": "queue.example",
        "CookieValidityMinute": 10,
        "ExtendCookieValidity": True,
        "RedirectLogic": "AllowTParameter",
        "Triggers": [
            {
                "LogicalOperator": "And",
                "TriggerParts": [
                    {
                        "ValidatorType": "UrlValidator",
                        "Operator": "Contains",
                        "ValueToCompare": "/tickets",
                        "UrlPart": "PagePath",
                        "IsNegative": False,
                        "IsIgnoreCase": True,
                    }
                ],
            }
        ],
    }
    return {"Description": "test", "Integrations": [{**integration, **changes}]}
