"""`queueit unfreeze`: take configurations again."""

from workbench.cli.command import Context, Options, Result, command
from workbench.cli.operator_action import PARAMETERS, act

_EXAMPLES = """
unfreeze
"""


def run(options: Options, context: Context) -> Result:
    """Have config-refresh do it, with who and why recorded."""
    return act(options, context, "unfreeze")


COMMAND = command("unfreeze", run, _EXAMPLES, *PARAMETERS)
