"""Serves a distribution on this machine: `aws cloudfront get-distribution-config` gives the file it takes."""

import json
import signal
import threading
from pathlib import Path

import click

from workbench.lambda_runtime.installation import shortcomings
from workbench.local_edge import LocalEdge
from workbench.local_edge.access_log import AccessLog
from workbench.local_edge.other_functions import without_other_functions
from workbench.local_edge.request_log import ignore


def _function(text: str) -> tuple[str, tuple[str, str]]:
    name, _, code = text.partition("=")
    zip_path, _, handler = code.rpartition(":")
    if not (name and zip_path and handler):
        raise click.BadParameter(f"{text!r} is not NAME=ZIP:HANDLER")
    if not Path(zip_path).is_file():
        raise click.BadParameter(f"there is no file {zip_path!r}")
    return name, (zip_path, handler)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.BadParameter(f"{text!r} is not NAME=VALUE")
    return name, value


@click.command(help=__doc__, context_settings={"show_default": True})
@click.option(
    "--distribution",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A DistributionConfig as JSON.",
)
@click.option(
    "--function",
    "functions",
    type=_function,
    multiple=True,
    metavar="NAME=ZIP:HANDLER",
    help="The code of a function that the distribution names; as often as needed.",
)
@click.option(
    "--origin",
    "origins",
    type=_pair,
    multiple=True,
    metavar="ID=URL",
    help="Where an origin is reached instead.",
)
@click.option(
    "--environment",
    type=_pair,
    multiple=True,
    metavar="NAME=VALUE",
    help="Region, credentials or endpoint of AWS for the functions.",
)
@click.option(
    "--leave-out-other-functions",
    is_flag=True,
    help="Serve without CloudFront Functions, functions on origin events and those that no --function names.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 100), default=2, help="Processes of each function.")
@click.option(
    "--access-log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add a line for each request to this file, in the combined log format.",
)
def main(
    *,
    distribution: Path,
    functions: tuple[tuple[str, tuple[str, str]], ...],
    origins: tuple[tuple[str, str], ...],
    environment: tuple[tuple[str, str], ...],
    leave_out_other_functions: bool,
    port: int,
    workers: int,
    access_log: Path | None,
) -> None:
    """Serve until interrupted."""
    try:
        document = json.loads(distribution.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{distribution}: {error}") from None
    if not isinstance(document, dict):
        raise click.ClickException(f"{distribution}: not a JSON object")
    resources = click.get_current_context()
    try:
        log = resources.with_resource(access_log.open("a", encoding="utf-8")) if access_log else None
    except OSError as error:
        raise click.FileError(str(access_log), error.strerror) from None
    config = document.get("DistributionConfig", document)
    try:
        if leave_out_other_functions:
            config, left_out = without_other_functions(config, dict(functions))
            _tell(left_out)
        edge = LocalEdge(
            config,
            dict(functions),
            environment=dict(environment),
            origin_urls=dict(origins),
            port=port,
            workers_per_function=workers,
            observe=AccessLog(log) if log else ignore,
        )
        _tell(shortcomings())
        edge.start()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}; choose another with --port") from None
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    click.echo(f"local edge: {edge.url}")
    interrupted.wait()
    edge.stop()


def _tell(texts: list[str]) -> None:
    for text in texts:
        click.echo(f"local edge: {text}", err=True)


if __name__ == "__main__":
    main()
