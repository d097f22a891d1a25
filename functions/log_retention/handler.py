"""The log-retention function: keeps the edge functions' log groups in order, in every region but its own."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config

from log_retention.enforcement import Client, enforce
from log_retention.errors import Incomplete, LogRetentionError
from log_retention.retention_settings import read_environment

_CLIENT_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


def _client(service: str, region: str) -> Any:
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, region_name=region, config=_CLIENT_CONFIG)


def run(
    environ: Mapping[str, str], *, client: Client = _client, print_line: Callable[[str], None] = print
) -> dict[str, Any]:
    """Set what is not as it should be; the result says what was done.

    Raises LogRetentionError, after logging it, so that the invocation fails and the alarm sees it.
    """
    try:
        report = enforce(read_environment(environ), client)
        if report.problems:
            print_line(_line("error", "log_retention_incomplete", **report._asdict()))
            raise Incomplete("; ".join(report.problems[:10]))
    except LogRetentionError as error:
        if not isinstance(error, Incomplete):
            print_line(_line("error", "log_retention_failed", error=type(error).__name__, message=str(error)))
        raise
    print_line(_line("info", "log_retention_done", **report._asdict()))
    return report._asdict()


def _line(level: str, event: str, **details: Any) -> str:
    return json.dumps({"level": level, "event": event, **details}, ensure_ascii=False)


def handler(_event: object, _context: object) -> dict[str, Any]:
    """Lambda's entry point; see `run`."""
    return run(os.environ)
