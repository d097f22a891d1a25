"""`queueit kill`: switch the connector off: every request passes."""

from argparse import Namespace

from workbench.cli.command import Context, Result
from workbench.cli.connector_function import act, add_arguments, described

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "kill"
HELP = "switch the connector off: within a poll every request passes without queueing"


def run(options: Namespace, context: Context) -> Result:
    """Have config-refresh do it, with who and why recorded."""
    result = act(options, context, NAME)
    return Result(result, described(result))
