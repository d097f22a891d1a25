"""`queueit history`: what was published, switched and rolled back, by whom and why."""

from typing import Any

import click

from workbench.cli import command as cli
from workbench.cli.connector_function import invoke
from workbench.printable import printable

_EXAMPLES = """
history
history --name shop --limit 5
history --json
"""


def read(name: str, context: cli.Context) -> dict[str, Any]:
    """The whole history, newest first. Raises CommandFailed."""
    return invoke(name, {"action": "history"}, context)


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """The newest entries, and what is in force."""
    found = read(cli.connector_name(options, context), context)
    entries = found["entries"][: options.limit]
    lines = state_lines(found)
    if last := last_run_line(found, context.now()):
        lines.append(last)
    for head, entry in zip(cli.columns(map(_head, entries)), entries, strict=True):
        lines += [head, *_detail_lines(entry, context.now())]
    if not entries:
        lines.append("Nothing is recorded yet.")
    return cli.Result({**found, "entries": entries}, "\n".join(lines))


def state_lines(found: dict[str, Any]) -> list[str]:
    """What an operator has switched, each with who and why."""
    lines = []
    if override := found.get("override"):
        lines.append(f"SWITCHED OFF {_by(override)}; switch on with: queueit enable")
    if frozen := found.get("freeze"):
        lines.append(f"FROZEN {_by(frozen)}; take publications again with: queueit unfreeze")
    if found.get("held") and (current := found.get("current")):
        since = f" {_by(hold)}" if (hold := found.get("hold")) else ""
        lines.append(
            f"HELD after a rollback{since}: only a version above {current['highest_version']} is taken by itself; end "
            "this with: queueit publish --force"
        )
    return lines


def last_run_line(found: dict[str, Any], now: float) -> str:
    """When config_refresh last ran and how that ended; empty when nothing says so."""
    run = found.get("last_run")
    if not run:
        return ""
    ended = f"FAILED: {run['message']}" if "error" in run else str(run.get("outcome", "")).replace("_", " ")
    return f"last run {cli.moment(run['at'])}, {cli.duration(max(0, round(now - run['at'])))} ago: {ended}"


def _by(record: dict[str, Any]) -> str:
    reason = f": {record['reason']}" if record.get("reason") else ""
    return printable(f"since {cli.moment(record['at'])} by {record['actor']}{reason}")


def _head(entry: dict[str, Any]) -> list[str]:
    return [
        cli.moment(entry["at"]),
        f"version {entry['version']}",
        str(entry["action"]),
        str(entry["snapshot"])[:12],
        "" if entry.get("size") is None else f"{entry['size']} bytes",
        "IN FORCE" if entry.get("in_force") else "",
    ]


def _detail_lines(entry: dict[str, Any], now: float) -> list[str]:
    lines = []
    if entry.get("actor"):
        reason = f": {entry['reason']}" if entry.get("reason") else ""
        lines.append(f"    by {printable(entry['actor'] + reason)}")
    lines += [f"    {printable(sentence)}" for sentence in entry.get("difference") or []]
    expires_at = entry.get("expires_at")
    if expires_at is not None and expires_at <= now:
        lines.append("    no longer stored")
    return lines


COMMAND = cli.command(
    "history",
    run,
    _EXAMPLES,
    cli.name_option(),
    cli.option(
        "--limit",
        type=click.IntRange(0),
        default=20,
        metavar="N",
        help="how many, the newest first (default 20)",
    ),
)
