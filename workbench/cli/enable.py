"""`queueit enable`: lift the kill switch; Terraform's setting `enabled` holds again."""

from argparse import Namespace

from workbench.cli.command import Context, Result
from workbench.cli.connector_function import act, add_arguments, described

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "enable"
HELP = "lift the kill switch: Terraform's setting `enabled` holds again"


def run(options: Namespace, context: Context) -> Result:
    """Not ok when the connector is still off, because the settings say so."""
    result = act(options, context, NAME)
    text = described(result)
    if result.get("enabled") is False:
        text += "\nTerraform's settings.enabled is false; set it to true and apply."
    return Result(result, text, ok=result.get("enabled") is not False)
