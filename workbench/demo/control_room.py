"""Opens the control room of a demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from workbench.control_room.app import ControlRoom, Link, create_app
from workbench.control_room.explained import Snapshots, explained
from workbench.demo.switches import SWITCHES, Switches
from workbench.demo.web_server import WebServer

if TYPE_CHECKING:
    from workbench.demo.system import Demo


class Opened(NamedTuple):
    """The address of a control room, and its switches."""

    url: str
    switches: Switches


@contextmanager
def open_control_room(demo: "Demo") -> Iterator[Opened]:
    """Serve the control room of a running demo. Raises ValueError for one that is not followed."""
    if demo.activity is None:
        raise ValueError("only a demo that is followed has a control room")
    switches = Switches(demo)
    snapshots = Snapshots(demo.aws.in_force)
    snapshots.look()
    room = ControlRoom(
        stream=demo.stream,
        activity=demo.activity,
        explain=lambda seen: explained(seen, snapshots, include_body=demo.includes_body),
        links=(
            Link("Shop", f"{demo.shop_url}/"),
            Link("Protected page", f"{demo.shop_url}/tickets"),
            Link("Waiting room", f"{demo.waiting_room_url}/admin"),
        ),
        switches=SWITCHES,
        is_on=switches.is_on,
        press=switches.press,
    )
    with WebServer("127.0.0.1", demo.ports.control_room) as server:
        server.start(create_app(room))
        yield Opened(server.url, switches)
