"""`queueit COMMAND`: the console script, also `python -m workbench.cli`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

import boto3
import requests
from botocore.config import Config

from queueit import __version__
from workbench.cli import (
    doctor,
    enable,
    explain,
    freeze,
    history,
    kill,
    publish,
    rollback,
    status,
    token,
    unfreeze,
    validate,
)
from workbench.cli.command import FINDING, OK, Command, CommandFailed, Context, Result, UsageError

COMMANDS: tuple[Command, ...] = (
    explain,
    validate,
    status,
    publish,
    rollback,
    history,
    freeze,
    unfreeze,
    kill,
    enable,
    doctor,
    token,
)
_EPILOG = "exit status: 0 all is well; 1 something was found, or the command failed; 2 the command line makes no sense"
_CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=70, retries={"mode": "standard", "max_attempts": 2})


def _client(service: str, region: str) -> Any:
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, region_name=region, config=_CLIENT_CONFIG)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="queueit",
        description="Ask, check, publish, roll back, switch off and diagnose a Queue-it connector for CloudFront.",
        epilog=_EPILOG,
    )
    top.add_argument("--version", action="version", version=f"queueit {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(
            command.NAME, help=command.HELP, description=f"{command.HELP}.", epilog=_EPILOG
        )
        command.add_arguments(one)
        one.set_defaults(run=command.run, fail=one.error)
        for each in _leaves(one):
            each.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    return top


def _leaves(of: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers that a command line can end in: the command's own, or those of its subcommands."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            return list(action.choices.values())
    return [of]


def run(arguments: Sequence[str], context: Context, out: TextIO, err: TextIO) -> int:
    """Run one command line and return its exit status."""
    options = parser().parse_args(arguments)
    act: Callable[[argparse.Namespace, Context], Result] = options.run
    try:
        result = act(options, context)
    except UsageError as error:
        options.fail(str(error))
    except CommandFailed as error:
        if options.json:
            print(json.dumps({"ok": False, "error": str(error)}, ensure_ascii=False), file=out)
        else:
            print(f"queueit {options.command}: {error}", file=err)
        return FINDING
    if options.json:
        print(json.dumps({"ok": result.ok, **result.data}, indent=2, ensure_ascii=False), file=out)
    else:
        print(result.text, file=out)
    return OK if result.ok else FINDING


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the process's own command line."""
    context = Context(environ, sys.stdin, _client, requests.Session)
    try:
        return run(sys.argv[1:] if arguments is None else arguments, context, sys.stdout, sys.stderr)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDING
    except KeyboardInterrupt:
        return FINDING


if __name__ == "__main__":
    sys.exit(main())
