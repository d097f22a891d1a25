"""An origin that tells what it received, functions written in the test, and an edge in front of both."""

import http.client
import json
import socket
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.behavior_association import distributions
from tests.behavior_association.distributions import arn, listed
from tests.http_server import Handler, serving
from workbench.local_edge import Invocation, LocalEdge, RuleBreach

ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"


class Received(NamedTuple):
    """A request as the origin received it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Response(NamedTuple):
    """A response as the visitor received it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self) -> Any:
        return json.loads(self.body)


class _OriginHandler(Handler):
    """Answers as the query string says: `status`, `body`, `header` (`Name: value`) as often as given, `long` bytes."""

    server: "Origin"

    def respond(self) -> None:
        target = self.requestline.split()[1]
        self.server.received.append(Received(self.command, target, list(self.headers.items()), self.body()))
        asked = parse_qs(urlsplit(target).query)
        answer = asked.get("body", ["from the origin"])[0].encode()
        self.send_response(int(asked.get("status", ["200"])[0]))
        for line in asked.get("header", []):
            name, _, value = line.partition(": ")
            self.send_header(name, value)
        for size in asked.get("long", []):
            self.send_header("X-Long", "a" * int(size))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)


class Origin(ThreadingHTTPServer):
    """A tiny origin on a port of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _OriginHandler)
        self.received: list[Received] = []


@pytest.fixture(scope="session")
def every_tests_origin() -> Iterator[Origin]:
    with serving(server := Origin()):
        yield server


@pytest.fixture
def origin(every_tests_origin: Origin) -> Origin:
    every_tests_origin.received.clear()
    return every_tests_origin


class Site:
    """One edge in front of one origin, and what it logged since the test began."""

    def __init__(self, edge: LocalEdge, origin: Origin, log: list[dict[str, Any]]) -> None:
        self.edge = edge
        self.origin = origin
        self.log = log
        self.begin()

    def begin(self) -> None:
        """Forget what earlier tests did here."""
        self.log.clear()
        self._invocations_before = len(self.edge.invocations)
        self._breaches_before = len(self.edge.rule_breaches)

    @property
    def invocations(self) -> list[Invocation]:
        return self.edge.invocations[self._invocations_before :]

    @property
    def rule_breaches(self) -> list[RuleBreach]:
        return self.edge.rule_breaches[self._breaches_before :]

    def ask(self, *arguments: Any, **named: Any) -> Response:
        """Send one request, header lines exactly as given."""
        return ask(self.edge, *arguments, **named)

    def connect(self) -> socket.socket:
        """A connection of a visitor's."""
        host, port = self.edge.url.removeprefix("http://").split(":")
        return socket.create_connection((host, int(port)), timeout=10)

    def exchange(self, sent: bytes) -> bytes:
        """Everything the edge sends back until it closes the connection."""
        with self.connect() as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(
    edge: LocalEdge,
    target: str = "/",
    method: str = "GET",
    headers: list[tuple[str, str]] | None = None,
    body: bytes | None = None,
) -> Response:
    """Send one request to `edge`, header lines exactly as given."""
    connection = http.client.HTTPConnection(edge.url.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        lines = headers or []
        if "host" not in [name.lower() for name, _ in lines]:
            lines = [("Host", "shop.example.com"), *lines]
        if body is not None:
            lines = [*lines, ("Content-Length", str(len(body)))]
        for name, value in lines:
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Response(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def behavior(**changes: Any) -> dict[str, Any]:
    """A cache behavior that forwards all and caches nothing, without functions."""
    return distributions.behavior(**{"OriginRequestPolicyId": ALL_VIEWER} | changes)


def associations(*pairs: tuple[str, str], include_body: bool = False) -> dict[str, Any]:
    """LambdaFunctionAssociations of (event type, function name) pairs."""
    items = [
        {
            "EventType": event_type,
            "LambdaFunctionARN": arn(name),
            "IncludeBody": include_body and event_type == "viewer-request",
        }
        for event_type, name in pairs
    ]
    return listed(items)


def distribution(
    origin_port: int,
    default: dict[str, Any],
    *behaviors: dict[str, Any],
    origin: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A DistributionConfig of one origin, `site`."""
    how = {
        "HTTPPort": origin_port,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only",
        "OriginReadTimeout": 5,
    }
    item = {"Id": "site", "DomainName": "127.0.0.1", "CustomOriginConfig": how, **(origin or {})}
    return distributions.distribution(*behaviors, default=default, Origins=listed([item]))


class Workshop:
    """Makes zips of source text, and edges that run them; stops the edges after the test."""

    behavior = staticmethod(behavior)
    associations = staticmethod(associations)
    distribution = staticmethod(distribution)
    ask = staticmethod(ask)

    def __init__(
        self, directory: Path, origin: Origin, stack: ExitStack, shared: "SharedSites | None" = None
    ) -> None:
        self.directory = directory
        self._origin = origin
        self._stack = stack
        self._shared = shared

    def zip(self, source: str, name: str = "function", **other_files: str) -> Path:
        path = self.directory / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{name}.py", source)
            for file_name, text in other_files.items():
                archive.writestr(f"{file_name}.py", text)
        return path

    def site(
        self,
        request: str | None = None,
        response: str | None = None,
        *,
        include_body: bool = False,
        **options: Any,
    ) -> Site:
        """An edge whose default behavior runs the sources given for viewer-request and viewer-response.

        Other tests share it, and its processes, unless there are `options`: a test may have one of each kind.
        """
        if self._shared is None or options or not (request or response):
            return self.own_site(request, response, include_body=include_body, **options)
        return self._shared.site(request, response, include_body)

    def own_site(
        self,
        request: str | None = None,
        response: str | None = None,
        *,
        include_body: bool = False,
        default: dict[str, Any] | None = None,
        behaviors: tuple[dict[str, Any], ...] = (),
        origin: dict[str, Any] | None = None,
        **options: Any,
    ) -> Site:
        """As `site`, with new processes that nobody else uses; `options` are those of LocalEdge."""
        pairs, functions = [], {}
        for event_type, source in (("viewer-request", request), ("viewer-response", response)):
            if source is not None:
                name, module = f"shop-{event_type}", event_type.replace("-", "_")
                pairs.append((event_type, name))
                functions[name] = (self.zip(source, module), f"{module}.handler")
        default = behavior(
            LambdaFunctionAssociations=associations(*pairs, include_body=include_body), **(default or {})
        )
        log: list[dict[str, Any]] = []
        config = distribution(self._origin.server_port, default, *behaviors, origin=origin)
        edge = LocalEdge(config, functions, log=log.append, **options)
        self._stack.enter_context(edge)
        return Site(edge, self._origin, log)


RUNS_A_FILE = """
import pathlib
loaded = None
def handler(event, context):
    global loaded
    source = pathlib.Path({path!r}).read_text()
    if loaded is None or loaded[0] != source:
        namespace = {{}}
        exec(source, namespace)
        loaded = source, namespace['handler']
    return loaded[1](event, context)
"""
"""A function that runs the source which a file holds at the time."""


class SharedSites:
    """Sites that one test after another uses: to start processes for each would take most of their time."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._sites: dict[tuple[bool, bool, bool], Site] = {}

    def site(self, request: str | None, response: str | None, include_body: bool) -> Site:
        """The site of that kind, which runs these sources from now on."""
        kind = (request is not None, response is not None, include_body)
        code = []
        for event_type, source in (("request", request), ("response", response)):
            path = self._workshop.directory / f"{event_type}-{'-'.join(map(str, kind))}.txt"
            path.write_text(source or "", encoding="utf-8")
            code.append(RUNS_A_FILE.format(path=str(path)) if source else None)
        if kind not in self._sites:
            self._sites[kind] = self._workshop.own_site(*code, include_body=include_body)
        self._sites[kind].begin()
        return self._sites[kind]


@pytest.fixture(scope="session")
def shared_sites(
    tmp_path_factory: pytest.TempPathFactory, every_tests_origin: Origin
) -> Iterator[SharedSites]:
    with ExitStack() as stack:
        yield SharedSites(Workshop(tmp_path_factory.mktemp("shared"), every_tests_origin, stack))


@pytest.fixture
def workshop(tmp_path: Path, origin: Origin, shared_sites: SharedSites) -> Iterator[Workshop]:
    with ExitStack() as stack:
        yield Workshop(tmp_path, origin, stack, shared_sites)
