"""`queueit tail`: one line for each decision that the live connector logs, from all its regions."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

import click

from edge.regions import COORDINATES, HOME_REGION
from workbench.cli import command as cli
from workbench.cli.aws_errors import AwsErrors, code_of, failed
from workbench.cli.value_types import Checked
from workbench.request_line import request_line

_EXAMPLES = """
tail --name shop
tail --name shop --follow --decision queue --region eu-central-1
tail --name shop --since 2h --failures --json
"""

_POLL_SECONDS: Final = 3.0
_LATE_SECONDS: Final = 30.0
"""How far each poll looks back: a line may arrive in CloudWatch Logs after others that were written later."""
_ASK_AGAIN_SECONDS: Final = 60.0
"""How long until a region without a log group is asked again: its first line creates the group."""
_AT_ONCE: Final = 8
_PATTERN: Final = '{ $.event = "decision" }'
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}

LEFT_OUT: Final = (
    "Not every request has a line: decisions are sampled (setting decision_log_rate), a worker logs its first ten "
    "failures and then one in a hundred, and Lambda drops lines when CloudWatch Logs throttles it. The metrics count "
    "every request."
)


class _Line(NamedTuple):
    """One log line, at `at` in Unix seconds; `id` is unique."""

    at: float
    id: str
    record: dict[str, Any]


class _Region:
    """The log group of one region; each reading goes on where the last one ended."""

    def __init__(self, region: str, group: str, since: float, context: cli.Context) -> None:
        self.region = region
        self.exists = False
        self._group = group
        self._since = since
        self._seen: dict[str, float] = {}
        self._ask_at = 0.0
        self._client = context.client("logs", region)

    def read(self, now: float) -> list[_Line]:
        """The lines that have come since the last call. Raises what boto3 raises."""
        if now < self._ask_at:
            return []
        lines = []
        try:
            for line in self._lines():
                if line.id not in self._seen:
                    self._seen[line.id] = line.at
                    lines.append(line)
            self.exists = True
        except AwsErrors as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            self._ask_at = now + _ASK_AGAIN_SECONDS
            return []
        self._since = max(self._since, now - _LATE_SECONDS)
        self._seen = {one: at for one, at in self._seen.items() if at >= self._since}
        return lines

    def _lines(self) -> Iterator[_Line]:
        request = {
            "logGroupName": self._group,
            "startTime": int(self._since * 1000),
            "filterPattern": _PATTERN,
        }
        while True:
            answer = self._client.filter_log_events(**request)
            for event in answer["events"]:
                if record := _record(event["message"]):
                    yield _Line(
                        event["timestamp"] / 1000, event["eventId"], {**record, "region": self.region}
                    )
            if "nextToken" not in answer:
                return
            request["nextToken"] = answer["nextToken"]


def _record(message: str) -> dict[str, Any] | None:
    """The decision in a log line; None when the line holds none."""
    try:
        record = json.loads(message)
    except (ValueError, RecursionError):
        return None
    is_decision = isinstance(record, dict) and record.get("event") == "decision"
    return record if is_decision and isinstance(record.get("decision"), str) else None


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Show the lines, and with `--follow` wait for more. With `--json` each line is an object of its own."""
    name = cli.connector_name(options, context)
    group = f"/aws/lambda/us-east-1.{name}-viewer-request"
    since = context.now() - options.since
    regions = [_Region(one, group, since, context) for one in options.region or sorted(COORDINATES)]
    if not options.json:
        context.write(LEFT_OUT)
    shown = 0
    while True:
        lines, regions = _read(regions, group, context)
        for line in lines:
            if _is_wanted(line.record, options):
                shown += 1
                context.write(_shown(line, options, context))
        if not options.follow:
            break
        context.sleep(_POLL_SECONDS)
    found = [one.region for one in regions if one.exists]
    if not found:
        raise cli.CommandFailed(
            f"no region has the log group {group}; check --name, and whether the site has had any visitor"
        )
    return cli.Result(None, f"{cli.plural(shown, 'line')} from {', '.join(found)}")


def _read(regions: list[_Region], group: str, context: cli.Context) -> tuple[list[_Line], list[_Region]]:
    """The new lines of all regions, in order, and the regions to go on with. Raises CommandFailed when none is left."""

    def read(one: _Region) -> "list[_Line] | Exception":
        try:
            return one.read(context.now())
        except AwsErrors as error:
            return error

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = [*zip(regions, pool.map(read, regions), strict=True)]
    problems = [answer for _, answer in answers if isinstance(answer, Exception)]
    if len(problems) == len(answers):
        if code_of(problems[0]) in ("AccessDeniedException", "AccessDenied"):
            raise cli.CommandFailed(
                f"these credentials may not read {group}; they need logs:FilterLogEvents on it in each region"
            )
        raise failed(problems[0], f"the log group {group} cannot be read")
    lines = [line for _, answer in answers if not isinstance(answer, Exception) for line in answer]
    # A region that the account has not enabled answers with an error each time; one that has worked may recover.
    kept = [one for one, answer in answers if one.exists or not isinstance(answer, Exception)]
    return sorted(lines, key=lambda line: line.at), kept


def _is_wanted(record: dict[str, Any], options: cli.Options) -> bool:
    if options.failures and record.get("level") != "error":
        return False
    for name in ("decision", "integration", "method", "distribution", "request_id"):
        wanted = getattr(options, name)
        if wanted and wanted.lower() not in str(record.get(name) or "").lower():
            return False
    return not options.reason or options.reason.lower() in str(record.get("why") or "").lower()


def _shown(line: _Line, options: cli.Options, context: cli.Context) -> str:
    if options.json:
        return json.dumps({"at": line.at, **line.record}).replace("\x7f", "\\u007f")
    return request_line(line.record, line.at, colour=context.has_colour)


class _Duration(click.ParamType[int]):
    """A length of time such as `90s`, `10m`, `2h` or `1d`, converted to seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The seconds. Fails for any other text."""
        found = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value))
        if not found:
            self.fail(f'"{value}" is not a length of time; write one such as 90s, 10m, 2h or 1d', param, ctx)
        return int(found[1]) * _UNITS[found[2]]


def _known_region(value: str) -> str:
    return "" if value in COORDINATES else f"is not a known AWS region; write one such as {HOME_REGION}"


COMMAND = cli.command(
    "tail",
    run,
    _EXAMPLES,
    cli.name_option(),
    cli.option("--follow", "-f", is_flag=True, help="wait for more lines until Ctrl-C"),
    cli.option(
        "--since",
        type=_Duration(),
        default="10m",
        metavar="DURATION",
        help="how far back to begin (default 10m)",
    ),
    cli.option(
        "--region",
        multiple=True,
        metavar="REGION",
        type=Checked("region", _known_region),
        help="only this region; may be repeated (default: every region)",
    ),
    cli.option("--decision", metavar="TEXT", help="only decisions whose name contains this, such as queue"),
    cli.option("--reason", metavar="TEXT", help="only failures whose reason contains this"),
    cli.option("--failures", is_flag=True, help="only requests that the connector could not decide"),
    cli.option("--integration", metavar="TEXT", help="only integrations whose name contains this"),
    cli.option("--method", metavar="METHOD", help="only this method"),
    cli.option("--distribution", metavar="ID", help="only this distribution"),
    cli.option("--request-id", metavar="ID", help="only this request, by CloudFront's id"),
)
