"""What publishing an edited configuration would do, shown before it is published."""

import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from config_refresh.content import Content, snapshot_document
from config_refresh.difference import difference
from queueit.errors import QueueitError
from queueit.integration import CANCEL, QUEUE
from queueit.settings import parse_settings
from queueit.snapshot import Snapshot, compile_snapshot
from workbench.cli.configuration_warnings import OutOfTime, warnings
from workbench.cli.explanation import Explanation, IntegrationExplained, explain, viewer_event
from workbench.sample_waiting_room.integration_text import describe_integrations
from workbench.sample_waiting_room.publication import Publication, RefusedConfiguration, parse_configuration
from workbench.sample_waiting_room.source_lines import Path, line_of, lines_of

_SECONDS = 2.0
"""How long warnings are looked for."""


class Finding(NamedTuple):
    """A problem or a warning, and the line of the text that it is about, None for all of it."""

    text: str
    line: int | None


class ChangedTriggers(NamedTuple):
    """The triggers of one integration in words, one line each, as they are live and as edited."""

    name: str
    live: tuple[str, ...]
    edited: tuple[str, ...]


class Attempt(NamedTuple):
    """What one configuration does with a request, and how each of its integrations compares."""

    sentence: str
    integrations: tuple[IntegrationExplained, ...] = ()
    winner: int | None = None


class Tried(NamedTuple):
    """A URL tried on what is live and on the edit; `problem` says why that is impossible, else it is empty."""

    problem: str
    live: Attempt
    edited: Attempt


class Review(NamedTuple):
    """What there is to know about an edit. With `problems` it cannot be published; `changes` are sentences.

    `warnings` are new with the edit; `old_warnings` are also true of what is live.
    """

    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()
    old_warnings: tuple[Finding, ...] = ()
    changes: tuple[str, ...] = ()
    triggers: tuple[ChangedTriggers, ...] = ()
    tried: Tried | None = None


def review(
    publication: Publication, text: str, settings: Mapping[str, Any], *, url: str = "", site: str = ""
) -> Review:
    """Review `text` under the connector's `settings`, and try `url` on it: an address, or a path of `site`."""
    live = publication.current()
    lines: dict[Path, int] = {}
    edited: dict[str, Any] | None = None
    problems: tuple[Finding, ...] = ()
    try:
        document = parse_configuration(text)
        lines = lines_of(text)
        edited = publication.checked(document)
    except RefusedConfiguration as refused:
        problems = tuple([Finding(one, refused.line or line_of(one, lines)) for one in refused.problems])
    tried = _tried(url, site, live, edited, settings) if url.strip() else None
    if edited is None:
        return Review(problems, tried=tried)
    before = set() if publication.problems_of(live) else {_unnumbered(one) for one in _warned(live, settings)}
    new: list[Finding] = []
    old: list[Finding] = []
    for one in _warned(edited, settings):
        (old if _unnumbered(one) in before else new).append(Finding(one, line_of(one, lines)))
    return Review((), tuple(new), tuple(old), *_changes(publication, live, edited, settings), tried)


def _warned(config: dict[str, Any], settings: Mapping[str, Any]) -> list[str]:
    """The warnings of a configuration that compiles, each after its place."""
    known = parse_settings(dict(settings), strict=False)
    warned = warnings(
        config,
        known,
        include_body=known.include_body,
        has_verify_service=known.verify is not None,
        check_time=_time_limit(),
    )
    findings = [f"{one.place}: {one.message}" for one in warned.found]
    if warned.looked_at < len(config["Integrations"]):
        findings.append(f"only the first {warned.looked_at} integrations were looked at: there are too many")
    return findings


def _unnumbered(warning: str) -> str:
    """A warning without the number of its integration, which changes when another is added or removed."""
    return re.sub(r"integration \d+ ", "", warning)


def _time_limit() -> Callable[[], None]:
    """A function that raises OutOfTime once the editor has waited long enough."""
    ends_at = time.monotonic() + _SECONDS

    def check() -> None:
        if time.monotonic() > ends_at:
            raise OutOfTime

    return check


def _content(config: dict[str, Any], settings: Mapping[str, Any]) -> Content:
    customer_id = config.get("CustomerId") or ""
    return Content(
        snapshot_document(customer_id, config, dict(settings), published_at=0, source="publish"), {}
    )


def _changes(
    publication: Publication, live: dict[str, Any], edited: dict[str, Any], settings: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[ChangedTriggers, ...]]:
    if publication.problems_of(live):
        return ("nothing usable is live, so all of it is new",), ()
    old, new = ({**one, "Version": 0} for one in (live, edited))
    sentences = tuple(difference(_content(old, settings), _content(new, settings)))
    before = {one.name: one for one in describe_integrations(live["Integrations"])}
    triggers = tuple(
        [
            ChangedTriggers(one.name, before[one.name].triggers, one.triggers)
            for one in describe_integrations(edited["Integrations"])
            if one.name in before and before[one.name].triggers != one.triggers
        ]
    )
    return sentences, triggers


def _tried(
    url: str, site: str, live: dict[str, Any], edited: dict[str, Any] | None, settings: Mapping[str, Any]
) -> Tried:
    if url.startswith("/"):
        url = f"{urlsplit(site).scheme}://{urlsplit(site).netloc}{url}"
    nothing = Attempt("")
    try:
        event = viewer_event(url.strip())
    except ValueError as error:
        return Tried(f"{error}.", nothing, nothing)
    cannot = Attempt("Cannot be tried until the problems above are solved.")
    return Tried("", _attempt(event, live, settings), _attempt(event, edited, settings) if edited else cannot)


def _attempt(event: dict[str, Any], config: dict[str, Any], settings: Mapping[str, Any]) -> Attempt:
    content = _content(config, settings)
    try:
        # There is no session and no token here, so any key will do.
        snapshot: Snapshot = compile_snapshot(content.document, {"secret_key": secrets.token_hex()})
    except QueueitError:
        return Attempt("Nothing usable is published.")
    explanation = explain(snapshot, config["Integrations"], event, 0)
    return Attempt(_sentence(explanation), explanation.integrations, explanation.winner)


def _sentence(explanation: Explanation) -> str:
    decision = explanation.decision
    integration = decision.integration
    if integration is None:
        reason = "no integration matches" if decision.reason.name == "no match" else decision.reason.name
        return f"The visitor gets the page: {reason}."
    if decision.redirect_url and integration.action == QUEUE:
        return f'The visitor is sent to the waiting room "{integration.event_id}" by "{integration.name}".'
    if decision.redirect_url and integration.action == CANCEL:
        return f'The visitor\'s session ends by "{integration.name}".'
    return f'The visitor gets the page by "{integration.name}" ({decision.reason.name}).'
