"""`queueit freeze`: stop taking configurations; settings, credentials, the switch and rollbacks still work."""

from workbench.cli.operator_action import operator_command

COMMAND = operator_command("freeze", 'freeze --reason "on-sale at noon"')
