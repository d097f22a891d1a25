"""Queue-it as tests reach it: a sample waiting room for each of two customers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from workbench.demo.sample_configuration import EVENT_ID, sample_configuration
from workbench.demo.web_server import WebServer
from workbench.sample_waiting_room import Account, WaitingRoom, create_app

NORTHLIGHT = Account(
    customer_id="northlight",
    secret_key="northlight-secret-key-not-real-0a1b2c3d4e5f",
    api_key="northlight-api-key-not-real-5f4e3d2c1b0a",
)
SOUTHGATE = Account(
    customer_id="southgate",
    secret_key="southgate-secret-key-not-real-1a2b3c4d5e6f",
    api_key="southgate-api-key-not-real-6f5e4d3c2b1a",
)
PREVIOUS_SECRET_KEY = "previous-secret-key-not-real-2a3b4c5d6e7f"
PROXY_KEY = "proxy-key-not-real-7f6e5d4c3b2a"
SECRETS = (
    NORTHLIGHT.secret_key,
    NORTHLIGHT.api_key,
    SOUTHGATE.secret_key,
    SOUTHGATE.api_key,
    PREVIOUS_SECRET_KEY,
    PROXY_KEY,
)


class Platform(NamedTuple):
    """One customer's waiting room and where it is served; its sample configuration is published."""

    room: WaitingRoom
    url: str


@contextmanager
def platforms() -> Iterator[dict[str, Platform]]:
    """Serve the waiting rooms, by customer id."""
    with ExitStack() as servers:
        served = {}
        for account in (NORTHLIGHT, SOUTHGATE):
            server = servers.enter_context(WebServer("127.0.0.1", 0))
            room = WaitingRoom(account, visitors_per_second=50, crowd=5)
            server.start(create_app(room))
            room.publication.publish(sample_configuration(server.authority))
            room.lines.require_token(EVENT_ID, True)
            served[account.customer_id] = Platform(room, server.url)
        yield served


def keys(account: Account) -> dict[str, Any]:
    """The account's keys as the examples take them."""
    return {"secret_key": account.secret_key, "api_key": account.api_key}
