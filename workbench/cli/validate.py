"""`queueit validate FILE`: errors and warnings of a configuration, before anybody publishes it."""

import click

from queueit.errors import InvalidIntegrationConfig
from queueit.integration_config import compile_integration_config
from workbench.cli import configuration_source
from workbench.cli.command import Context, Options, Result, argument, command, file_option, option, plural
from workbench.cli.configuration_warnings import warnings

_EXAMPLES = """
validate configuration.json
validate configuration.json --settings settings.json --strict
validate - --json
"""


def run(options: Options, context: Context) -> Result:
    """Errors come from the engine's own check; warnings only when there are none."""
    source = configuration_source.from_file(options.file, options.settings, context)
    settings = configuration_source.settings_of(source)
    errors: tuple[str, ...] = ()
    warned = []
    try:
        compiled = compile_integration_config(source.config, settings=settings)
    except InvalidIntegrationConfig as error:
        errors = error.problems
        summary = source.place
    else:
        include_body = options.include_body or settings.include_body
        warned = warnings(
            source.config,
            settings,
            include_body=include_body,
            has_verify_service=settings.verify is not None,
        )
        summary = (
            f"{source.place}: version {compiled.version}, {plural(len(compiled.integrations), 'integration')}"
        )
    lines = [summary]
    lines += [f"error    {problem}" for problem in errors]
    lines += [f"warning  {one.place}: {one.message} [{one.code}]" for one in warned]
    counts = f"{plural(len(errors), 'error')}, {plural(len(warned), 'warning')}"
    lines.append(counts if not errors else f"{counts}; config_refresh refuses this configuration")
    return Result(
        {"file": options.file, "errors": list(errors), "warnings": [one._asdict() for one in warned]},
        "\n".join(lines),
        ok=not errors and not (options.strict and warned),
    )


COMMAND = command(
    "validate",
    run,
    _EXAMPLES,
    argument("file", "FILE", type=click.Path(allow_dash=True)),
    file_option("--settings", "the connector's settings as JSON, as in Terraform's `settings`"),
    option("--include-body", is_flag=True, help="the connector is set up with include_body = true"),
    option("--strict", is_flag=True, help="exit with 1 for warnings too, not for errors alone"),
)
