"""`queueit enable`: lift the kill switch; Terraform's setting `enabled` holds again."""

from workbench.cli.command import Context, Options, Result, command
from workbench.cli.operator_action import PARAMETERS, act

_EXAMPLES = """
enable --reason "waiting room answers again"
"""


def run(options: Options, context: Context) -> Result:
    """Not ok when the connector is still off, because the settings say so."""
    result = act(options, context, "enable")
    if result.data and result.data.get("enabled") is False:
        text = f"{result.text}\nTerraform's `enabled` is false; set it to true and apply."
        return Result(result.data, text, ok=False)
    return result


COMMAND = command("enable", run, _EXAMPLES, *PARAMETERS)
