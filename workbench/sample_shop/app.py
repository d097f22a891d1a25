"""The shop's pages. It knows nothing of the waiting room: the connector at the edge does all of that."""

import itertools
from dataclasses import dataclass

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from workbench.sample_shop.concerts import BY_SLUG, CONCERTS, Concert

_Answer = str | Response | BaseResponse | tuple[str | Response, int]

MOST_TICKETS_PER_ORDER = 6


@dataclass(frozen=True)
class Order:
    """What somebody bought."""

    number: int
    concert: Concert
    tickets: int
    name: str


def create_app() -> Flask:
    """Build the Flask application of the shop."""
    app = Flask(__name__)
    numbers = itertools.count(1001)

    @app.get("/")
    def home() -> _Answer:
        return render_template("home.html", concerts=CONCERTS)

    @app.get("/tickets")
    def tickets() -> _Answer:
        return render_template("tickets.html", concerts=CONCERTS)

    @app.get("/tickets/terms")
    def terms() -> _Answer:
        return render_template("terms.html", most=MOST_TICKETS_PER_ORDER)

    @app.get("/event/<slug>")
    def event(slug: str) -> _Answer:
        if slug == "broken":
            raise InternalServerError(_FAULT)
        concert = BY_SLUG.get(slug)
        if concert is None:
            abort(404, "There is no such concert. It may have moved, or the link lost a letter.")
        return render_template("event.html", concert=concert, most=MOST_TICKETS_PER_ORDER)

    @app.post("/checkout")
    def checkout() -> _Answer:
        concert = BY_SLUG.get(request.form.get("event", ""))
        name = request.form.get("name", "").strip()[:80]
        wanted = request.form.get("tickets", "")
        if concert is None or not name or not wanted.isascii() or not wanted.isdigit():
            abort(400, "The order is incomplete: it needs a concert, a name and a number of tickets.")
        if not 1 <= int(wanted) <= MOST_TICKETS_PER_ORDER:
            abort(400, f"An order is for 1 to {MOST_TICKETS_PER_ORDER} tickets.")
        order = Order(next(numbers), concert, int(wanted), name)
        return render_template("order.html", order=order)

    @app.get("/checkout")
    def checkout_without_order() -> _Answer:
        return redirect(url_for("tickets"), 303)

    @app.get("/api/stock")
    def stock() -> _Answer:
        return jsonify({"stock": {concert.slug: concert.seats for concert in CONCERTS}})

    @app.get("/logout")
    def logout() -> _Answer:
        return render_template("goodbye.html")

    @app.get("/assets/poster/<slug>.svg")
    def poster(slug: str) -> _Answer:
        concert = BY_SLUG.get(slug)
        if concert is None:
            abort(404, "There is no such poster.")
        picture = app.make_response(render_template("poster.svg", concert=concert))
        picture.content_type = "image/svg+xml"
        picture.headers["Cache-Control"] = "public, max-age=3600"
        return picture

    @app.get("/missing")
    def missing() -> _Answer:
        abort(404, "This page is missing on purpose: it shows what becomes of a 404 behind the connector.")

    @app.get("/broken")
    def broken() -> _Answer:
        raise InternalServerError(_FAULT)

    @app.errorhandler(HTTPException)
    def show_error(error: HTTPException) -> tuple[str | Response, int]:
        status = error.code or 500
        text = str(error.description or error.name)
        if request.path.startswith("/api/"):
            return jsonify({"error": text}), status
        return render_template("error.html", status=status, title=error.name, text=text), status

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=300"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


_FAULT = "This page is broken on purpose: it shows what becomes of a 500 behind the connector."
