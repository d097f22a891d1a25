"""What the tests of the sample waiting room agree on."""

from typing import Any

from tests.builders import integration_config, queue_integration, triggers, url_part

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
        "EventId": "sale",
        "QueueDomain": "queue.example",
        "CookieValidityMinute": 10,
        "Triggers": triggers(url_part("/tickets", IsIgnoreCase=True)),
    }
    return integration_config(queue_integration(**integration | changes))
