"""The site that the run protects, its integration configuration, and a visitor who sees it over HTTP."""

import time
from types import TracebackType
from typing import Any, Final, Self

import requests

from workbench.queue_token import mint_queue_token

CUSTOMER_ID: Final = "acceptance"
WAITING_ROOM: Final = "acceptanceroom"
QUEUE_DOMAIN: Final = "waiting-room.example.com"
"""Nobody follows the redirects there."""

POLL_SECONDS: Final = 5

PROTECTED: Final = "tickets/page.html"
CACHED: Final = "cached/tickets/page.html"
BACKGROUND: Final = "api/stock.json"
UNPROTECTED: Final = "index.html"
WITHOUT_FUNCTIONS: Final = "plain/page.html"
LATER: Final = "news/page.html"
PUSHED: Final = "jobs/page.html"

PAGES: Final = {
    path: '{"stock": 7}' if path.endswith(".json") else f"<!doctype html><title>{path}</title>"
    for path in (PROTECTED, CACHED, BACKGROUND, UNPROTECTED, WITHOUT_FUNCTIONS, LATER, PUSHED)
}

SESSION_COOKIE: Final = f"QueueITAccepted-SDFrts345E-V3_{WAITING_ROOM}"
_TIMEOUT_SECONDS: Final = 20


def integration_config(version: int, *more_paths: str) -> dict[str, Any]:
    """The configuration of that version: the protected pages of the beginning, and those below `more_paths`."""
    paths = ["/tickets/", "/api/", *more_paths]
    return {
        "Description": "acceptance run",
        "CustomerId": CUSTOMER_ID,
        "Version": version,
        "Integrations": [
            {
                "Name": "Tickets",
                "ActionType": "Queue",
                "EventId": WAITING_ROOM,
                "QueueDomain": QUEUE_DOMAIN,
                "RedirectLogic": "AllowTParameter",
                "ExtendCookieValidity": True,
                "CookieValidityMinute": 20,
                "Triggers": [
                    {
                        "LogicalOperator": "Or",
                        "TriggerParts": [
                            {
                                "ValidatorType": "UrlValidator",
                                "UrlPart": "PagePath",
                                "Operator": "Contains",
                                "ValueToCompare": path,
                            }
                            for path in paths
                        ],
                    }
                ],
            }
        ],
    }


def token(secret_key: str, **given: Any) -> str:
    """A queue token as the waiting room would give it now."""
    queue_id = "1f2d3c4b-5a69-4788-9c0d-e1f2a3b4c5d6"
    expires_at = int(time.time()) + 180
    return mint_queue_token(secret_key, WAITING_ROOM, queue_id=queue_id, expires_at=expires_at, **given)


class Visitor:
    """Somebody with cookies of their own, on one connection, who follows no redirect by themselves."""

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url
        self._session = requests.Session()
        self._session.trust_env = site_url.startswith(
            "https:"
        )  # a proxy knows nothing of this machine's servers

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for a path without its leading slash, or for a whole URL; in header names `_` stands for `-`."""
        return self._session.get(
            path if path.startswith("http") else f"{self._site_url}/{path}",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            allow_redirects=False,
            timeout=_TIMEOUT_SECONDS,
        )

    def forget(self) -> None:
        """Drop all cookies."""
        self._session.cookies.clear()

    @property
    def session_cookie(self) -> str:
        """The value of the session cookie; empty without one."""
        return self._session.cookies.get(SESSION_COOKIE) or ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()


def is_queued(answer: requests.Response) -> bool:
    """Whether the visitor was sent to the waiting room."""
    return answer.status_code == 302 and answer.headers.get("Location", "").startswith(
        f"https://{QUEUE_DOMAIN}/?"
    )
