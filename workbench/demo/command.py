"""The demo's command: its options, what it prints at the start, and how it ends."""

import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.demo.switches import SWITCHES

if TYPE_CHECKING:
    from workbench.demo.system import Demo

_DEFAULT_PORTS = {"control_room": 8083, "shop": 8080, "waiting_room": 8081, "origin": 8082}
_PARTS = {
    "control_room": "the control room: the page that shows what the edge does",
    "shop": "the shop behind the local edge",
    "waiting_room": "the waiting room and its administration",
    "origin": "the shop itself, without the connector",
    "publish": "the publish endpoint, to which the waiting room pushes",
    "dynamodb": "DynamoDB (moto)",
    "secrets": "Secrets Manager (moto)",
    "functions": "Lambda, for the command line",
}
_VARIABLES_FILES = Path(__file__).parents[2] / "build"


def flag_of(part: str) -> str:
    """The command-line option that chooses the port of `part`."""
    return f"--{part.replace('_', '-')}-port"


def variable_of(part: str) -> str:
    """The environment variable that chooses the port of `part`."""
    return f"QUEUEIT_DEMO_{part.upper()}_PORT"


def what_to_do_about(taken: Mapping[str, int]) -> str:
    """How to start the demo although the ports of these parts are taken."""
    options = " ".join(f"{flag_of(part)} 0" for part in taken)
    return (
        f'Take any free {"one" if len(taken) == 1 else "ones"} with: make demo ARGS="{options}"\n'
        f"(or set {', '.join(variable_of(part) for part in taken)}; 0 takes any free one)"
    )


def describe(demo: "Demo", control_room_url: str, variables: Path) -> str:
    """The addresses to open and what to try."""
    shop, room = demo.shop_url, demo.waiting_room_url
    return f"""
  Control room         {control_room_url}/   (what the edge does, while it does it)

  Shop, protected      {shop}/
  Waiting room         {room}/admin   (edit and publish the configuration, let everybody in)
  Shop, unprotected    {demo.origin_url}/
  Publish endpoint     {demo.waiting_room.publish_url}
  DynamoDB             {demo.aws.dynamodb_url}

  Try
   1. Open {shop}/tickets: you are sent to the waiting room, and come out on the page you asked for.
   2. Look around and order: the session cookie lets you pass. "Sign out" ends it, and you wait again.
   3. On {shop}/ press "Check live availability": the same for a background request.
   4. On {room}/admin change a trigger and publish: it is pushed, and every edge follows a poll later.
   5. Open {shop}/tickets?queueittoken=made-up and see what happens to a forged token.
   6. curl -sI {shop}/tickets shows what the connector answers. Open its Location without "enqueuetoken": the
      waiting room takes only whom the site has sent, until you switch that on {room}/admin.
   7. In the control room press "Table gone", or rotate the key; click a request to see why it was decided so.
   8. source {variables}
      .venv/bin/queueit doctor {shop}/tickets checks the site; status, history, explain, publish and kill work too.

  Ctrl-C stops everything.
"""


def _with_ports(command: Callable[..., Any]) -> Callable[..., Any]:
    for part, text in reversed(_PARTS.items()):
        command = click.option(
            flag_of(part),
            type=click.IntRange(0, 65535),
            metavar="PORT",
            default=_DEFAULT_PORTS.get(part, 0),
            envvar=variable_of(part),
            show_default=True,
            show_envvar=True,
            help=f"{text}; 0 takes any free one",
        )(command)
    return command


@click.command(context_settings={"max_content_width": 120})
@_with_ports
@click.option(
    "--visitors-per-second",
    type=click.FloatRange(0, 1000),
    default=2.0,
    show_default=True,
    metavar="N",
    help="how fast the waiting room lets people in",
)
@click.option(
    "--crowd",
    type=click.IntRange(0, 1_000_000),
    default=20,
    show_default=True,
    metavar="N",
    help="imaginary people in front of a visitor who finds the line empty",
)
@click.option(
    "--switch",
    "switches",
    type=click.Choice([one.name for one in SWITCHES]),
    multiple=True,
    help="press this button of the control room at the start; can be repeated. "
    + " ".join(f"{one.name}: {one.text}" for one in SWITCHES),
)
@click.option("--quiet", is_flag=True, help="print no line for each request")
def command(
    visitors_per_second: float, crowd: int, switches: tuple[str, ...], quiet: bool, **ports: int
) -> int:
    """Run shop, waiting room, AWS stand-ins, config-refresh, the edge and its control room on this machine."""
    click.echo("Starting …")
    from workbench.demo.control_room import open_control_room
    from workbench.demo.refresh_schedule import InvocationFailed
    from workbench.demo.system import Demo, Ports, PortsUnavailable, ZipMissing
    from workbench.lambda_runtime.installation import shortcomings

    for text in shortcomings():
        click.echo(f"Note: {text}.")
    demo = Demo(
        Ports(**{name.removesuffix("_port"): port for name, port in ports.items()}),
        refresh_every_seconds=5,
        visitors_per_second=visitors_per_second,
        crowd=crowd,
        publish_endpoint=True,
        is_followed=True,
        log=click.echo,
    )
    variables: Path | None = None
    try:
        with demo, open_control_room(demo) as control_room:
            variables = _write_variables(demo)
            click.echo(describe(demo, control_room.url, variables))
            if not quiet:
                from workbench.demo.console import Console

                Console(demo.stream)
            for name in switches:
                control_room.switches.press(name, True)
            threading.Event().wait()
    except PortsUnavailable as unavailable:
        click.echo(f"{unavailable}. {what_to_do_about(unavailable.taken)}", err=True)
        return 2
    except ZipMissing as missing:
        click.echo(str(missing), err=True)
        return 2
    except InvocationFailed as failure:
        click.echo(f"config_refresh failed: {failure}", err=True)
        return 1
    finally:
        if variables:
            variables.unlink(missing_ok=True)
    return 0


def run(arguments: Sequence[str]) -> int:
    """Run the command with `arguments`; returns the exit status."""
    try:
        status: int = command.main(
            list(arguments), prog_name="python -m workbench.demo", standalone_mode=False
        )
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:  # what click makes of Ctrl-C, at whatever moment
        click.echo("Stopped.")
        return 0
    return status


def _write_variables(demo: "Demo") -> Path:
    """Write a file to source, with which `queueit` talks to this demo; its path, as one would type it here."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in demo.command_environment.items()]
    _VARIABLES_FILES.mkdir(exist_ok=True)
    path = _VARIABLES_FILES / f"demo-{demo.shop_url.rpartition(':')[2]}.env"
    path.write_text("".join(lines), encoding="utf-8")
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
