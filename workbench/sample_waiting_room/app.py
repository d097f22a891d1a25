"""The waiting room's pages and endpoints."""

import hmac
import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from workbench.sample_waiting_room.arrival import refusal
from workbench.sample_waiting_room.asked_services import BEHAVIOURS, Asked
from workbench.sample_waiting_room.error_texts import error_text
from workbench.sample_waiting_room.integration_text import describe_integrations
from workbench.sample_waiting_room.publication import RefusedConfiguration, parse_configuration
from workbench.sample_waiting_room.review import Review, review
from workbench.sample_waiting_room.waiting_line import MODES, RoomSummary, Visitor
from workbench.sample_waiting_room.waiting_room import WaitingRoom

_Answer = str | Response | BaseResponse | tuple[str | Response, int]

_NEVER_STORED = "no-cache, no-store, must-revalidate, max-age=0"


def create_app(room: WaitingRoom) -> Flask:
    """Build the Flask application that serves `room`."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.add_template_filter(_waiting_time, "waiting_time")
    app.wsgi_app = _PathPrefixes(app.wsgi_app, room)  # type: ignore[method-assign]
    _add_visitor_pages(app, room)
    _add_platform_endpoints(app, room)
    _add_asked_services(app, room)
    _add_administration(app, room)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint != "static":
            response.headers["Cache-Control"] = _NEVER_STORED
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    @app.errorhandler(HTTPException)
    def show_error(error: HTTPException) -> tuple[str | Response, int]:
        status = error.code or 500
        text = str(error.description or error.name)
        if request.path.startswith(("/status/", "/services/")):
            return jsonify({"error": text}), status
        return render_template("refused.html", status=status, title=error.name, text=text), status

    return app


class _PathPrefixes:
    """Serves the same pages below each `QueuePathPrefix` of the published configuration."""

    def __init__(self, application: Any, room: WaitingRoom) -> None:
        self._application = application
        self._room = room

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        for integration in self._room.publication.integrations():
            prefix = f"/{(integration.get('QueuePathPrefix') or '').strip('/')}"
            if prefix != "/" and path.startswith(f"{prefix}/"):
                environ = {**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path[len(prefix) :]}
                break
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


def _add_visitor_pages(app: Flask, room: WaitingRoom) -> None:
    @app.get("/")
    def queue() -> _Answer:
        if "e" not in request.args and "c" not in request.args:
            return render_template("welcome.html", room=room)
        event_id = _event_of_account(room)
        target = _wanted_target(room)
        if event_id.lower() not in _event_ids(room):
            return _closed_room(event_id, target)
        cookie = _place_cookie(room, event_id)
        place = request.cookies.get(cookie, "")
        # Somebody who already waits may reload the page, even after the token in its address has expired.
        if room.lines.requires_token(event_id) and not room.lines.holds_place(event_id, place):
            token, client_ip = request.args.get("enqueuetoken", ""), request.remote_addr or ""
            if text := refusal(token, room.account, event_id, client_ip, room.now()):
                room.lines.refuse(event_id)
                return render_template(
                    "refused.html", status=403, title=text.title, text=text.text, page=target
                ), 403
        mode = room.lines.mode(event_id)
        if mode != "queue":
            return redirect(room.target_without_waiting(event_id, target, mode))
        visitor = room.lines.join(
            event_id,
            target=target,
            queue_id=place,
            layout=request.args.get("l", ""),
            culture=request.args.get("cid", ""),
        )
        if room.lines.progress(visitor).is_turn:
            return redirect(_proceed_url(visitor))
        page = app.make_response(
            render_template(
                "queue.html",
                room=room,
                visitor=visitor,
                progress=room.lines.progress(visitor),
                site=urlsplit(target).netloc,
                integration=request.args.get("man", ""),
            )
        )
        page.set_cookie(cookie, visitor.queue_id, path="/", httponly=True, samesite="Lax", max_age=24 * 3600)
        return page

    @app.get("/queue/<event_id>/<queue_id>/status")
    def status(event_id: str, queue_id: str) -> _Answer:
        visitor = _visitor(room, event_id, queue_id)
        progress = room.lines.progress(visitor)
        return jsonify(
            {
                "queueId": visitor.queue_id,
                "position": progress.ahead + 1,
                "ahead": progress.ahead,
                "progress": round(progress.fraction, 4),
                "expectedSeconds": progress.expected_seconds,
                "redirect": _proceed_url(visitor) if progress.is_turn else None,
            }
        )

    @app.post("/queue/<event_id>/<queue_id>/away")
    def away(event_id: str, queue_id: str) -> _Answer:
        room.lines.step_away(event_id, queue_id)
        return "", 204

    @app.get("/queue/<event_id>/<queue_id>/proceed")
    def proceed(event_id: str, queue_id: str) -> _Answer:
        visitor = _visitor(room, event_id, queue_id)
        if not room.lines.admit(visitor):
            abort(409, "It is not your turn yet. Go back to the page you came from and keep your place.")
        answer = redirect(room.target_with_token(visitor))
        answer.delete_cookie(_place_cookie(room, visitor.event_id), path="/")
        return answer

    @app.get("/error/<path:code>")
    def error(code: str) -> _Answer:
        text = error_text(code.strip("/"))
        again = None
        if request.args.get("e"):
            # By way of the site, which gives an enqueue token to a room that needs one.
            again = room.targets.resolve(request.args.get("t", "")) or room.default_target
        return render_template("error.html", text=text, code=code.strip("/"), again=again)

    @app.get("/cancel/multiple/<customer_id>")
    def cancel(customer_id: str) -> _Answer:
        if customer_id.lower() != room.account.customer_id.lower():
            abort(404, "This waiting room does not know that customer.")
        places = [
            (event_id, queue_id)
            for event_id, _, queue_id in (
                entry.partition("~") for entry in request.args.get("wrl", "").split("_") if entry
            )
        ]
        for event_id, queue_id in places:
            if event_id.lower() in _event_ids(room):
                room.lines.leave(event_id, queue_id)
        back = room.targets.resolve(request.args.get("r", "")) or room.default_target
        return render_template("cancelled.html", places=places, back=back)


def _add_platform_endpoints(app: Flask, room: WaitingRoom) -> None:
    @app.get("/status/integrationconfig/secure/<customer_id>")
    def integration_configuration(customer_id: str) -> _Answer:
        api_key = request.headers.get("api-key")
        if not api_key:
            abort(401, "The request has no api-key header.")
        if not hmac.compare_digest(api_key.encode(), room.account.api_key.encode()):
            abort(403, "The api key is not that of this account.")
        if customer_id.lower() != room.account.customer_id.lower():
            abort(404, f"There is no customer {customer_id!r}.")
        return jsonify(room.publication.fetched())


def _add_asked_services(app: Flask, room: WaitingRoom) -> None:
    services = room.services

    def receive(service: str, key_header: str, key: str) -> _Answer | None:
        """Take a call from the connector; returns a response only if the service is to send garbage."""
        given = request.headers.get(key_header, "")
        if not hmac.compare_digest(given.encode(), key.encode()):
            abort(403, f"The {key_header} is not that of this account.")
        if request.args.get("customerId", "").lower() != room.account.customer_id.lower():
            abort(404, "This waiting room does not know that customer.")
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            abort(400, "The body is not a JSON object.")
        services.receive(Asked(service, request.args.to_dict(), dict(request.headers), body))
        if services.behaviour == "refuses":
            abort(403, "The service refuses, as it was set to.")
        if services.behaviour == "fails":
            abort(500, "The service fails, as it was set to.")
        if services.behaviour == "talks garbage":
            return app.make_response("<!doctype html><p>not what was asked for")
        return None

    @app.post("/services/verify")
    def verify() -> _Answer:
        if garbage := receive("verify", "api-key", room.account.api_key):
            return garbage
        used = services.use(request.args.get("eventId", ""), request.args.get("queueId", ""))
        limit = request.args.get("usageLimit", "")
        allowed = not limit.isdecimal() or used <= int(limit)
        return jsonify({"actionAllowed": allowed, "usedQueueIdCount": used})

    @app.post("/services/directpass")
    def direct_pass() -> _Answer:
        if garbage := receive("direct_pass", "proxy-key", room.account.proxy_key):
            return garbage
        event_id = request.args.get("eventId", "")
        if request.headers.get("client-ip", "") not in services.guests:
            return jsonify({"HasPassed": False})
        token = room.token(event_id, "directpass", str(uuid.uuid4()))
        return jsonify({"HasPassed": True, "QueueItToken": token})


def _add_administration(app: Flask, room: WaitingRoom) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
            abort(403, "Only the waiting room's own pages may change it.")

    def reviewed(text: str) -> Review:
        return review(
            room.publication,
            text,
            room.connector_settings,
            url=request.form.get("url", ""),
            site=room.default_target,
        )

    def editor(
        text: str, *, found: Review | None = None, is_refused: bool = False, notice: str = ""
    ) -> _Answer:
        current = room.publication.current()
        page = render_template(
            "admin.html",
            room=room,
            current=current,
            integrations=describe_integrations(room.publication.integrations()),
            published=_as_text(current),
            text=text,
            url=request.form.get("url", ""),
            review=found,
            is_refused=is_refused,
            notice=notice,
            rooms=_all_rooms(room),
            modes=MODES,
            behaviours=BEHAVIOURS,
            overview=_overview(room),
        )
        return page, 422 if found and found.problems else 200

    @app.get("/admin")
    def admin() -> _Answer:
        return editor(_as_text(room.publication.current()), notice=request.args.get("notice", "")[:1000])

    @app.post("/admin/configuration")
    def configuration() -> _Answer:
        text = request.form.get("configuration", "")
        if request.form.get("action") != "publish":
            return editor(text, found=reviewed(text))
        found = reviewed(text)
        try:
            version = room.publish(parse_configuration(text))
        except RefusedConfiguration:
            return editor(text, found=reviewed(text), is_refused=True)
        push = room.last_push
        pushed = f" {push.sentence}" if push else ""
        warned = f" Warning: {found.warnings[0].text}." if found.warnings else ""
        doubt = 1 if warned or (push and push.status != 200) else None
        notice = f"Version {version} is published.{pushed}{warned}"
        return redirect(url_for("admin", notice=notice, doubt=doubt), 303)

    @app.post("/admin/configuration/review")
    def review_of_edit() -> _Answer:
        return render_template("_review.html", review=reviewed(request.form.get("configuration", "")))

    @app.get("/admin/overview")
    def overview() -> _Answer:
        return jsonify(_overview(room))

    @app.post("/admin/admit")
    def admit() -> _Answer:
        room.lines.admit_everybody(request.form.get("event") or None)
        return redirect(url_for("admin", notice="Everybody who was waiting may go in."), 303)

    @app.post("/admin/pace")
    def pace() -> _Answer:
        try:
            room.lines.set_pace(
                visitors_per_second=float(request.form.get("speed", "")),
                crowd=int(request.form.get("crowd", "")),
            )
        except ValueError as error:
            abort(400, f"That pace is not usable: {error}.")
        return redirect(url_for("admin", notice="The pace is changed."), 303)

    @app.post("/admin/services")
    def services() -> _Answer:
        try:
            room.services.behave(request.form.get("behaviour", ""), request.form.get("guests", "").split())
        except ValueError as error:
            abort(400, f"{error}.")
        return redirect(url_for("admin", notice="The services are changed."), 303)

    @app.post("/admin/mode")
    def mode() -> _Answer:
        event_id = request.form.get("event", "")
        if event_id.lower() not in _event_ids(room):
            abort(404, f"There is no waiting room {event_id!r}.")
        try:
            room.lines.set_mode(event_id, request.form.get("mode", ""))
            room.lines.require_token(event_id, "requires_token" in request.form)
        except ValueError as error:
            abort(400, f"{error}.")
        return redirect(url_for("admin", notice=f"Room {event_id} is switched."), 303)


def _event_of_account(room: WaitingRoom) -> str:
    if request.args.get("c", "").lower() != room.account.customer_id.lower():
        abort(404, "This waiting room does not know that customer.")
    return request.args.get("e", "")


def _closed_room(event_id: str, target: str) -> _Answer:
    """The page for those who come to, or wait in, a room that the configuration no longer names."""
    page = render_template(
        "refused.html",
        status=404,
        title="There is no line here any more",
        text=f"The waiting room {event_id!r} is closed, so you need not wait in it. Go on to the site.",
        page=target,
    )
    return page, 404


def _event_ids(room: WaitingRoom) -> dict[str, str]:
    """The rooms of the published configuration, by lower-case id."""
    found: dict[str, str] = {}
    for integration in room.publication.integrations():
        for event_id in (integration.get("EventId"), *(integration.get("InvolvedWaitingRoomIds") or ())):
            if event_id:
                found.setdefault(event_id.lower(), event_id)
    return found


def _wanted_target(room: WaitingRoom) -> str:
    wanted = request.args.get("t", "")
    if not wanted:
        return room.default_target
    target = room.targets.resolve(wanted)
    if target is None:
        abort(400, "The link names a page that this waiting room does not protect, so it leads nowhere.")
    return target


def _visitor(room: WaitingRoom, event_id: str, queue_id: str) -> Visitor:
    visitor = room.lines.find(event_id, queue_id) if event_id.lower() in _event_ids(room) else None
    if visitor is None:
        abort(404, "This place in the line is not known any more. Go back to the shop to get a new one.")
    return visitor


def _proceed_url(visitor: Visitor) -> str:
    return url_for("proceed", event_id=visitor.event_id, queue_id=visitor.queue_id)


def _waiting_time(seconds: int | None) -> str:
    if seconds is None:
        return "paused"
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _place_cookie(room: WaitingRoom, event_id: str) -> str:
    return f"queue-place-{room.account.customer_id}-{event_id}"


def _as_text(configuration: dict[str, Any]) -> str:
    return json.dumps(configuration, indent=2, ensure_ascii=False)


def _all_rooms(room: WaitingRoom) -> list[RoomSummary]:
    seen = {one.event_id.lower(): one for one in room.lines.rooms()}
    return [
        seen.get(lowered, RoomSummary(event_id)) for lowered, event_id in sorted(_event_ids(room).items())
    ]


def _overview(room: WaitingRoom) -> dict[str, Any]:
    now = room.now()
    fetch = room.publication.last_fetch
    return {
        "version": room.publication.current().get("Version"),
        "fetch": {"version": fetch.version, "secondsAgo": max(0, int(now - fetch.at))} if fetch else None,
        "rooms": [asdict(one) for one in _all_rooms(room)],
        "visitors": [
            {
                "queueId": visitor.queue_id,
                "eventId": visitor.event_id,
                "position": progress.ahead + 1,
                "progress": round(progress.fraction, 4),
                "waitingSeconds": max(0, int(now - visitor.joined_at)),
                "target": visitor.target,
            }
            for visitor, progress in room.lines.waiting()[:100]
        ],
    }
