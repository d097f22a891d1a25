"""A file of cases: requests, each with what is expected to become of it."""

from difflib import get_close_matches
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from queueit.snapshot import Snapshot
from workbench.cli.command import CommandFailed
from workbench.cli.explanation import Decided, decided, viewer_event
from workbench.cli.input_files import parse_json
from workbench.cli.value_types import DOMAIN, IP_ADDRESS, METHOD, PAGE_URL, Checked

_CASE: Final = ("name", "method", "url", "headers", "cookies", "body", "address", "own_domain", "expect")
_EXPECTED: Final = ("integration", "decision", "redirect")


class Case(NamedTuple):
    """One request; `expect` may hold integration, decision and redirect, None standing for none."""

    name: str
    document: dict[str, Any]
    expect: dict[str, str | None]


class Ran(NamedTuple):
    """What became of a case: `found` by the names of `expect`, and `problems`, empty where all is as expected."""

    case: Case
    found: dict[str, str | None]
    problems: list[str]


def parse_cases(text: str, place: str) -> list[Case]:
    """The cases of a file in YAML or JSON: a list, or an object with `cases`. Raises CommandFailed with the place."""
    document = _parsed(text, place)
    listed = document.get("cases") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not listed:
        raise CommandFailed(f"{place} holds no cases; write a list of them, or an object with `cases`")
    return [_case(one, f"{place}, case {number}") for number, one in enumerate(listed, 1)]


