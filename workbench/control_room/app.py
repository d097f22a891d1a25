"""The page, the stream of events behind it, and its buttons."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import Flask, Response, jsonify, render_template, request

from workbench.control_room.activity import Activity, Seen
from workbench.control_room.event_stream import Event, EventStream, as_server_sent
from workbench.control_room.explained import NotKnown

QUIET_SECONDS = 10.0
"""After so long without an event something is sent all the same, so that a follower who left is noticed."""

OWN_REQUEST = "X-Control-Room"
"""The header without which no button is pressed: a page from elsewhere cannot send it."""


class Link(NamedTuple):
    """An address worth opening."""

    title: str
    url: str


class Switch(NamedTuple):
    """What a button does: its name in addresses and options, its title on the page, and what happens; one that is not
    `lasting` has no state.
    """

    name: str
    title: str
    text: str
    lasting: bool = True


class ControlRoom(NamedTuple):
    """What the page needs of the system.

    `press` puts a switch on or off and says in words what became of it; it raises ValueError or RuntimeError with the
    reason when that cannot be done. `is_on` gives the names of the switches that are on.
    """

    stream: EventStream
    activity: Activity
    explain: Callable[[Seen], dict[str, Any]]
    links: tuple[Link, ...]
    switches: tuple[Switch, ...]
    is_on: Callable[[], list[str]]
    press: Callable[[str, bool], str]


def create_app(room: ControlRoom) -> Flask:
    """The application; everything that it serves is in this directory."""
    app = Flask(__name__)

    @app.before_request
    def refuse_other_names() -> Response | None:
        # Another name for this machine is how a page from elsewhere would get to read this one.
        host = request.host.rpartition(":")[0] or request.host
        if host not in ("127.0.0.1", "localhost"):
            return _problem(403, "this page is for this machine alone; open it at 127.0.0.1")
        if request.method == "POST" and OWN_REQUEST not in request.headers:
            return _problem(403, f"a button is pressed with the header {OWN_REQUEST}")
        return None

    @app.after_request
    def allow_nothing_from_elsewhere(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    def page() -> str:
        return render_template("control_room.html", room=room)

    @app.get("/events")
    def events() -> Response:
        return Response(_server_sent(room), content_type="text/event-stream")

    @app.get("/requests/<request_id>/explanation")
    def explanation(request_id: str) -> Response:
        seen = room.activity.seen(request_id)
        if seen is None:
            return _problem(404, "No function was asked about this request, or it was too long ago.")
        try:
            return jsonify(room.explain(seen))
        except NotKnown as problem:
            return _problem(404, str(problem))

    @app.post("/switches/<name>")
    def press(name: str) -> Response:
        wanted = request.get_json(silent=True)
        if name not in [one.name for one in room.switches] or not isinstance(wanted, dict):
            return _problem(404, "there is no such switch")
        try:
            said = room.press(name, wanted.get("on") is True)
        except (ValueError, RuntimeError) as problem:
            return _problem(409, str(problem))
        return jsonify({"on": room.is_on(), "said": said})

    return app


def _server_sent(room: ControlRoom) -> Iterator[str]:
    with room.stream.follow() as follower:
        standing: list[Event] = [*room.activity.standing(), {"type": "switches", "on": room.is_on()}]
        yield "".join(map(as_server_sent, [{"type": "hello", "at": time.time()}, *follower.past, *standing]))
        yield from map(as_server_sent, follower.events(QUIET_SECONDS))


def _problem(status: int, text: str) -> Response:
    return Response(json.dumps({"problem": text}), status, content_type="application/json")
