"""`python -m workbench.demo`: start the whole system and say what to try."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields

from workbench.demo.refresh_schedule import InvocationFailed
from workbench.demo.system import Demo, Ports, PortUnavailable, ZipMissing

_DEFAULT_PORTS = Ports(shop=8080, waiting_room=8081, origin=8082)
_LABELS = {
    "shop": "the shop behind the local edge: the address to open",
    "waiting_room": "the waiting room and its administration",
    "origin": "the shop itself, without the connector",
    "publish": "the publish endpoint, to which the waiting room pushes",
    "dynamodb": "DynamoDB (moto)",
    "secrets": "Secrets Manager (moto)",
    "functions": "Lambda, for the command line",
}


def flag_of(part: str) -> str:
    """The command-line option that chooses the port of `part`."""
    return f"--{part.replace('_', '-')}-port"


def variable_of(part: str) -> str:
    """The environment variable that chooses the port of `part`."""
    return f"QUEUEIT_DEMO_{part.upper()}_PORT"


def parse_arguments(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """Parse the command line; ports come from it, else from the environment, else from the defaults."""
    parser = argparse.ArgumentParser(
        prog="python -m workbench.demo",
        description="Run shop, waiting room, AWS stand-ins, config_refresh and the edge on this machine.",
    )
    for part in (field.name for field in fields(Ports)):
        parser.add_argument(
            flag_of(part),
            type=_port,
            metavar="PORT",
            default=environ.get(variable_of(part)) or str(getattr(_DEFAULT_PORTS, part)),
            help=f"{_LABELS[part]} (or {variable_of(part)}; 0 takes any free one; default %(default)s)",
        )
    parser.add_argument(
        "--visitors-per-second",
        type=_at_least_zero,
        default=2.0,
        metavar="N",
        help="how fast the waiting room lets people in (default %(default)s)",
    )
    parser.add_argument(
        "--crowd",
        type=int,
        default=20,
        metavar="N",
        help="imagined people in front of a visitor who finds the line empty (default %(default)s)",
    )
    return parser.parse_args(arguments)


def explain(taken: PortUnavailable) -> str:
    """What to do about a port that is in use."""
    return (
        f"{taken}. Choose another with {flag_of(taken.part)} PORT or {variable_of(taken.part)}=PORT; "
        "0 takes any free one."
    )


def describe(demo: Demo) -> str:
    """The addresses to open and what to try."""
    shop, room = demo.shop_url, demo.waiting_room_url
    return f"""
  Shop, protected      {shop}/
  Waiting room         {room}/admin   (edit and publish the configuration, let everybody in)
  Shop, unprotected    {demo.origin_url}/
  Publish endpoint     {demo.waiting_room.publish_url}
  DynamoDB             {demo.aws.dynamodb_url}

  Try
   1. Open {shop}/tickets: you are sent to the waiting room, and come out on the page you asked for.
   2. Look around and order: the session cookie lets you pass. "Sign out" ends it, and you wait again.
   3. On {shop}/ press "Check live availability": the same for a background request.
   4. On {room}/admin change a trigger and publish: it is pushed, and every edge follows within five seconds.
   5. Open {shop}/tickets?queueittoken=made-up and see what becomes of a forged token.
   6. curl -sI {shop}/tickets shows what the connector answers. Open its Location without "enqueuetoken": the
      waiting room takes only whom the site has sent, until you switch that on {room}/admin.
   7. .venv/bin/queueit doctor {shop}/tickets asks it more; with these variables set, status, history, explain,
      publish and kill work too:
      export {" ".join(f"{name}={value}" for name, value in demo.command_environment.items())}

  Ctrl-C stops everything.
"""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the demo until Ctrl-C; returns the exit status."""
    options = parse_arguments(arguments, environ)
    ports = Ports(**{field.name: getattr(options, f"{field.name}_port") for field in fields(Ports)})
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    demo = Demo(
        ports,
        refresh_every_seconds=5,
        visitors_per_second=options.visitors_per_second,
        crowd=options.crowd,
        publish_endpoint=True,
        log=_print_line,
    )
    print("Starting …", flush=True)
    try:
        with demo:
            print(describe(demo), flush=True)
            stop.wait()
            print("\nStopping …", flush=True)
    except PortUnavailable as taken:
        print(explain(taken), file=sys.stderr)
        return 2
    except ZipMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    except InvocationFailed as failure:
        print(f"config_refresh failed: {failure}", file=sys.stderr)
        return 1
    return 0


def _print_line(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use a number from 0 to 65535")
    return int(text)


def _at_least_zero(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed; use a number from 0 to 1000")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