def _parsed(text: str, place: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        return parse_json(text, place)
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it holds characters that YAML does not take"
        raise CommandFailed(f"{place} is neither YAML nor JSON{where}: {problem}") from None
    except (RecursionError, ValueError):
        raise CommandFailed(f"{place} is neither YAML nor JSON that anything here reads") from None


def _known(document: Any, names: tuple[str, ...], place: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise CommandFailed(f"{place} is not an object; it takes {', '.join(names)}")
    for name in document:
        if name not in names:
            near = get_close_matches(str(name), names, n=1)
            meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
            raise CommandFailed(f'{place} has "{name}", which means nothing{meant}')
    return document


def _text(document: dict[str, Any], name: str, place: str, checked: Checked | None = None) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CommandFailed(f"{place}: {name} is {value!r:.60}; give a text (in quotes)")
    if value and checked and (problem := checked.problem(value)):
        raise CommandFailed(f'{place}: {name} "{value}" {problem}')
    return value


def _texts(document: dict[str, Any], name: str, place: str) -> dict[str, str]:
    values = document.get(name)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise CommandFailed(f"{place}: {name} is {values!r:.60}; give an object of texts")
    return {key: _text(values, key, f"{place}, {name}") for key in values if isinstance(key, str)}


def _case(document: Any, place: str) -> Case:
    known = _known(document, _CASE, place)
    url = _text(known, "url", place, PAGE_URL)
    if not url:
        raise CommandFailed(f"{place} has no url")
    for name, checked in (("method", METHOD), ("address", IP_ADDRESS), ("own_domain", DOMAIN)):
        _text(known, name, place, checked)
    for name in ("headers", "cookies"):
        _texts(known, name, place)
    _text(known, "body", place)
    expect = _known(known.get("expect") or {}, _EXPECTED, f"{place}, expect")
    for name in expect:
        _text(expect, name, f"{place}, expect")
    method = (_text(known, "method", place) or ("POST" if known.get("body") else "GET")).upper()
    return Case(_text(known, "name", place) or f"{method} {url}", known, expect)


def run_case(case: Case, snapshot: Snapshot, now: float) -> Ran:
    """Decide on a case's request, at `now` in Unix seconds, and compare."""
    document = case.document
    cookies = "; ".join([f"{name}={value}" for name, value in (document.get("cookies") or {}).items()])
    headers = [(name, value) for name, value in (document.get("headers") or {}).items()]
    body = document.get("body")
    event = viewer_event(
        document["url"],
        method=(document.get("method") or ("POST" if body else "GET")).upper(),
        headers=(*headers, *([("Cookie", cookies)] if cookies else [])),
        body=body.encode("utf-8", "surrogateescape") if body is not None else None,
        client_ip=document.get("address") or "",
        own_domain=document.get("own_domain") or "",
    )
    answer = decided(snapshot, event, now)
    integration = answer.decision.integration
    found = {
        "integration": integration.name if integration else None,
        "decision": answer.decision.reason.name,
        "redirect": _redirect(answer),
    }
    problems = []
    for name, expected in case.expect.items():
        is_met = _leads_to(expected, found[name]) if name == "redirect" else expected == found[name]
        if not is_met:
            problems.append(f"{name} is {found[name] or 'none'}, not {expected or 'none'}")
    return Ran(case, found, problems)


def _redirect(answer: Decided) -> str | None:
    headers = answer.outcome.get("headers", {}) if "status" in answer.outcome else {}
    if lines := headers.get("location"):
        return str(lines[0]["value"])
    if lines := headers.get("x-queueit-redirect"):
        return unquote(lines[0]["value"])
    return None


def _leads_to(expected: str | None, found: str | None) -> bool:
    """Whether a redirect has scheme, host and path of the expected one, and all of its query parameters."""
    if not expected or not found:
        return not expected and not found
    try:
        wanted, there = urlsplit(expected), urlsplit(found)
    except ValueError:
        return False
    return (wanted.scheme, wanted.netloc.lower(), wanted.path or "/") == (
        there.scheme,
        there.netloc.lower(),
        there.path or "/",
    ) and set(parse_qsl(wanted.query, keep_blank_values=True)) <= set(
        parse_qsl(there.query, keep_blank_values=True)
    )


_CHANGING: Final = ("ver", "cver", "man", "kupver", "t", "enqueuetoken")
"""Parameters of a redirect that change with each publication, release or request."""


def _lasting(redirect: str | None) -> str | None:
    """What of a redirect stays the same as long as the configuration means the same."""
    if redirect is None:
        return None
    address, _, query = redirect.partition("?")
    kept = [one for one in query.split("&") if one and one.partition("=")[0] not in _CHANGING]
    return address + (f"?{'&'.join(kept)}" if kept else "")


def recorded(case: Case, snapshot: Snapshot, now: float) -> dict[str, Any]:
    """The case as a document, with what becomes of it now as its expectation."""
    found = run_case(case, snapshot, now).found
    expect = {**found, "redirect": _lasting(found["redirect"])}
    return {**case.document, "expect": expect}


def cases_of(integrations: list[dict[str, Any]], host: str) -> list[Case]:
    """A request for each trigger that asks for a URL, as it is written there, at `host` where it names none."""
    found: dict[str, Case] = {}
    for integration in integrations:
        for trigger in integration.get("Triggers") or []:
            url = _url_of(trigger, host)
            if url and not PAGE_URL.problem(url):
                name = f"{integration.get('Name') or 'unnamed'}: {url}"
                found.setdefault(url, Case(name, {"name": name, "url": url}, {}))
    home = f"https://{host}/"
    found.setdefault(home, Case(home, {"name": home, "url": home}, {}))
    return [*found.values()]


def _url_of(trigger: dict[str, Any], host: str) -> str:
    path = ""
    for part in trigger.get("TriggerParts") or []:
        if part.get("ValidatorType") != "UrlValidator" or part.get("IsNegative"):
            continue
        values = part.get("ValuesToCompare") if str(part.get("Operator")).endswith("Any") else None
        value = str(values[0] if values else part.get("ValueToCompare") or "")
        kind = part.get("UrlPart")
        if kind == "HostName" and "." in value:
            host = value
        elif kind == "PageUrl" and "://" in value:
            return value
        elif kind in ("PagePath", "PageUrl") and value != "*":
            path = value
    return f"https://{host}/{path.lstrip('/')}" if path else ""
