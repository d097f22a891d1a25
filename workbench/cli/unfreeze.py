"""`queueit unfreeze`: take configurations again."""

from workbench.cli.operator_action import operator_command

COMMAND = operator_command("unfreeze", "unfreeze")
