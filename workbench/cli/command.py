"""What every command is made of: what it is given, what it hands back, and how it fails."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TextIO

import requests

from edge.regions import HOME_REGION

OK, FINDING, USAGE = 0, 1, 2
"""Exit statuses: all is well; something was found or failed; the command line makes no sense."""


class CommandFailed(Exception):
    """The command could not do its work; the text says why and what to do, and holds no secret."""


class UsageError(Exception):
    """The command line makes no sense; the text says what to write instead."""


class Result(NamedTuple):
    """What a command found: `data` for `--json`, `text` for people. Not `ok` means exit status 1."""

    data: dict[str, Any]
    text: str
    ok: bool = True


class Context(NamedTuple):
    """The world outside: everything a command reads but its arguments.

    `client(service, region)` makes a boto3 client; `session()` a requests session; `now()` is in Unix seconds.
    """

    environ: Mapping[str, str]
    stdin: TextIO
    client: Callable[[str, str], Any]
    session: Callable[[], requests.Session]
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Command(Protocol):
    """A module that is a command."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which arguments it takes."""

    def run(self, options: Namespace, context: Context) -> Result:
        """Do it. Raises CommandFailed or UsageError."""


def add_name(parser: ArgumentParser, context_note: str = "") -> None:
    """The option that says which connector."""
    parser.add_argument(
        "--name",
        metavar="CONNECTOR",
        help="the connector's name, as in Terraform's `name` (or the variable QUEUEIT_CONNECTOR)"
        + context_note,
    )


def connector_name(options: Namespace, context: Context) -> str:
    """The connector that is meant. Raises UsageError when nothing says."""
    name: str = options.name or context.environ.get("QUEUEIT_CONNECTOR", "")
    if not name:
        raise UsageError("which connector? Give --name CONNECTOR, or set the variable QUEUEIT_CONNECTOR")
    return name


def home_client(context: Context, service: str) -> Any:
    """A client for the region where the connector is written."""
    return context.client(service, HOME_REGION)


def plural(number: int, one: str, several: str = "") -> str:
    """`1 warning`, `2 warnings`, `no warnings`."""
    return f"{number or 'no'} {one if number == 1 else several or one + 's'}"


def duration(seconds: float) -> str:
    """A length of time as people say it, such as `3 min 20 s` or `2 d 4 h`."""
    rest = max(0, round(seconds))
    parts = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def moment(unix_seconds: float) -> str:
    """A point in time in UTC, such as `2026-11-24 12:00:00 UTC`."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(unix_seconds))
