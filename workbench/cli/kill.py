"""`queueit kill`: switch the connector off: every request passes."""

from workbench.cli.command import Context, Options, Result, command
from workbench.cli.operator_action import PARAMETERS, act

_EXAMPLES = """
kill --reason "waiting room does not answer"
kill --dry-run
"""


def run(options: Options, context: Context) -> Result:
    """Have config-refresh do it, with who and why recorded."""
    return act(options, context, "kill", asks="every request will pass without queueing")


COMMAND = command("kill", run, _EXAMPLES, *PARAMETERS)
