"""`queueit get`: the configuration that is live, as JSON to keep, compare and test."""

from typing import Any

import click

from workbench.cli import configuration_source
from workbench.cli.command import Context, Options, Result, command, option

_EXAMPLES = """
get --name shop > configuration.json
get --name shop --what settings > settings.json
get --platform example > configuration.json
"""


def run(options: Options, context: Context) -> Result:
    """What was asked for; never a key."""
    source = configuration_source.chosen(options, context)
    data: dict[str, Any] = {"source": source.place, "customer_id": source.customer_id}
    data |= {"configuration": source.config, "settings": source.settings}
    return Result(data, "", document=data[options.what])


COMMAND = command(
    "get",
    run,
    _EXAMPLES,
    *configuration_source.SOURCE,
    option(
        "--what",
        type=click.Choice(["configuration", "settings"]),
        default="configuration",
        help="which of the two (default configuration)",
    ),
)
