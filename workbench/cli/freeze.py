"""`queueit freeze`: stop taking configurations; settings, credentials, the switch and rollbacks still work."""

from workbench.cli.command import Context, Options, Result, command
from workbench.cli.operator_action import PARAMETERS, act

_EXAMPLES = """
freeze --reason "on-sale at noon"
"""


def run(options: Options, context: Context) -> Result:
    """Have config-refresh do it, with who and why recorded."""
    return act(options, context, "freeze")


COMMAND = command("freeze", run, _EXAMPLES, *PARAMETERS)
