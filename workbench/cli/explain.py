"""`queueit explain URL`: which integration and trigger a request matches, part by part, and what follows."""

import json
import secrets
from pathlib import Path
from typing import Any

from queueit.outcome import QUEUED
from workbench.cli import command as cli
from workbench.cli import configuration_source
from workbench.cli.explanation import Explanation, IntegrationExplained, PartExplained, explain, viewer_event
from workbench.cli.input_files import MAX_BYTES
from workbench.cli.secret_key_source import SECRET_FILE, secret_key
from workbench.cli.value_types import DOMAIN, IP_ADDRESS, METHOD, PAGE_URL
from workbench.printable import printable

_EXAMPLES = """
explain https://shop.example.com/tickets --name shop
explain https://shop.example.com/tickets --config configuration.json --settings settings.json
explain https://shop.example.com/cart --method POST --body "seat=12" --cookie vip=1 --json
"""

_LONGEST_VALUE = 80


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Build the request as CloudFront would hand it over and ask the engine."""
    if [options.config, options.settings, options.secret_file].count("-") > 1:
        raise cli.UsageError("standard input can give one of configuration, settings and key")
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
            own_domain=options.own_domain,
        )
    except ValueError as error:
        raise cli.UsageError(f"{options.url}: {error}") from None
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
        "notes": list(explanation.notes),
        "integrations": [_document(one) for one in explanation.integrations],
    }
    heading = f"{source.place}, version {snapshot.version}, url_matching {snapshot.settings.url_matching}"
    text = _text(explanation, heading, has_enqueue_token=has_enqueue_token, has_key=key is not None)
    return cli.Result(data, text)


def _headers(options: cli.Options) -> tuple[tuple[str, str], ...]:
    lines = []
    for line in options.header:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise cli.UsageError(f'--header "{line}" has no colon; write "NAME: VALUE"')
        if not line.isprintable() or not name.isascii():
            raise cli.UsageError(f'--header "{line}" has characters that no header can have')
        lines.append((name.strip(), value.strip()))
    for pair in options.cookie:
        if "=" not in pair:
            raise cli.UsageError(f'--cookie "{pair}" has no equals sign; write NAME=VALUE')
        if not pair.isprintable():
            raise cli.UsageError(f'--cookie "{pair}" has characters that no cookie can have')
        lines.append(("Cookie", pair))
    return tuple(lines)


def _body(text: str | None) -> bytes | None:
    if text is None or not text.startswith("@"):
        return None if text is None else text.encode("utf-8", "surrogateescape")
    try:
        with Path(text[1:]).open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise cli.CommandFailed(f"the body {text[1:]} cannot be read: {error.strerror}") from None
    except ValueError:  # a name that no file can have
        raise cli.CommandFailed(f"the body {text[1:]} cannot be read: there is no such file") from None


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
    lines += ["", *_outcome_lines(explanation), *explanation.notes]
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
    lines = [f'{number}. "{printable(one.name)}" ({one.action}): {verdict}']
    if one.matching_form:
        lines.append(f"   by another form of the URL: {printable(one.matching_form)}")
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
    return f"{_verdict(part.matches, part.matches_normalized, same)}: {printable(part.text)}; it is {seen}"


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


COMMAND = cli.command(
    "explain",
    run,
    _EXAMPLES,
    cli.argument("url", "URL", type=PAGE_URL),
    cli.option("--cookie", multiple=True, metavar="NAME=VALUE", help="a cookie; may be repeated"),
    cli.option("--header", multiple=True, metavar="NAME: VALUE", help="a header line; may be repeated"),
    cli.option("--body", metavar="TEXT", help="the body; @FILE takes it from a file. Makes the method POST"),
    cli.option("--method", metavar="METHOD", type=METHOD, help="the HTTP method (default GET)"),
    cli.option(
        "--ip",
        default="",
        metavar="ADDRESS",
        type=IP_ADDRESS,
        help="the visitor's address, for tokens bound to one",
    ),
    cli.option(
        "--own-domain",
        default="",
        metavar="DOMAIN",
        type=DOMAIN,
        help="the distribution's own domain; a host at cloudfront.net is taken for it",
    ),
    *configuration_source.SOURCE,
    SECRET_FILE,
)
