"""`queueit kill`: switch the connector off: every request passes."""

from workbench.cli.operator_action import operator_command

_EXAMPLES = """
kill --reason "waiting room does not answer"
kill --dry-run
"""

COMMAND = operator_command("kill", _EXAMPLES, asks="every request will pass without queueing")
