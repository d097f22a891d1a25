"""`queueit validate FILE`: errors and warnings of a configuration, before anybody publishes it."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from config_refresh.edge_limits import over_the_limit
from queueit.errors import InvalidIntegrationConfig
from queueit.integration_config import compile_integration_config
from workbench.cli import command as cli
from workbench.cli import configuration_source
from workbench.cli.configuration_warnings import OutOfTime, Warned, Warnings, warnings
from workbench.printable import printable

_EXAMPLES = """
validate configuration.json
validate configuration.json --settings settings.json --strict
validate - --json
"""


_SECONDS: Final = 5.0
"""How long to look for warnings in a large file."""
_SHOWN_ERRORS: Final = 20
_SHOWN_OF_A_KIND: Final = 5
_LISTED: Final = 1000
"""How many errors and warnings the JSON lists at most; its counts include all."""


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Report what config_refresh would refuse as errors and, where there are none, what is probably a mistake."""
    source = configuration_source.from_file(options.file, options.settings, context)
    settings = configuration_source.settings_of(source)
    warned = Warnings([], 0)
    summary, total = source.place, 0
    errors: tuple[str, ...] = ()
    try:
        compiled = compile_integration_config(source.config, settings=settings)
    except InvalidIntegrationConfig as error:
        errors = error.problems
    else:
        total = len(compiled.integrations)
        summary = f"{source.place}: version {compiled.version}, {cli.plural(total, 'integration')}"
        if too_much := over_the_limit(source.config):
            errors = (too_much,)
        else:
            warned = warnings(
                source.config,
                settings,
                include_body=options.include_body or settings.include_body,
                has_verify_service=settings.verify is not None,
                check_time=_timer(context),
            )
    counts = f"{cli.plural(len(errors), 'error')}, {cli.plural(len(warned.found), 'warning')}"
    lines = [summary, *_error_lines(errors), *_warning_lines(warned.found)]
    lines.append(counts if not errors else f"{counts}; config_refresh refuses this configuration")
    if not errors and warned.looked_at < total:
        lines.append(
            f"Only the first {warned.looked_at} integrations were checked for warnings: there are too many."
        )
    data = {
        "file": options.file,
        "error_count": len(errors),
        "warning_count": len(warned.found),
        "looked_for_warnings_in": warned.looked_at,
        "warnings_by_code": Counter(one.code for one in warned.found),
        "errors": list(errors[:_LISTED]),
        "warnings": [one._asdict() for one in warned.found[:_LISTED]],
    }
    return cli.Result(data, "\n".join(lines), ok=not errors and not (options.strict and warned.found))


def _timer(context: cli.Context) -> Callable[[], None]:
    end = context.now() + _SECONDS

    def check_time() -> None:
        if context.now() > end:
            raise OutOfTime

    return check_time


def _error_lines(errors: tuple[str, ...]) -> list[str]:
    lines = [f"error    {printable(problem)}" for problem in errors[:_SHOWN_ERRORS]]
    if len(errors) > _SHOWN_ERRORS:
        lines.append(f"         and {cli.plural(len(errors) - _SHOWN_ERRORS, 'more error', 'more errors')}")
    return lines


def _warning_lines(found: list[Warned]) -> list[str]:
    """Warnings grouped by kind: the first few of each, and how many more there are."""
    kinds: dict[str, list[Warned]] = {}
    for one in found:
        kinds.setdefault(one.code, []).append(one)
    lines = []
    for code, several in kinds.items():
        lines += [
            f"warning  {printable(one.place)}: {printable(one.message)} [{code}]"
            for one in several[:_SHOWN_OF_A_KIND]
        ]
        if len(several) > _SHOWN_OF_A_KIND:
            lines.append(f"         and {len(several) - _SHOWN_OF_A_KIND} more [{code}]")
    return lines


COMMAND = cli.command(
    "validate",
    run,
    _EXAMPLES,
    cli.argument("file", "FILE", type=cli.FileName()),
    cli.file_option("--settings", "the connector's settings as JSON, as in Terraform's `settings`"),
    cli.option(
        "--include-body",
        is_flag=True,
        help="check as for a connector that is set up with include_body = true",
    ),
    cli.option("--strict", is_flag=True, help="exit with 1 for warnings too"),
)
