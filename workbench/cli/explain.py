"""`queueit explain URL`: which integration and trigger a request matches, part by part, and what the connector "
"does."""

import json
import secrets
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from queueit.outcome import QUEUED
from workbench.cli import configuration_source
from workbench.cli.command import CommandFailed, Context, Result, UsageError, add_name
from workbench.cli.explanation import Explanation, IntegrationExplained, PartExplained, explain, viewer_event
from workbench.cli.secret_key_source import add_secret_file, secret_key

NAME = "explain"
HELP = "say which integration a request matches or why none does, part by part, and what the connector does"

_LONGEST_VALUE = 80


def add_arguments(parser: ArgumentParser) -> None:
    """The request, and the configuration to decide it by."""
    parser.add_argument("url", metavar="URL", help="the address as a visitor asks for it")
    parser.add_argument(
        "--cookie", action="append", default=[], metavar="NAME=VALUE", help="a cookie; may be repeated"
    )
    parser.add_argument(
        "--header", action="append", default=[], metavar="NAME: VALUE", help="a header line; may be repeated"
    )
    parser.add_argument(
        "--body", metavar="TEXT", help="the body; @FILE takes it from a file. Makes the method POST"
    )
    parser.add_argument("--method", help="the HTTP method (default GET)")
    parser.add_argument(
        "--ip", default="", metavar="ADDRESS", help="the visitor's address, for tokens bound to one"
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="a configuration as JSON, or a snapshot document; - reads standard input",
    )
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="with --config: the connector's settings as JSON, as in Terraform's `settings`",
    )
    add_name(parser, "; what it serves now is read from its table")
    add_secret_file(parser)


def run(options: Namespace, context: Context) -> Result:
    """Build the request as CloudFront would hand it over and ask the engine."""
    source = configuration_source.chosen(options, context)
    key = source.keys.get("secret_key") or secret_key(options, context)
    snapshot = configuration_source.snapshot_of(source, key or secrets.token_hex())
    try:
        event = viewer_event(
            options.url,
            method=(options.method or ("POST" if options.body is not None else "GET")).upper(),
            headers=_headers(options),
            body=_body(options.body),
            client_ip=options.ip,
        )
    except ValueError as error:
        raise UsageError(f"{options.url}: {error}") from None
    explanation = explain(snapshot, source.config["Integrations"], event, context.now())
    has_enqueue_token = snapshot.enqueue_key is not None and explanation.decision.reason is QUEUED
    data = {
        "url": explanation.url,
        "normalized_url": explanation.normalized_url,
        "url_matching": snapshot.settings.url_matching,
        "configuration": {"source": source.place, "version": snapshot.version},
        "integration": None if explanation.winner is None else explanation.winner + 1,
        "decision": explanation.decision.reason.name,
        "outcome": _outcome(explanation),
        "has_enqueue_token": has_enqueue_token,
        "has_secret_key": key is not None,
        "integrations": [_document(one) for one in explanation.integrations],
    }
    heading = f"{source.place}, version {snapshot.version}, url_matching {snapshot.settings.url_matching}"
    text = _text(explanation, heading, has_enqueue_token=has_enqueue_token, has_key=key is not None)
    return Result(data, text)


def _headers(options: Namespace) -> tuple[tuple[str, str], ...]:
    lines = []
    for line in options.header:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise UsageError(f'--header "{line}" has no colon; write "NAME: VALUE"')
        lines.append((name.strip(), value.strip()))
    for pair in options.cookie:
        if "=" not in pair:
            raise UsageError(f'--cookie "{pair}" has no equals sign; write NAME=VALUE')
        lines.append(("Cookie", pair))
    return tuple(lines)


def _body(text: str | None) -> str | None:
    if text is None or not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise CommandFailed(f"the body {text[1:]} cannot be read: {error.strerror}") from None


def _document(one: IntegrationExplained) -> dict[str, Any]:
    return {
        **one._asdict(),
        "triggers": [
            {**trigger._asdict(), "parts": [part._asdict() for part in trigger.parts]}
            for trigger in one.triggers
        ],
    }


