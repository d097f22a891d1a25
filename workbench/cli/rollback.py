"""`queueit rollback`: bring an earlier configuration back."""

import re
from argparse import ArgumentParser, Namespace
from typing import Any

from workbench.cli import history
from workbench.cli.command import CommandFailed, Context, Result, UsageError, connector_name
from workbench.cli.connector_function import act, described
from workbench.cli.connector_function import add_arguments as add_function_arguments

NAME = "rollback"
HELP = "bring an earlier configuration back; it stays until the platform has a higher version than ever was in force"

_DIGEST_BEGINNING = re.compile(r"[0-9a-f]{8,64}")


def add_arguments(parser: ArgumentParser) -> None:
    """Which connector, and what to go back to."""
    add_function_arguments(parser)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument(
        "snapshot",
        nargs="?",
        metavar="SNAPSHOT",
        help="the digest of `queueit history`, or its first 8 digits or more",
    )
    target.add_argument(
        "--previous", action="store_true", help="the version that was in force before the present one"
    )
    target.add_argument(
        "--version", type=int, metavar="N", help="the configuration's version N, as it was last in force"
    )


def run(options: Namespace, context: Context) -> Result:
    """Look the snapshot up in the history, and have config-refresh bring it back."""
    digest = options.snapshot
    if digest is not None and not _DIGEST_BEGINNING.fullmatch(digest):
        raise UsageError(
            f'"{digest}" is not a digest; give 8 to 64 lower-case hex digits, as `queueit history` shows them'
        )
    if digest is None or len(digest) < 64:
        digest = _found(options, history.read(connector_name(options, context), context), context.now())
    result = act(options, context, "rollback", snapshot=digest)
    return Result(result, described(result))


def _found(options: Namespace, recorded: dict[str, Any], now: float) -> str:
    """The digest that is meant. Raises CommandFailed when nothing stored, or more than one thing, fits."""
    stored = [
        entry for entry in recorded["entries"] if entry.get("expires_at") is None or entry["expires_at"] > now
    ]
    if options.snapshot is not None:
        digests = {entry["snapshot"] for entry in stored if entry["snapshot"].startswith(options.snapshot)}
        if len(digests) > 1:
            raise CommandFailed(
                f"{options.snapshot} fits {len(digests)} snapshots; give more digits of the one you mean"
            )
        wanted = f"snapshot {options.snapshot}…"
    else:
        current = recorded.get("current") or {}
        version = options.version
        wanted = "version before the present one" if version is None else f"version {version}"
        fits = [
            entry["snapshot"]
            for entry in stored
            if (
                entry["version"] != current.get("version") if version is None else entry["version"] == version
            )
        ]
        digests = set(fits[:1])
    if not digests:
        raise CommandFailed(f"no {wanted} is stored any more; `queueit history` shows what is")
    digest: str = digests.pop()
    return digest
