"""`queueit freeze`: stop taking configurations; settings, credentials, the switch and rollbacks still work."""

from argparse import Namespace

from workbench.cli.command import Context, Result
from workbench.cli.connector_function import act, add_arguments, described

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "freeze"
HELP = "stop taking configurations from the platform, until unfreeze"


def run(options: Namespace, context: Context) -> Result:
    """Have config-refresh do it, with who and why recorded."""
    result = act(options, context, NAME)
    return Result(result, described(result))
