"""What an operator does through config-refresh: asked first, recorded with who and why, and told in words."""

import getpass
import json
import socket
from typing import Any

import click

from workbench.cli import command as cli
from workbench.cli import history
from workbench.cli.aws_errors import AwsErrors
from workbench.cli.connector_function import invoke
from workbench.printable import printable

_LONGEST_ACTOR, _LONGEST_REASON = 200, 500

PARAMETERS = (
    cli.name_option(),
    cli.option("--reason", metavar="TEXT", help="why, for the history"),
    cli.option("--dry-run", is_flag=True, help="say what would be asked for, and change nothing"),
    cli.option("--yes", "-y", is_flag=True, help="do not ask whether to go on"),
)
"""The parameters of every command that acts on a connector and is recorded with who and why."""


def act(
    options: cli.Options, context: cli.Context, action: str, *, asks: str = "", **more: Any
) -> cli.Result:
    """Invoke an operator's action, with who and why.

    On a terminal the operator is asked first where `asks` says what is at stake. Raises CommandFailed or UsageError.
    """
    name = cli.connector_name(options, context)
    event = {"action": action, **more}
    if options.reason:
        event["reason"] = options.reason[:_LONGEST_REASON]
    if options.dry_run:
        return _rehearsed(name, event, context)
    if asks:
        _confirm(f"{name}: {asks}.", options, context)
    result = invoke(name, {**event, "actor": actor(context)}, context)
    return cli.Result(result, described(result))


def operator_command(name: str, examples: str, asks: str = "") -> click.Command:
    """A command that has config-refresh do what its name says, with who and why recorded."""

    def run(options: cli.Options, context: cli.Context) -> cli.Result:
        return act(options, context, name, asks=asks)

    return cli.command(name, run, examples, *PARAMETERS)


def _rehearsed(name: str, event: dict[str, Any], context: cli.Context) -> cli.Result:
    """What an action would ask for, and what is in force."""
    found = history.read(name, context)
    current = found.get("current") or {}
    asked = json.dumps(event, ensure_ascii=False)
    lines = [
        f"would invoke {name}-config-refresh with {asked}; nothing was changed",
        f"in force: version {current.get('version')}, snapshot {current.get('snapshot')}",
        *history.state_lines(found),
    ]
    state = {key: found.get(key) for key in ("current", "held", "freeze", "override")}
    return cli.Result({"dry_run": True, "event": event, **state}, "\n".join(lines))


def _confirm(what: str, options: cli.Options, context: cli.Context) -> None:
    """Ask a person at a terminal to agree. Raises CommandFailed if they do not."""
    if options.yes or context.stdin is None or not context.stdin.isatty():
        return
    click.echo(f"{printable(what)} Go on? [y/N] ", nl=False, err=True)
    if context.stdin.readline().strip().lower() not in ("y", "yes"):
        raise cli.CommandFailed("nothing was changed")


def actor(context: cli.Context) -> str:
    """Who runs the command: the caller's ARN, or when AWS does not say, the user of this machine.

    A switch that must work in an emergency does not wait for a third service.
    """
    try:
        arn: str = cli.home_client(context, "sts").get_caller_identity()["Arn"]
    except AwsErrors:
        arn = f"{_user()}@{socket.gethostname()} (not confirmed by AWS)"
    return "".join([character for character in arn if character.isprintable()])[:_LONGEST_ACTOR]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def described(result: dict[str, Any]) -> str:
    """What an action did, in a few lines."""
    outcome = printable(str(result.get("outcome", ""))).replace("_", " ")
    lines = [f"{outcome}: version {result.get('version')}, snapshot {result.get('snapshot')}"]
    if result.get("previous_snapshot") not in (None, result.get("snapshot")):
        lines.append(f"before   {result['previous_snapshot']}")
        lines.append(
            "Running edges follow at their next poll (setting poll_interval_seconds, 30 s by default)."
        )
    if result.get("enabled") is False:
        lines.append("SWITCHED OFF: every request passes without queueing; switch on with: queueit enable")
    if result.get("frozen"):
        lines.append("FROZEN: new configurations are not taken; take them again with: queueit unfreeze")
    if result.get("held"):
        lines.append(
            "HELD after a rollback: the platform's configuration is not taken until its version is above all that "
            "were in force; end this with: queueit publish --force"
        )
    lines += [f"warning  {printable(str(one))}" for one in result.get("warnings") or []]
    return "\n".join(lines)
