"""`queueit validate FILE`: errors and warnings of a configuration, before anybody publishes it."""

from argparse import ArgumentParser, Namespace

from queueit.errors import InvalidIntegrationConfig
from queueit.integration_config import compile_integration_config
from workbench.cli import configuration_source
from workbench.cli.command import Context, Result, plural
from workbench.cli.configuration_warnings import warnings

NAME = "validate"
HELP = "check an integration configuration: errors that would be refused, and what is hardly meant"


def add_arguments(parser: ArgumentParser) -> None:
    """The file, and what else decides on a warning."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="the configuration as JSON, or a snapshot document; - reads standard input",
    )
    parser.add_argument(
        "--settings", metavar="FILE", help="the connector's settings as JSON, as in Terraform's `settings`"
    )
    parser.add_argument(
        "--include-body", action="store_true", help="the connector is set up with include_body = true"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 for warnings too, not for errors alone"
    )


def run(options: Namespace, context: Context) -> Result:
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
        include_body = options.include_body or bool(source.settings.get("include_body"))
        warned = warnings(
            source.config,
            settings,
            include_body=include_body,
            has_verify_service=bool(source.settings.get("verify")),
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