def _outcome(explanation: Explanation) -> dict[str, Any]:
    """What the edge does: cookies by name alone, since their values are good for a session."""
    cookies = [cookie.partition("=")[0] for cookie in explanation.decision.set_cookies]
    outcome = explanation.outcome
    if "status" not in outcome:
        return {"passes": True, "querystring": outcome["querystring"], "cookies": cookies}
    headers = {
        lines[0]["key"]: lines[0]["value"]
        for name, lines in outcome["headers"].items()
        if name != "set-cookie"
    }
    return {"passes": False, "status": outcome["status"], "headers": headers, "cookies": cookies}


def _text(explanation: Explanation, heading: str, *, has_enqueue_token: bool, has_key: bool) -> str:
    same = explanation.normalized_url == explanation.url
    lines = [
        explanation.url,
        f"  normalized  {'the same' if same else explanation.normalized_url}",
        f"  decided by  {heading}",
        "",
    ]
    for number, one in enumerate(explanation.integrations, 1):
        lines += _integration_lines(number, one, explanation.winner, same)
    if not explanation.integrations:
        lines.append("The configuration has no integrations.")
    lines += ["", *_outcome_lines(explanation)]
    if has_enqueue_token:
        lines.append(
            "  an enqueue token, another one for each visitor, goes with the address and is left out here"
        )
    if not has_key:
        lines.append("No secret key was given, so every token and session cookie counts as forged.")
    return "\n".join(lines)


def _verdict(matches: bool, normalized: bool, same: bool) -> str:
    if same or matches == normalized:
        return "yes" if matches else "no"
    return "raw yes, normalized no" if matches else "raw no, normalized yes"


def _integration_lines(number: int, one: IntegrationExplained, winner: int | None, same: bool) -> list[str]:
    if winner is not None and number - 1 == winner:
        verdict = "MATCHES, and is the first that does"
    elif one.matches:
        verdict = "matches too, but comes later"
    else:
        verdict = "does not match"
    lines = [f'{number}. "{one.name}" ({one.action}): {verdict}']
    if one.matches_raw != one.matches_normalized:
        lines[0] += f" [{_verdict(one.matches_raw, one.matches_normalized, same)}]"
    for t, trigger in enumerate(one.triggers, 1):
        kind = f" ({trigger.operator})" if len(trigger.parts) != 1 else ""
        lines.append(f"   trigger {t}{kind}: {_verdict(trigger.matches, trigger.matches_normalized, same)}")
        lines += [f"     {p}  {_part_line(part, same)}" for p, part in enumerate(trigger.parts, 1)]
    if not one.triggers:
        lines.append("   it has no triggers")
    return lines


def _part_line(part: PartExplained, same: bool) -> str:
    seen = _shown(part.value)
    if part.normalized_value != part.value:
        seen += f", normalized {_shown(part.normalized_value)}"
    return f"{_verdict(part.matches, part.matches_normalized, same)}: {part.text}; it is {seen}"


def _shown(value: str) -> str:
    if len(value) > _LONGEST_VALUE:
        value = f"{value[: _LONGEST_VALUE - 1]}…"
    return json.dumps(value, ensure_ascii=False) if value else "empty"


def _outcome_lines(explanation: Explanation) -> list[str]:
    decision, outcome = explanation.decision, _outcome(explanation)
    lines = []
    if outcome["passes"]:
        lines.append(f"The request passes to the cache or origin ({decision.reason.name}).")
        if decision.integration is None:
            lines.append("The response is not touched.")
    else:
        lines.append(f"The edge answers {outcome['status']} itself ({decision.reason.name}):")
        lines += [f"  {name}: {value}" for name, value in outcome["headers"].items()]
    lines += [
        f"  {'sets' if 'Expires=Thu, 01 Jan 1970' not in cookie else 'deletes'} the cookie {cookie.partition('=')[0]}"
        for cookie in decision.set_cookies
    ]
    return lines
