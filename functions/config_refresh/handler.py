"""The config-refresh function: keeps the snapshot in the connector's table fresh."""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config

from config_refresh import platform, report
from config_refresh.credentials import read_credentials
from config_refresh.environment import Environment, read_environment
from config_refresh.errors import RefreshError
from config_refresh.publication import Store
from config_refresh.refresh import Connector, Outcome, force, refresh, roll_back

_CLIENT_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})

Client = Callable[[str], Any]
"""A boto3 client by its service's name."""


def _client(service: str) -> Any:
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, config=_CLIENT_CONFIG)


def _act(event: Mapping[str, Any], connector: Connector) -> Outcome:
    # An event of the scheduler itself has no action of ours: it is a refresh.
    action = event.get("action", "refresh")
    if action == "refresh":
        source = event.get("source")
        return refresh(connector, "apply" if source == "apply" else "schedule")
    if action == "force":
        return force(connector)
    if action == "rollback":
        return roll_back(connector, event.get("snapshot"))
    raise RefreshError(f'the action "{action!s:.50}" is not known; use refresh, force or rollback')


def run(
    event: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    client: Client = _client,
    fetch: platform.Fetch = platform.fetch_with_urllib3,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    print_line: report.Print = print,
) -> dict[str, Any]:
    """Act on `event`; the result says what was done.

    Raises RefreshError, after logging it, so that the invocation fails and alarms see it.
    """
    now = clock()
    connector_name = environ.get("AWS_LAMBDA_FUNCTION_NAME", "").removesuffix("-config-refresh")
    try:
        environment: Environment = read_environment(environ)
        connector = Connector(
            environment=environment,
            credentials=lambda: read_credentials(client("secretsmanager"), environment.secret_arn),
            download=lambda api_key: platform.download(
                environment.base_url, environment.customer_id, api_key, fetch=fetch, sleep=sleep
            ),
            store=Store(client("dynamodb"), environment.connector),
            now=int(now),
        )
        outcome = _act(event, connector)
    except RefreshError as error:
        report.log(
            {
                "level": "error",
                "event": "refresh_failed",
                "error": type(error).__name__,
                "message": str(error),
            },
            print_line,
        )
        report.metrics(connector_name, {"RefreshFailed": 1, "RefreshSucceeded": 0}, now, print_line)
        raise
    report.log({"level": "info", "event": "refresh_succeeded", **outcome._asdict()}, print_line)
    values = {
        "RefreshFailed": 0,
        "RefreshSucceeded": 1,
        "Published": int(outcome.outcome != "unchanged"),
        "ConfigurationVersion": outcome.version,
    }
    report.metrics(connector_name, values, now, print_line)
    return outcome._asdict()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point; see `run`."""
    return run(event, os.environ)
