"""`queueit COMMAND`: the console script, also `python -m workbench.cli`."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

import click

from queueit import __version__
from workbench.cli.command import FINDING, OK, USAGE, Context, Ended, Failed
from workbench.cli.commands import COMMANDS
from workbench.cli.display import has_colour, json_text, write_text
from workbench.printable import printable

if TYPE_CHECKING:
    import requests

_ABOUT = "Ask, check, publish, roll back, switch off and diagnose a Queue-it connector for CloudFront."
_EPILOG = "Exit status: 0 all is well; 1 something was found, or the command failed; 2 the command line makes no sense."
_TRACEBACK = "QUEUEIT_TRACEBACK"
FAULT = "this is a fault of queueit itself"
"""What is said of an exception that nobody foresaw."""
_LONGEST_MESSAGE = 400
_INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT


class _Commands(click.Group):
    """The commands of the table, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        made: click.Command = import_module(f"workbench.cli.{cmd_name}").COMMAND
        return made

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f'there is no command "{args[0]}".{meant}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


COMMAND_LINE = click.version_option(__version__, prog_name="queueit", message="%(prog)s %(version)s")(
    _Commands(
        "queueit",
        help=_ABOUT,
        epilog=_EPILOG,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
)
"""The whole command line."""


def _client(service: str, region: str) -> Any:
    import boto3
    from botocore.config import Config

    from workbench.cli.aws_errors import AwsErrors, failed

    connect: Any = boto3.client  # its stubs know each service by name only
    try:
        config = Config(connect_timeout=5, read_timeout=70, retries={"mode": "standard", "max_attempts": 2})
        return connect(service, region_name=region, config=config)
    except AwsErrors as error:
        raise failed(error, "AWS cannot be asked") from None


def _session() -> "requests.Session":
    import requests

    return requests.Session()


def run(arguments: Sequence[str], context: Context, out: TextIO, err: TextIO) -> int:
    """Run one command line and return its exit status."""
    colour = has_colour(out)

    def write(line: str) -> None:
        write_text(line, out, is_styled=colour)
        out.flush()

    world = context._replace(write=write, has_colour=colour)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            ended = COMMAND_LINE.main([*arguments], "queueit", standalone_mode=False, obj=world)
    except click.ClickException as error:
        return _refuse(error, arguments, out, err)
    if not isinstance(ended, Ended):  # of --help and --version
        return int(ended or OK)
    how = ended.how
    if isinstance(how, Failed):
        if ended.is_json:
            out.write(json_text({"ok": False, "error": how.message}, out, indent=None) + "\n")
        else:
            write_text(printable(f"{how.command}: {how.message}"), err)
        return FINDING
    if ended.is_json:
        if how.data is not None:
            out.write(json_text({"ok": how.ok, **how.data}, out) + "\n")
    elif how.document is not None:
        out.write(json_text(how.document, out) + "\n")
    elif how.text:
        write_text(how.text, out)
    return OK if how.ok else FINDING


def _refuse(error: click.ClickException, arguments: Sequence[str], out: TextIO, err: TextIO) -> int:
    """Say that the command line makes no sense."""
    message = error.format_message()
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}…"
    here = error.ctx if isinstance(error, click.UsageError) else None
    if "--json" in arguments:
        out.write(json_text({"ok": False, "error": message}, out, indent=None) + "\n")
        return USAGE
    if here is not None:
        write_text(f"{here.get_usage()}\nTry: {here.command_path} --help", err)
    write_text(printable(f"{here.command_path if here else 'queueit'}: {message}"), err)
    return USAGE


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the process's own command line."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed when the process began
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    context = Context(environ, sys.stdin, _client, _session)
    try:
        status = run(sys.argv[1:] if arguments is None else arguments, context, sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has had enough
        _drop_output()
        return FINDING
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except OSError as error:
        _drop_output()
        return _failed(f"the output cannot be written: {error.strerror}")
    except Exception as error:
        if environ.get(_TRACEBACK):
            raise
        return _failed(f"{FAULT} ({type(error).__name__}); please report it, with what {_TRACEBACK}=1 shows")
    return status


def _drop_output() -> None:
    """Send nowhere what Python still writes when it ends, so that it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(message: str) -> int:
    sys.stderr.write(f"queueit: {message}\n")
    return FINDING


if __name__ == "__main__":
    sys.exit(main())
