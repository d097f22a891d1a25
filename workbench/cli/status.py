"""`queueit status`: what a connector's table serves in each region, what operators have switched, and what is wrong."""

from typing import Any, Final, NamedTuple

from edge.regions import HOME_REGION
from queueit.errors import QueueitError
from queueit.snapshot import SECRET_KEY_NAMES, compile_snapshot
from queueit.table_items import Current
from workbench.cli import command as cli
from workbench.cli import history
from workbench.cli.connector_table import ConnectorTable

_EXAMPLES = """
status
status --name shop --json
"""

OVERDUE_SECONDS: Final = 15 * 60
"""How long after its last run config_refresh counts as stopped; it runs every minute unless interval_minutes is set."""


class _Replica(NamedTuple):
    """A region's copy of the table; `problem` is empty when it serves what the home region does."""

    region: str
    status: str
    snapshot: str | None
    problem: str


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Show what can be read; a part that cannot is reported as unknown. Not ok with any problem."""
    name = cli.connector_name(options, context)
    table = ConnectorTable(name, HOME_REGION, context)
    current = table.current()
    document = table.document(current) if current else None
    if current is None:
        raise cli.CommandFailed(
            f"the connector {name} has published nothing: its edges have no configuration and follow their failure "
            f"mode. Find out why with: queueit publish --name {name}"
        )
    problems: list[str] = []
    data: dict[str, Any] = {
        "connector": name,
        "snapshot": current.snapshot,
        "version": current.version,
        "highest_version": current.highest_version,
    }
    rows = [("snapshot", current.snapshot)]
    replica_regions: list[str] = []
    if document is None:
        rows.append(("version", str(current.version)))
        problems.append(
            "the snapshot in force is missing or damaged: new edge workers have no configuration. Publish it again "
            f"with: queueit publish --name {name}"
        )
    else:
        served, served_rows, problem = _served(document, current, context.now())
        data |= served
        rows += served_rows
        problems += problem
        replica_regions = document["settings"].get("replica_regions") or []
    state_lines: list[str] = []
    try:
        found = history.read(name, context)
    except cli.CommandFailed as error:
        data["operator"] = None
        rows.append(("switches", f"unknown: {error}"))
    else:
        data["operator"] = {key: found.get(key) for key in ("held", "hold", "freeze", "override", "last_run")}
        state_lines = [*history.state_lines(found), history.last_run_line(found, context.now())]
        problems += _operator_problems(name, found, context.now())
    replicas = _replicas(name, table, current, replica_regions, context)
    data["replicas"] = None if replicas is None else [one._asdict() for one in replicas]
    for one in replicas or []:
        rows.append(("replica", f"{one.region}: {one.problem or 'up to date'}"))
        if one.problem:
            problems.append(f"the replica in {one.region} {one.problem}")
    if replicas is None:
        rows.append(("replicas", "unknown: these credentials may not describe the table"))
    elif not replicas:
        rows.append(("replicas", f"none: every edge reads {HOME_REGION}"))
    data["problems"] = problems
    lines = cli.listed(f"connector {name}", rows)
    lines += [f"  {line}" for line in state_lines if line]
    lines += [*[f"problem  {problem}" for problem in problems], cli.plural(len(problems), "problem")]
    return cli.Result(data, "\n".join(lines), ok=not problems)


def _served(
    document: dict[str, Any], current: Current, now: float
) -> tuple[dict[str, Any], list[tuple[str, str]], list[str]]:
    """What is in force, as data and as rows for a person, and what is wrong with it; never a key."""
    config, settings = document["integration_config"], document["settings"]
    integrations = config["Integrations"]
    age = max(0, round(now - current.published_at))
    is_enabled = settings.get("enabled", True) is not False
    accepted = [name for name in SECRET_KEY_NAMES if current.keys.get(name)]
    data = {
        "customer_id": document["customer_id"],
        "published_at": current.published_at,
        "age_seconds": age,
        "source": document["source"],
        "enabled": is_enabled,
        "secret_keys": accepted,
        "session_cookies_signed_with_secret_key": "session_secret_key" not in current.keys,
        "settings": settings,
        "integrations": [
            {"name": one.get("Name"), "action": one.get("ActionType"), "event": one.get("EventId")}
            for one in integrations
        ],
    }
    count = cli.plural(len(integrations), "integration")
    rows = [
        ("version", f"{config['Version']} of customer {document['customer_id']}, {count}"),
        (
            "published",
            f"{cli.moment(current.published_at)}, {cli.duration(age)} ago, by {document['source']}",
        ),
        ("connector is", "on" if is_enabled else "OFF: every request passes without queueing"),
    ]
    if "next_secret_key" in accepted:
        rows.append(("secret key", "the next key is accepted too; the platform does not hold it yet"))
    if "previous_secret_key" in accepted:
        rows.append(("secret key", "a rotation is under way: the previous key is accepted too"))
    if "session_secret_key" in current.keys:
        rows.append(("", "and signs session cookies until every edge knows the new one"))
    try:
        compile_snapshot(document, current.keys)
    except QueueitError as error:
        return data, rows, [f"this version of the connector cannot use the snapshot: {error}"]
    return data, rows, []


def _operator_problems(name: str, found: dict[str, Any], now: float) -> list[str]:
    """What of the switches and of config_refresh's last run needs a person."""
    problems = []
    run = found.get("last_run")
    if run and "error" in run:
        problems.append(f"the last run of {name}-config-refresh failed: {run['message']}")
    if run and now - run["at"] > OVERDUE_SECONDS:
        problems.append(
            f"{name}-config-refresh has not run for {cli.duration(now - run['at'])}: check its schedule"
        )
    if found.get("override"):
        problems.append("the connector is switched off until somebody switches it on with: queueit enable")
    return problems


def _replicas(
    name: str, table: ConnectorTable, home: Current, wanted: list[str], context: cli.Context
) -> list[_Replica] | None:
    """The table's replicas beside the home region; None when they cannot be listed."""
    statuses = table.replicas()
    if statuses is None:
        return None
    found = []
    for region in sorted({*statuses, *wanted} - {HOME_REGION}):
        if region not in statuses:
            problem = "does not exist, though the settings name it: apply Terraform again"
            found.append(_Replica(region, "missing", None, problem))
            continue
        snapshot, problem = _served_in(region, name, home, context)
        if statuses[region] != "ACTIVE":
            problem = f"is {statuses[region]}, not ACTIVE"
        elif not problem and region not in wanted:
            problem = "is not in the settings' replica_regions, so no edge reads it: apply Terraform again"
        found.append(_Replica(region, statuses[region], snapshot, problem))
    return found


def _served_in(region: str, name: str, home: Current, context: cli.Context) -> tuple[str | None, str]:
    """The digest of the snapshot that a replica has in force, and what is wrong with it; empty when nothing is."""
    table = ConnectorTable(name, region, context)
    try:
        current = table.current()
        if current is None:
            return None, "has nothing yet; replication takes a second or two"
        if (current.revision, current.snapshot) != (home.revision, home.snapshot):
            lag = max(0, round(context.now() - max(home.published_at, home.keys_published_at)))
            return (
                current.snapshot,
                f"is behind by {cli.duration(lag)} at most: it serves version {current.version}; ask again in a few "
                "seconds",
            )
        if table.document(current) is None:
            return current.snapshot, "points at a snapshot that it does not have; ask again in a few seconds"
    except cli.CommandFailed as error:
        return None, f"cannot be read: {error}"
    return home.snapshot, ""


COMMAND = cli.command("status", run, _EXAMPLES, cli.name_option())
