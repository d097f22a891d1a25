"""The config-refresh function: keeps the snapshot in the connector's table fresh, and does what operators ask for."""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from config_refresh import operator_actions, platform, report
from config_refresh.aws_calls import Client, aws_client
from config_refresh.credentials import read_credentials
from config_refresh.deadline import DEFAULT_SECONDS, REPORT_SECONDS, Deadline, seconds_of
from config_refresh.environment import Environment, connector_name, read_environment
from config_refresh.errors import Defect, RefreshError, place_of
from config_refresh.history import Cause
from config_refresh.in_force import Connector, Outcome
from config_refresh.operator_state import decision
from config_refresh.refresh import Sources, force, refresh
from config_refresh.store import Store

_OPERATOR_ACTIONS: Mapping[str, Callable[[Connector, Cause], Outcome]] = {
    "freeze": operator_actions.freeze,
    "unfreeze": operator_actions.unfreeze,
    "kill": operator_actions.kill,
    "enable": operator_actions.enable,
}


def _act(event: Mapping[str, Any], connector: Connector, sources: Sources) -> Outcome:
    # An event of the scheduler itself has no action of ours: it is a refresh.
    action = event.get("action", "refresh")
    if action == "refresh":
        source = event.get("source")
        return refresh(connector, sources, "apply" if source == "apply" else "schedule")
    if not isinstance(action, str) or action not in ("force", "rollback", *_OPERATOR_ACTIONS):
        known = ", ".join(["refresh", "history", "force", "rollback", *_OPERATOR_ACTIONS])
        raise RefreshError(f'the action "{action!s:.50}" is not known; the actions are {known}')
    cause = Cause(action, "operator", decision(event, connector.now))
    if action == "force":
        return force(connector, sources, cause)
    if action == "rollback":
        return operator_actions.roll_back(connector, event.get("snapshot"), cause)
    return _OPERATOR_ACTIONS[action](connector, cause)


def run(
    event: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    seconds: float = DEFAULT_SECONDS,
    client: Client = aws_client,
    fetch: platform.Fetch = platform.fetch_with_urllib3,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    print_line: report.Print = print,
) -> dict[str, Any]:
    """Act on `event` within `seconds`; the result says what was done.

    Raises RefreshError, after logging it, so that the invocation fails and alarms see it; nothing else.
    """
    now = clock()
    deadline = Deadline(monotonic() + seconds - REPORT_SECONDS, monotonic, sleep)
    is_refresh = event.get("action", "refresh") in ("refresh", "force")
    name = connector_name(environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    store: Store | None = None

    def end(level: str, what: str, values: dict[str, int], **ended: Any) -> None:
        """Tell how the run ended: in the log, in the metrics and, of a refresh, in the table."""
        report.log({"level": level, "event": what, **ended}, print_line)
        if values:
            report.metrics(name, values, now, print_line)
        if is_refresh and store:
            keep = ("outcome", "version", "error", "message")
            action = event.get("action", "refresh")
            try:
                store.note_run(
                    {"at": int(now), "action": action, **{key: ended[key] for key in keep if key in ended}}
                )
            except Exception as problem:
                text = str(problem) if isinstance(problem, RefreshError) else place_of(problem)
                report.log({"level": "warning", "event": "run_not_noted", "message": text}, print_line)

    try:
        environment: Environment = read_environment(environ)
        store = Store(client("dynamodb"), environment.connector, deadline)
        connector = Connector(environment, store, int(now), deadline)
        sources = Sources(
            credentials=lambda: read_credentials(client("secretsmanager"), environment.secret_arn, deadline),
            download=lambda api_key: platform.download(
                environment.base_url, environment.customer_id, api_key, deadline, fetch=fetch
            ),
        )
        if event.get("action") == "history":
            return operator_actions.read_history(connector)
        outcome = _act(event, connector, sources)
    except Exception as problem:
        error = problem if isinstance(problem, RefreshError) else Defect(place_of(problem))
        failed = {"RefreshFailed": 1, "RefreshSucceeded": 0} if is_refresh else {}
        what = "refresh_failed" if is_refresh else "operator_action_failed"
        end("error", what, failed, error=type(error).__name__, message=str(error))
        raise error from None
    done = "refresh_succeeded" if is_refresh else "operator_action_done"
    who = {key: event[key] for key in ("action", "actor", "reason") if event.get(key) is not None}
    values = {
        **({"RefreshFailed": 0, "RefreshSucceeded": 1} if is_refresh else {}),
        "Published": int(outcome.snapshot != outcome.previous_snapshot),
        "ConfigurationVersion": outcome.version,
        "Integrations": outcome.integrations,
        "Frozen": int(outcome.frozen),
        "Killed": int(not outcome.enabled),
    }
    end("warning" if outcome.warnings else "info", done, values, **outcome._asdict(), **who)
    return outcome._asdict()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point; see `run`."""
    return run(event, os.environ, seconds=seconds_of(context))
