"""`queueit publish`: have config-refresh take what the platform has now, without waiting for its schedule."""

from workbench.cli.command import Context, Options, Result, UsageError, command, connector_name, option
from workbench.cli.connector_function import invoke
from workbench.cli.operator_action import PARAMETERS, act, described

_EXAMPLES = """
publish
publish --force --reason "same version, mended on the platform"
publish --force --dry-run
"""


def run(options: Options, context: Context) -> Result:
    """Not ok when publications are frozen, since then nothing new was taken."""
    if options.force:
        asks = "the platform's configuration is taken whatever its version, and a hold after a rollback ends"
        return act(options, context, "force", asks=asks)
    if options.reason:
        raise UsageError("--reason goes with --force; a publication as on schedule is recorded without")
    if options.dry_run:
        return act(options, context, "refresh")
    result = invoke(connector_name(options, context), {"action": "refresh"}, context)
    return Result(result, described(result), ok=result.get("outcome") != "frozen")


COMMAND = command(
    "publish",
    run,
    _EXAMPLES,
    *PARAMETERS,
    option(
        "--force",
        is_flag=True,
        help="take the platform's configuration whatever its version; also ends the hold after a rollback",
    ),
)
