"""What every command is made of: what it is given, what it hands back, and how it fails."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from edge.regions import HOME_REGION
from workbench.cli.commands import COMMANDS

if TYPE_CHECKING:
    import requests

OK, FINDING, USAGE = 0, 1, 2
"""Exit statuses: all is well; something was found or failed; the command line makes no sense."""

Options = SimpleNamespace
"""What the command line says, an attribute for each parameter; `json` is the frame's."""

_CONNECTOR = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LATEST_MOMENT = 253402300799  # the year 9999
_ANY_WIDTH = 10_000  # of a table: it is not cut to the terminal's


class CommandFailed(Exception):
    """The command could not do its work; the text says why and what to do, and holds no secret."""


class UsageError(click.UsageError):
    """The command line makes no sense; the text says what to write instead."""


class Result(NamedTuple):
    """What a command found: `data` for `--json`, `text` for people. Not `ok` means exit status 1.

    `document` is JSON to print in place of the text. Where `data` is None the command has written its JSON itself.
    """

    data: dict[str, Any] | None
    text: str
    ok: bool = True
    document: Any = None


class Context(NamedTuple):
    """The world outside: everything a command reads but its arguments.

    `client(service, region)` makes a boto3 client; `session()` a requests session; `now()` is in Unix seconds.
    `write(text)` shows a line at once, for a command that goes on; `has_colour` says whether its reader wants colour.
    """

    environ: Mapping[str, str]
    stdin: TextIO
    client: Callable[[str, str], Any]
    session: Callable[[], "requests.Session"]
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    write: Callable[[str], None] = print
    has_colour: bool = False


Run = Callable[[Options, Context], Result]
"""What a command does. Raises CommandFailed or UsageError."""


class Failed(NamedTuple):
    """A command that raised CommandFailed, and with what."""

    command: str
    message: str


class Ended(NamedTuple):
    """How a command ended, and whether `--json` asks for one JSON object."""

    how: Result | Failed
    is_json: bool


def command(
    name: str, run: Run, examples: str, *parameters: click.Parameter, help: str = ""
) -> click.Command:
    """The command `name`, with the table's `help` unless another is given.

    `examples` are command lines, one a line, without the leading `queueit`.
    """
    help = help or COMMANDS[name]

    def callback(**values: Any) -> Ended:
        here = click.get_current_context()
        try:
            return Ended(run(Options(**values), here.obj), values["json"])
        except CommandFailed as error:
            return Ended(Failed(here.command_path, str(error)), values["json"])
        except UsageError as error:
            error.ctx = here
            raise

    lines = "\n".join([f"  queueit {line}" for line in examples.strip().splitlines()])
    as_json = click.Option(["--json"], is_flag=True, help="print one JSON object instead of text")
    return click.Command(
        name,
        callback=callback,
        params=[*parameters, as_json],
        help=f"{help[0].upper()}{help[1:]}.",
        epilog=f"\b\nExamples:\n{lines}",
    )


class FileName(click.Path):
    """The name of a file, which a shell completes; it is looked at when it is read."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself."""
        return str(value)


def argument(name: str, metavar: str, **more: Any) -> click.Argument:
    """A positional argument."""
    return click.Argument([name], metavar=metavar, **more)


def option(*names: str, **more: Any) -> click.Option:
    """An option."""
    return click.Option(list(names), **more)


def file_option(name: str, help: str) -> click.Option:
    """An option that names a file, which a shell completes."""
    return click.Option([name], metavar="FILE", type=FileName(), help=help)


def name_option(note: str = "") -> click.Option:
    """The option that says which connector."""
    return option(
        "--name",
        metavar="CONNECTOR",
        help=f"the connector's name, as in Terraform's `name` (or the variable QUEUEIT_CONNECTOR){note}",
    )


def connector_name(options: Options, context: Context) -> str:
    """The connector that is meant. Raises UsageError when nothing says, or no connector can be called so."""
    name: str = options.name or context.environ.get("QUEUEIT_CONNECTOR", "")
    if not name:
        raise UsageError("which connector? Give --name CONNECTOR, or set the variable QUEUEIT_CONNECTOR")
    if not _CONNECTOR.fullmatch(name):
        raise UsageError(f'"{name}" cannot be a connector\'s name; give `name` as it is in Terraform')
    return name


def home_client(context: Context, service: str) -> Any:
    """A client for the region where the connector is written."""
    return context.client(service, HOME_REGION)


def plural(number: int, one: str, several: str = "") -> str:
    """`1 warning`, `2 warnings`, `no warnings`."""
    return f"{number or 'no'} {one if number == 1 else several or one + 's'}"


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """A line for each row, its cells one under the other; characters that take two columns count as two."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*[Text(cell, no_wrap=True) for cell in row])
    if not table.row_count:
        return []
    console = Console(file=StringIO(), width=_ANY_WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(table)
    return [line.rstrip() for line in captured.get().splitlines()]


def listed(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """A title, and below it a line for each thing: what it is, and what it is like."""
    return [title, *[f"  {line}" for line in columns(rows)]]


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
    if not 0 <= unix_seconds <= _LATEST_MOMENT:
        return f"Unix second {unix_seconds:.0f}"
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(unix_seconds))
