"""`queueit publish`: have config-refresh take what the platform has now, without waiting for its schedule."""

from argparse import ArgumentParser, Namespace

from workbench.cli.command import Context, Result, UsageError, connector_name
from workbench.cli.connector_function import act, described, invoke
from workbench.cli.connector_function import add_arguments as add_function_arguments

NAME = "publish"
HELP = "take the platform's configuration, the settings and the credentials now, without waiting for the schedule"


def add_arguments(parser: ArgumentParser) -> None:
    """Which connector, and whether versions count."""
    add_function_arguments(parser)
    parser.add_argument(
        "--force",
        action="store_true",
        help="take the platform's configuration whatever its version; also ends the hold after a rollback",
    )


def run(options: Namespace, context: Context) -> Result:
    """Not ok when publications are frozen, since then nothing new was taken."""
    if options.force:
        result = act(options, context, "force")
    elif options.reason:
        raise UsageError("--reason goes with --force; a publication as on schedule is recorded without")
    else:
        result = invoke(connector_name(options, context), {"action": "refresh"}, context)
    return Result(result, described(result), ok=result.get("outcome") != "frozen")
