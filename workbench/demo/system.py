"""Starts the parts of the demo, connects them, and stops them."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from workbench.control_room.activity import Activity, TableRead
from workbench.control_room.event_stream import EventStream
from workbench.demo.aws_stand_in import AwsStandIn
from workbench.demo.function_url import create_function_url
from workbench.demo.lambda_stand_in import create_app as create_lambda
from workbench.demo.refresh_schedule import InvocationFailed, RefreshFunction, Schedule
from workbench.demo.sample_configuration import EVENT_ID, PROTECTED_PATHS, sample_configuration
from workbench.demo.sample_distribution import sample_distribution
from workbench.demo.table_gate import TableGate
from workbench.demo.web_server import PortTaken, WebServer, free_port_or
from workbench.local_edge import EdgeEvent, FunctionLine, LocalEdge
from workbench.sample_shop import create_app as create_shop
from workbench.sample_waiting_room import Account, WaitingRoom
from workbench.sample_waiting_room import create_app as create_waiting_room

HOST = "127.0.0.1"
_DIST = Path(__file__).parents[2] / "functions" / "dist"
EDGE_ZIP = _DIST / "edge.zip"
CONFIG_REFRESH_ZIP = _DIST / "config_refresh.zip"

FAKE_ACCOUNT = Account(
    customer_id="northlight",
    secret_key="demo-secret-key-that-protects-nothing-0123456789abcdef0123456789abcdef",
    api_key="demo-api-key-that-protects-nothing",
    proxy_key="demo-proxy-key-that-protects-nothing",
)


@dataclass(frozen=True)
class Ports:
    """The port of each part; 0 for any free one."""

    shop: int = 0
    waiting_room: int = 0
    origin: int = 0
    publish: int = 0
    dynamodb: int = 0
    secrets: int = 0
    functions: int = 0
    control_room: int = 0


class PortsUnavailable(OSError):
    """Some of the ports that were asked for are in use; `taken` maps each part, a field of Ports, to its port."""

    def __init__(self, taken: Mapping[str, int]) -> None:
        self.taken = dict(taken)
        named = [f"port {port}, for the {part.replace('_', ' ')}," for part, port in taken.items()]
        super().__init__(f"{' and '.join(named)} {'is' if len(named) == 1 else 'are'} taken")


_LOCAL_HTTPS = re.compile(r"^https(?=(?:://|%3A%2F%2F)127\.0\.0\.1(?::|%3A)[0-9])")


def as_served_here(address: str) -> str:
    """Turn an https address of this machine, percent-encoded or not, into an http one.

    Behind CloudFront and at the platform everything is HTTPS; here everything is plain HTTP.
    """
    return _LOCAL_HTTPS.sub("http", address)


class ZipMissing(FileNotFoundError):
    """The zip of a function is missing."""


class Demo:
    """The running system, as a context manager. Everything it serves is on 127.0.0.1."""

    def __init__(
        self,
        ports: Ports | None = None,
        *,
        name: str = "queueit-demo",
        refresh_every_seconds: float | None = None,
        visitors_per_second: float = 2.0,
        crowd: int = 20,
        workers_per_function: int = 2,
        publish_endpoint: bool = False,
        is_followed: bool = False,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`name` is the connector's. Without `refresh_every_seconds`, config_refresh runs only when it is invoked.

        With `publish_endpoint` the waiting room pushes what it publishes to the connector's publish endpoint. With
        `is_followed` everything that happens, each decision included, goes to `stream`, and only the rest to `log`.
        """
        self.ports = ports or Ports()
        self._name = name
        self._settings: dict[str, Any] = {"poll_interval_seconds": 5}
        if is_followed:
            self._settings["decision_log_rate"] = 1
        self._refresh_every_seconds = refresh_every_seconds
        self._workers_per_function = workers_per_function
        self._has_publish_endpoint = publish_endpoint
        self._log = log
        self.stream = EventStream()
        self.activity = (
            Activity(
                self.stream,
                f"{name}-viewer-request",
                read_history=lambda: self.refresh({"action": "history"}),
            )
            if is_followed
            else None
        )
        self._edge_options: dict[str, bool] = {}
        self._stack = ExitStack()
        self.account = FAKE_ACCOUNT
        self.waiting_room = WaitingRoom(self.account, visitors_per_second=visitors_per_second, crowd=crowd)
        self.waiting_room.connector_settings = self._settings

    def __enter__(self) -> "Demo":
        with ExitStack() as starting:
            self._start(starting)
            self._stack = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop everything, the last started first."""
        self._stack.close()

    def _start(self, starting: ExitStack) -> None:
        for zip_path in (EDGE_ZIP, CONFIG_REFRESH_ZIP):
            if not zip_path.is_file():
                raise ZipMissing(f"{zip_path} is missing; `make build` makes it")
        self._check_ports()
        self._waiting_room_server = starting.enter_context(WebServer(HOST, self.ports.waiting_room))
        self._origin = starting.enter_context(WebServer(HOST, self.ports.origin))
        self.waiting_room_url = self._waiting_room_server.url
        self.origin_url = self._origin.url

        self.aws = AwsStandIn(self._name, dynamodb_port=self.ports.dynamodb, secrets_port=self.ports.secrets)
        starting.callback(self.aws.stop)
        account = self.account
        self.aws.start(
            {"secret_key": account.secret_key, "api_key": account.api_key, "proxy_key": account.proxy_key}
        )

        self.table_gate = TableGate(self.aws.dynamodb_port, self._table_read)
        starting.callback(self.table_gate.stop)
        self._waiting_room_server.start(create_waiting_room(self.waiting_room))
        self._origin.start(create_shop())
        self.waiting_room.publication.publish(self.sample_configuration())
        self.waiting_room.lines.require_token(EVENT_ID, True)

        self._refresh_function = RefreshFunction(
            CONFIG_REFRESH_ZIP, self._refresh_environment(), log=self._log_refresh
        )
        starting.callback(self._refresh_function.stop)
        self._functions_server = starting.enter_context(WebServer(HOST, self.ports.functions))
        self._functions_server.start(create_lambda({f"{self._name}-config-refresh": self.refresh}))
        self.refresh()
        if self._has_publish_endpoint:
            self._start_publish_endpoint(starting)

        self.edge = self.new_edge(port=self.ports.shop)
        starting.callback(lambda: self.edge.stop())
        self.edge.start()
        self.shop_url = self.edge.url
        self.admit_shop(self.shop_url)
        self.waiting_room.default_target = f"{self.shop_url}{PROTECTED_PATHS[0]}"

        if self._refresh_every_seconds is not None:
            schedule = Schedule(self._refresh_function, self._refresh_every_seconds, self._report)
            starting.callback(schedule.stop)
            schedule.start()
        if self.activity:
            self._keep_telling(self.activity, starting)

    def _keep_telling(self, activity: Activity, starting: ExitStack) -> None:
        """Until everything stops, tell `activity` again and again which workers live and what time it is."""
        stop = threading.Event()

        def look() -> None:
            while not stop.wait(0.1):
                activity.alive(self.edge.worker_numbers(f"{self._name}-viewer-request"))
                activity.tick()

        thread = threading.Thread(target=look, daemon=True)
        starting.callback(thread.join)
        starting.callback(stop.set)
        starting.callback(self.stream.close)
        activity.read()
        thread.start()

    def _start_publish_endpoint(self, starting: ExitStack) -> None:
        function = RefreshFunction(
            CONFIG_REFRESH_ZIP,
            {
                **self.aws.environment,
                "AWS_LAMBDA_FUNCTION_NAME": f"{self._name}-publish",
                "QUEUEIT_CUSTOMER_ID": self.account.customer_id,
                "QUEUEIT_SECRET_ARN": self.aws.secret_arn,
            },
            handler="config_refresh.publish_endpoint.handler",
            log=self._log_refresh,
        )
        starting.callback(function.stop)
        server = starting.enter_context(WebServer(HOST, self.ports.publish))
        server.start(create_function_url(function))
        self.waiting_room.publish_url = f"{server.url}/"

    def sample_configuration(self) -> dict[str, Any]:
        """A new copy of the configuration that is published first."""
        return sample_configuration(self._waiting_room_server.authority)

    @property
    def command_environment(self) -> dict[str, str]:
        """The variables that make the command line `queueit` talk to this connector."""
        return {
            **self.aws.environment,
            "AWS_ENDPOINT_URL": self.aws.secrets_url,
            "AWS_ENDPOINT_URL_LAMBDA": self._functions_server.url,
            "QUEUEIT_CONNECTOR": self._name,
        }

    @property
    def includes_body(self) -> bool:
        """Whether the edge hands request bodies to the function."""
        return self._edge_options.get("include_body", False)

    def publish(self, configuration: dict[str, Any]) -> int:
        """Publish a configuration on the platform; returns its version. It is pushed, or waits for the next refresh."""
        return self.waiting_room.publish(configuration)

    def refresh(self, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Invoke config_refresh now. Raises InvocationFailed when it fails."""
        return self._refresh_function.invoke(event or {"action": "refresh", "source": "schedule"})

    def change_settings(self, **settings: Any) -> None:
        """Change settings as `terraform apply` does, and invoke config_refresh."""
        self._settings = self.waiting_room.connector_settings = {**self._settings, **settings}
        self._refresh_function.set_environment(self._refresh_environment())
        self.refresh({"action": "refresh", "source": "apply"})

    def store_secret_keys(self, secret_key: str, **others: str) -> None:
        """Store other keys in the secret, by their names there; the platform's own key stays as it is."""
        account = {"api_key": self.account.api_key, "proxy_key": self.account.proxy_key}
        self.aws.store_secret({"secret_key": secret_key, **others, **account})

    def stop_dynamodb(self) -> None:
        """Take DynamoDB away; it keeps its items."""
        self.table_gate.make_trouble("gone")
        self.aws.stop_dynamodb()

    def start_dynamodb(self) -> None:
        """Bring DynamoDB back."""
        self.aws.start_dynamodb()
        self.table_gate.make_trouble("none")

    def replace_edge(self, **options: bool) -> None:
        """Replace the edge by one with cold workers; `options` are those of `new_edge`, and last."""
        self._edge_options |= options
        port = urlsplit(self.shop_url).port or 0
        self.edge.stop()
        self.table_gate.new_edge()
        if self.activity:
            self.activity.new_edge()
        edge = self.new_edge(port=port, **self._edge_options)
        edge.start()
        self.edge = edge

    def new_edge(self, *, port: int = 0, fail_closed: bool = False, include_body: bool = False) -> LocalEdge:
        """Make another edge in front of the same shop; it is not started yet, so its workers will be cold."""
        request_function, response_function = f"{self._name}-viewer-request", f"{self._name}-viewer-response"
        handler = "handler_fail_closed" if fail_closed else "handler"
        arns = {
            event_type: f"arn:aws:lambda:us-east-1:123456789012:function:{self._name}-{event_type}:1"
            for event_type in ("viewer-request", "viewer-response")
        }
        return LocalEdge(
            sample_distribution(self._origin.host, self._origin.port, arns, include_body=include_body),
            {
                request_function: (EDGE_ZIP, f"edge.viewer_request.{handler}"),
                response_function: (EDGE_ZIP, "edge.viewer_response.handler"),
            },
            environment={"AWS_ENDPOINT_URL_DYNAMODB": self.table_gate.url},
            host=HOST,
            port=port,
            workers_per_function=self._workers_per_function,
            rewrite_locations=as_served_here,
            log=self._log_edge,
            observe=self._observe,
        )

    def admit_shop(self, url: str) -> None:
        """Let the waiting room send visitors to the shop behind the edge at `url`."""
        self.waiting_room.targets.allow(urlsplit(url).netloc, "http")

    def _refresh_environment(self) -> dict[str, str]:
        return {
            **self.aws.environment,
            "AWS_LAMBDA_FUNCTION_NAME": f"{self._name}-config-refresh",
            "QUEUEIT_CUSTOMER_ID": self.account.customer_id,
            "QUEUEIT_SECRET_ARN": self.aws.secret_arn,
            "QUEUEIT_SETTINGS": json.dumps(self._settings),
            "QUEUEIT_BASE_URL": self.waiting_room_url,
        }

    def _check_ports(self) -> None:
        taken: dict[str, int] = {}
        wanted: set[int] = set()
        for part, port in asdict(self.ports).items():
            try:
                free_port_or(port, HOST)
            except PortTaken:
                taken[part] = port
            if port in wanted:
                taken[part] = port
            wanted |= {port} - {0}
        if taken:
            raise PortsUnavailable(taken)

    def _report(self, outcome: dict[str, Any] | InvocationFailed) -> None:
        if self.activity:
            return
        if isinstance(outcome, InvocationFailed):
            self._log(f"config_refresh failed: {outcome}")
        elif outcome["outcome"] != "unchanged":
            self._log(f"config_refresh {outcome['outcome']} version {outcome['version']}")

    def _log_refresh(self, line: str) -> None:
        """Log what config_refresh prints, but for JSON: those lines repeat the result of the invocation."""
        if not line.startswith("{"):
            self._log(f"{self._name}-config-refresh: {line}")
        elif self.activity:
            self.activity.refresh_line(line)

    def _table_read(self, read: TableRead) -> None:
        if self.activity:
            self.activity.table_read(read)

    def _log_edge(self, message: dict[str, Any]) -> None:
        """Log what the edge reports; `_observe` gets what functions print."""
        if message["message"] != "function output":
            self._log(f"edge: {json.dumps(message)}")

    def _observe(self, event: EdgeEvent) -> None:
        """Log what a function prints after the name of the function, but for metrics, which are not for people."""
        if self.activity:
            self.activity.edge_event(event)
        if isinstance(event, FunctionLine) and not event.line.startswith("{" if self.activity else '{"_aws"'):
            self._log(f"{event.function}: {event.line}")
