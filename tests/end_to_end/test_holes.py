"""Each hole that is planted in the running system is found by `queueit doctor`, and none where there is none."""

import posixpath
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask, Response, request

from tests.builders import triggers, url_part
from tests.command_line import queueit
from tests.end_to_end.visitor import direct_session
from workbench.demo import Demo
from workbench.demo.sample_distribution import sample_distribution
from workbench.demo.system import EDGE_ZIP, HOST, as_served_here
from workbench.demo.web_server import WebServer
from workbench.local_edge import LocalEdge

Document = dict[str, Any]
CLOSED = {
    "enabled": True,
    "url_matching": "every_form",
    "own_domain": "queue",
    "ignored_methods": [],
    "preflight": "pass",
}


def lenient(method: str, path: str) -> bool:
    """An origin that decodes twice, knows the backslash, cuts parameters and resolves dots."""
    read = unquote(unquote(path)).replace("\\", "/")
    return (
        method in ("GET", "HEAD")
        and posixpath.normpath("/" + re.sub("[;#?][^/]*", "", read).strip("/")) == "/tickets"
    )


def answers_options(method: str, path: str) -> bool:
    return path == "/tickets"


class Hole(NamedTuple):
    """What is changed, and the check that finds it."""

    check: str
    settings: Document = {}  # noqa: RUF012  # a NamedTuple
    queue: Callable[[str], Document] = lambda host: {}
    serves: Callable[[str, str], bool] = lenient
    unprotected: str = "/nothing/*"
    origin: bool = False


def when(*parts: Document) -> Document:
    return {"Triggers": triggers(*parts)}


HOLES = {
    "spellings compared as configured": Hole(
        "spellings",
        {"url_matching": "as_configured"},
        lambda host: when(url_part("/tickets", Operator="Equals")),
    ),
    "an exemption that another spelling claims": Hole(
        "behaviors",
        {"url_matching": "as_configured"},
        lambda host: when(url_part("/static/", IsNegative=True)),
    ),
    "a behavior without the pair": Hole("behaviors", unprotected="/images/*"),
    "a trigger for one query string": Hole(
        "cache_miss",
        queue=lambda host: when(url_part(f"https://{host}/tickets", UrlPart="PageUrl", Operator="Equals")),
    ),
    "a host compared as it is written": Hole(
        "port",
        {"url_matching": "as_configured"},
        lambda host: when(url_part(host, UrlPart="HostName", Operator="Equals"), url_part("/tickets")),
    ),
    "an ignored method that the origin answers": Hole(
        "options", {"ignored_methods": ["OPTIONS"]}, serves=answers_options
    ),
    "a preflight that the origin answers in full": Hole("preflight", serves=answers_options),
    "a host trigger and the distribution's own domain": Hole(
        "own_domain",
        {"own_domain": "as_sent"},
        lambda host: when(url_part(host, UrlPart="HostName", Operator="Equals"), url_part("/tickets")),
    ),
    "an open origin": Hole("origin", origin=True),
    "a cookie that is not for this host": Hole("cookie", queue=lambda host: {"CookieDomain": ".example.org"}),
    "a kill switch that was forgotten": Hole("connector", {"enabled": False}),
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Demo]:
    with Demo(name="holes", visitors_per_second=50, crowd=10) as running:
        yield running


def origin_app(serves: Callable[[str, str], bool]) -> Flask:
    app = Flask(__name__)

    @app.before_request
    def answer() -> Response:
        path = str(request.environ["RAW_URI"]).partition("?")[0]
        return Response("a page") if serves(request.method, path) else Response("none", 404)

    return app


def findings(shop: Demo, hole: Hole) -> dict[str, str]:
    """What the doctor says of a shop with this hole: the status of each check."""
    arns = {
        event_type: f"arn:aws:lambda:us-east-1:123456789012:function:holes-{event_type}:1"
        for event_type in ("viewer-request", "viewer-response")
    }
    with WebServer(HOST, 0) as origin:
        origin.start(origin_app(hole.serves))
        distribution = sample_distribution(HOST, origin.port, arns)
        distribution["CacheBehaviors"]["Items"][0]["PathPattern"] = hole.unprotected
        edge = LocalEdge(
            distribution,
            {
                "holes-viewer-request": (EDGE_ZIP, "edge.viewer_request.handler"),
                "holes-viewer-response": (EDGE_ZIP, "edge.viewer_response.handler"),
            },
            environment={"AWS_ENDPOINT_URL_DYNAMODB": shop.table_gate.url},
            rewrite_locations=as_served_here,
            log=lambda message: None,
        )
        with edge:
            host = urlsplit(edge.url).netloc
            configuration = shop.sample_configuration()
            queue = configuration["Integrations"][-1]
            configuration["Integrations"] = [queue | when(url_part("/tickets")) | hole.queue(host)]
            shop.publish(configuration)
            shop.change_settings(**{**CLOSED, **hole.settings})
            shop.admit_shop(edge.url)
            return examined(edge.url, origin.url if hole.origin else "", shop.account.secret_key)


def examined(site: str, origin: str, secret_key: str) -> dict[str, str]:
    own_domain = f"localhost:{urlsplit(site).port}"
    command = ["doctor", f"{site}/tickets", "--own-domain", own_domain, "--json"]
    command += ["--origin", origin] if origin else []
    environ = {"QUEUEIT_SECRET_KEY": secret_key}
    ran = queueit(*command, environ=environ, session=direct_session, now=time.time)
    return {one["name"]: one["status"] for one in ran.document["checks"]}


@pytest.mark.full
@pytest.mark.parametrize("name", HOLES)
def test_a_hole_that_is_planted_is_found(shop: Demo, name: str) -> None:
    assert findings(shop, HOLES[name])[HOLES[name].check] == "problem"


@pytest.mark.full
@pytest.mark.parametrize("serves", [lenient, lambda method, path: (method, path) == ("GET", "/tickets")])
def test_nothing_is_found_where_there_is_no_hole(shop: Demo, serves: Callable[[str, str], bool]) -> None:
    found = findings(shop, Hole("", serves=serves))
    assert {name for name, status in found.items() if status == "problem"} == set()
