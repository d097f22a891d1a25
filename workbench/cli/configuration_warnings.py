"""What is allowed in a configuration but probably a mistake: each finding says what happens and what to do instead."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from queueit.integration import CANCEL, IGNORE, QUEUE
from queueit.integration_config import INTEGRATION_FIELDS, PART_FIELDS, TRIGGER_FIELDS
from queueit.settings import Settings
from queueit.triggers import CLIENT_IP_HEADER
from queueit.url_forms import split_value
from workbench.cli.condition import (
    VISITORS_CHOICE,
    Condition,
    Conjunction,
    all_imply,
    always,
    condition,
    conjunctions,
    why_empty,
    why_never,
)

_HOLDS_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CLIENT_ADDRESS = f"header {CLIENT_IP_HEADER}"
_MARKS = re.compile(r"[?&=]")
_NOT_IN_EVERY_SPELLING = re.compile(r"//|\\|;|/\.\.?(?=/|$)")
"""What many sites merge, take for a slash, cut or resolve in a path."""
_ESCAPED = re.compile(r"%(?:2[146-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e])")
"""An escape of a visible character but `"` and `#`."""
_SHORT = 2  # characters; a Contains with no more of them matches by accident


class Warned(NamedTuple):
    """One warning: a stable `code`, the place in the configuration, and a sentence or two."""

    code: str
    place: str
    message: str


class _Integration(NamedTuple):
    """One integration, with its place and the alternatives that make it match; `alive` are those that some request can
    fulfil.
    """

    place: str
    document: dict[str, Any]
    action: str
    alternatives: list[Conjunction]
    alive: list[Conjunction]

    def warned(self, code: str, message: str) -> Warned:
        """A warning about the integration as a whole."""
        return Warned(code, self.place, message)


def _read(config: dict[str, Any]) -> list[_Integration]:
    found = []
    for number, document in enumerate(config["Integrations"], 1):
        name = document.get("Name")
        action = document.get("ActionType")
        alternatives = [one for trigger in document.get("Triggers") or [] for one in conjunctions(trigger)]
        found.append(
            _Integration(
                f"integration {number}" + (f' "{name}"' if name else ""),
                document,
                action if action in (QUEUE, CANCEL) else IGNORE,
                alternatives,
                [one for one in alternatives if not why_empty(one)],
            )
        )
    return found


class OutOfTime(Exception):
    """Looking on would take longer than a person waits."""


class Warnings(NamedTuple):
    """All that was found in the first `looked_at` integrations."""

    found: list[Warned]
    looked_at: int


def warnings(
    config: dict[str, Any],
    settings: Settings,
    *,
    include_body: bool,
    has_verify_service: bool,
    check_time: Callable[[], None] = lambda: None,
) -> Warnings:
    """The warnings about a configuration that the engine accepts, in the order of its integrations.

    Each integration is compared with all others; `check_time`, called again and again, ends that by raising OutOfTime.
    """
    integrations = _read(config)
    found: list[Warned] = []
    for index in range(len(integrations)):
        try:
            found += _about_one(index, integrations, settings, include_body, has_verify_service, check_time)
        except OutOfTime:
            return Warnings(found, index)
    if not any(one.action == QUEUE for one in integrations):
        found.append(
            Warned("no_queue", "the configuration", "has no integration that queues: every request passes")
        )
    return Warnings(found, len(integrations))


def _about_one(
    index: int,
    integrations: list[_Integration],
    settings: Settings,
    include_body: bool,
    has_verify_service: bool,
    check_time: Callable[[], None],
) -> list[Warned]:
    integration = integrations[index]
    found: list[Warned] = []
    check_time()
    before, after = integrations[:index], integrations[index + 1 :]
    found += _about_names(integration, before)
    found += _about_fields(integration)
    found += _about_triggers(integration, include_body)
    found += _about_odd_values(integration, settings)
    found += _about_reach(integration, before, after, settings, check_time)
    found += _about_visitors_choice(integration, after, check_time)
    if integration.action != IGNORE:
        found += _about_rooms(integration)
        found += _about_cookies(integration, settings)
    if integration.action == QUEUE:
        found += _about_involved_rooms(integration, integrations)
        found += _about_rooms_in_other_case(integration, before)
        found += _about_return(integration)
        if integration.document.get("VerifyQueueIdEnabled") and not has_verify_service:
            found.append(
                integration.warned(
                    "verify_without_service",
                    "has VerifyQueueIdEnabled, but the settings name no service to ask (verify.url): nobody is "
                    "denied. Name it, or switch the verification off on the platform",
                )
            )
    return found


def _about_names(integration: _Integration, before: list[_Integration]) -> Iterator[Warned]:
    document = integration.document
    action = document.get("ActionType")
    if action not in (QUEUE, CANCEL, IGNORE):
        yield integration.warned(
            "unknown_action",
            f'ActionType is "{action or ""}", which counts as Ignore: what matches passes without queueing. '
            "Write Queue, Cancel or Ignore",
        )
    if document.get("Name") and any(one.document.get("Name") == document["Name"] for one in before):
        yield integration.warned(
            "duplicate_name", "another integration has this name; logs cannot tell them apart"
        )


def _about_fields(integration: _Integration) -> Iterator[Warned]:
    """Fields that nothing reads, with the known one that is near."""

    def unknown(document: dict[str, Any], known: Iterable[str], place: str) -> Iterator[Warned]:
        for name in document:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                meant = f"; {near[0]} is a known one" if near else ""
                yield Warned(
                    "unknown_field", place, f"has a field {name}, which the connector does not read{meant}"
                )

    yield from unknown(integration.document, INTEGRATION_FIELDS, integration.place)
    for t, trigger in enumerate(integration.document.get("Triggers") or [], 1):
        at = f"{integration.place}, trigger {t}"
        yield from unknown(trigger, TRIGGER_FIELDS, at)
        for p, part in enumerate(trigger.get("TriggerParts") or [], 1):
            yield from unknown(part, PART_FIELDS, f"{at}, part {p}")


def _about_involved_rooms(integration: _Integration, everyone: list[_Integration]) -> Iterator[Warned]:
    own = (integration.document.get("EventId") or "").lower()
    for room in integration.document.get("InvolvedWaitingRoomIds") or []:
        others = [
            one.place
            for one in everyone
            if one.action == QUEUE and (one.document.get("EventId") or "").lower() == room.lower() != own
        ]
        if others:
            yield integration.warned(
                "room_opens_other",
                f'has the involved waiting room "{room}", for which {others[0]} queues: who has waited there alone '
                "gets in here too. Take the room out of InvolvedWaitingRoomIds unless both queues are one",
            )


def _about_rooms_in_other_case(integration: _Integration, before: list[_Integration]) -> Iterator[Warned]:
    room = integration.document.get("EventId") or ""
    for one in before:
        other = one.document.get("EventId") or ""
        if one.action == QUEUE and other != room and other.lower() == room.lower():
            yield integration.warned(
                "room_opens_other",
                f'has the waiting room "{room}", and {one.place} has "{other}": session cookies do not tell capitals '
                "apart, so who has waited for one gets in to the other too. Use rooms whose ids differ in more",
            )
            return


def _about_rooms(integration: _Integration) -> Iterator[Warned]:
    document = integration.document
    for room in dict.fromkeys([document.get("EventId"), *(document.get("InvolvedWaitingRoomIds") or [])]):
        if room and "_" in room:
            yield integration.warned(
                "room_without_token",
                f'the waiting room "{room}" has `_` in its id, which splits fields of a token: no token counts for '
                "it, and visitors who have waited are sent back. Use a room with another id",
            )
        if room and _HOLDS_GUID.search(room):
            yield integration.warned(
                "room_holds_guid",
                f'the waiting room "{room}" has a GUID in its id: a session cookie that another connector issued for '
                "it can also be read as one of a room whose id is what stands before the GUID, and visitors queue once "
                "more when the site changes connectors. Use a room with another id",
            )


def _about_triggers(integration: _Integration, include_body: bool) -> Iterator[Warned]:
    place = integration.place
    triggers = integration.document.get("Triggers") or []
    if not triggers:
        yield integration.warned(
            "never_matches", "has no triggers, so it never matches. Add one, or remove the integration"
        )
    for t, trigger in enumerate(triggers, 1):
        at = f"{place}, trigger {t}"
        alternatives = conjunctions(trigger)
        parts = trigger.get("TriggerParts") or []
        if (operator := trigger.get("LogicalOperator")) not in ("And", "Or") and len(parts) > 1:
            yield Warned(
                "unknown_operator", at, f'LogicalOperator is "{operator or ""}", which counts as And'
            )
        reasons = [why_empty(one) for one in alternatives]
        if not alternatives or all(reasons):
            reason = f": {reasons[0]}" if reasons else ": it has no parts"
            yield Warned("never_matches", at, f"can never match{reason}")
        else:
            for p, part in enumerate(parts, 1):
                if reason := why_never(condition(part)):
                    yield Warned("never_matches", f"{at}, part {p}", f"can never match: {reason}")
        if any(one and all(always(each) for each in one) for one in alternatives) or () in alternatives:
            yield Warned(
                "broad_contains",
                at,
                "matches every request, static files, health checks and payment callbacks included. Name the paths "
                "that are meant",
            )
        else:
            for p, part in enumerate(parts, 1):
                yield from _about_short_values(condition(part), f"{at}, part {p}")
        for p, part in enumerate(parts, 1):
            if part.get("ValidatorType") == "RequestBodyValidator" and not include_body:
                yield Warned(
                    "body_without_include_body",
                    f"{at}, part {p}",
                    "compares the body, which the edge only gets with the Terraform input include_body = true; without "
                    "it every body is empty",
                )


def _about_short_values(one: Condition | None, place: str) -> Iterator[Warned]:
    if one is None or one.is_exact or one.is_negative or why_never(one):
        return
    for value in one.values:
        if one.subject in ("path", "url") and (len(value) <= _SHORT or value == "*"):
            yield Warned(
                "broad_contains",
                place,
                f'contains "{value}" matches far more pages than one thinks. Compare a longer text, such as '
                '"/tickets/"',
            )


def _about_odd_values(integration: _Integration, settings: Settings) -> Iterator[Warned]:
    """Values that few requests hold, or that one address of a page holds and others do not."""
    parts = [one for these in integration.alternatives for one in these if one and not why_never(one)]
    for one in dict.fromkeys(parts):
        for value in () if one.is_negative else one.values:
            if one.subject == "url" and not one.is_exact and value.lower().startswith("http://"):
                advice = "the edge takes every request for https://, so it is found in query strings alone: write https://"
            elif one.subject == "host" and value.rpartition(":")[2] not in ("443", value):
                advice = "browsers name no port to CloudFront: write the host alone"
            elif one.subject == _CLIENT_ADDRESS and not one.is_exact:
                advice = "other addresses contain it too, as those with a digit more do: list whole ones (EqualsAny)"
            elif (
                one.subject in ("path", "url")
                and settings.url_matching == "every_form"
                and (decoded := _ESCAPED.sub(lambda escape: chr(int(escape[0][1:], 16)), value)) != value
            ):
                advice = (
                    "a visitor may write the characters themselves, which many sites take for the same address: "
                    f'write "{decoded}", which matches every spelling'
                )
            elif (
                one.subject in ("path", "url")
                and settings.url_matching == "every_form"
                and (odd := _NOT_IN_EVERY_SPELLING.search(split_value(value)[1]))
            ):
                advice = (
                    f'many sites answer with the same page where "{odd[0]}" is written otherwise or left out: '
                    "compare a text that both addresses hold"
                )
            else:
                continue
            yield integration.warned("odd_value", f'compares with "{value}": {advice}')


def _overlap(integration: _Integration, other: _Integration, settings: Settings) -> bool:
    """Whether both look at the same URL, so that what follows for one URL follows for the request."""
    return settings.url_matching == "every_form" or (
        bool(integration.document.get("IsNormalizationEnabled"))
        == bool(other.document.get("IsNormalizationEnabled"))
    )


def _about_reach(
    integration: _Integration,
    before: list[_Integration],
    after: list[_Integration],
    settings: Settings,
    check_time: Callable[[], None],
) -> Iterator[Warned]:
    blocking: dict[str, None] = {}
    for one in integration.alive:
        check_time()
        for earlier in before:
            if _overlap(integration, earlier, settings) and any(
                all_imply(one, those) for those in earlier.alive
            ):
                blocking[earlier.place] = None
                break
        else:
            blocking = {}
            break
    if integration.alive and blocking:
        yield integration.warned(
            "unreachable",
            f"is never reached: what it matches is taken by {' and '.join(blocking)} before it. Move it up, or narrow "
            "the other",
        )
    if integration.action == IGNORE and not any(one.action != IGNORE for one in after):
        yield integration.warned(
            "ignore_without_effect",
            "is an Ignore integration after all that queue or cancel: it has no effect. To exempt pages, move it "
            "before the integration they should be exempt from",
        )


def _chosen_by_visitor(one: Condition | None) -> bool:
    """Whether a visitor can make a part hold for whichever page they want."""
    if one is None:
        return False
    if one.kind in VISITORS_CHOICE:
        return one.subject != _CLIENT_ADDRESS
    return one.subject == "url" and not one.is_exact and not one.is_negative


def _avoidable(one: Condition | None) -> str:
    """What a visitor can choose so that a part does not hold for a page that they get all the same; else empty."""
    if one is None or always(one) or one.subject == _CLIENT_ADDRESS:
        return ""
    if one.kind in VISITORS_CHOICE:
        return one.subject
    if one.subject == "url" and one.is_exact is not one.is_negative:
        return "query string, which is part of PageUrl"
    if one.subject == "url" and not one.is_negative and any(_MARKS.search(value) for value in one.values):
        return (
            "query string, in which many sites take several texts for one (42, 042) and fields in any order"
        )
    return ""


def _texts_in_path(these: Conjunction, *, is_negative: bool) -> bool:
    """Whether a part asks whether the path contains a text, which can be added to the path of another page."""
    return any(
        one is not None
        and (one.subject, one.is_exact, one.is_negative) == ("path", False, is_negative)
        and not always(one)
        for one in these
    )


def _can_be_added(these: Conjunction, queue: Conjunction) -> bool:
    """Whether an exemption is for pages that a queue is for too, if only their path contains a text.

    A queue for every path is left out: that files are exempt from it by their folder or suffix is what most sites do.
    """
    if not _texts_in_path(these, is_negative=False) or not _texts_in_path(queue, is_negative=False):
        return False
    return not all_imply(these, queue) and not why_empty((*these, *queue))


def _about_visitors_choice(
    integration: _Integration, after: list[_Integration], check_time: Callable[[], None]
) -> Iterator[Warned]:
    if integration.action != QUEUE:
        queues = [these for one in after if one.action == QUEUE for these in one.alive]
        for these in integration.alternatives:
            check_time()
            claimed = [one for one in these if _chosen_by_visitor(one)]
            rest = tuple([one for one in these if one not in claimed])
            if not claimed or why_empty(these):
                continue
            if any(all_imply(rest, queue) or all_imply(queue, rest) for queue in queues):
                subjects = " and ".join(sorted({one.subject for one in claimed if one is not None}))
                yield integration.warned(
                    "visitor_can_pass",
                    f"lets requests for pages that are queued for below pass by their {subjects}, which a visitor can "
                    "choose (the query string is part of PageUrl). Exempt by the PagePath of pages that need no queue, "
                    f"or by the client's address (a header part named {CLIENT_IP_HEADER})"
                    + (
                        ". Without a session there is nothing to cancel, and the request passes"
                        if integration.action == CANCEL
                        else ""
                    ),
                )
                return
        if any(_can_be_added(these, queue) for these in integration.alive for queue in queues):
            yield integration.warned(
                "path_can_be_added",
                "lets a page that is queued for below pass where a visitor adds this text to its path, and many sites "
                "show a page at such an address too. Move it behind that integration, compare whole paths (EqualsAny), "
                "or add a part by which the path does not contain what is queued for",
            )
    if integration.action == QUEUE:
        if any(
            _texts_in_path(these, is_negative=True) and _texts_in_path(these, is_negative=False)
            for these in integration.alive
        ):
            yield integration.warned(
                "path_can_be_added",
                "does not queue for its pages where a visitor adds the text to the path that it must not contain, and "
                "many sites show a page at such an address too. Take that part out, or exempt whole paths (EqualsAny) "
                "before it",
            )
        chosen = {
            subject for these in integration.alternatives for one in these if (subject := _avoidable(one))
        }
        if chosen:
            yield integration.warned(
                "visitor_can_avoid",
                f"queues depending on the {' and '.join(sorted(chosen))}, which a visitor can choose: who sends "
                "something else is not queued by it",
            )


def _about_cookies(integration: _Integration, settings: Settings) -> Iterator[Warned]:
    document = integration.document
    domain = (document.get("CookieDomain") or "").lstrip(".").lower()
    if not domain:
        yield integration.warned(
            "cookie_domain",
            "has no CookieDomain: the session counts for one host name alone, and a visitor who goes from "
            "www.example.com to shop.example.com queues again. Leave it empty only for a site with one host name",
        )
    elif "." not in domain:
        yield integration.warned(
            "cookie_domain",
            f'CookieDomain is "{domain}": browsers refuse a cookie for a whole top level',
        )
    else:
        strangers = sorted(
            host for host in _hosts(integration) if host != domain and not host.endswith(f".{domain}")
        )
        if strangers:
            yield integration.warned(
                "cookie_domain",
                f'CookieDomain is "{domain}", but it also matches {", ".join(strangers)}: browsers refuse the cookie '
                "there, and visitors queue for ever. Use an integration for each domain",
            )
    is_secure = settings.session_cookie.secure
    if not (bool(document.get("IsCookieSecure")) if is_secure is None else is_secure):
        yield integration.warned(
            "cookie_not_secure",
            "sets session cookies that browsers also send over plain HTTP. Set IsCookieSecure, or "
            "session_cookie.secure in the settings",
        )


def _hosts(integration: _Integration) -> set[str]:
    """The host names that the integration asks for by name."""
    return {
        value.lower().partition(":")[0]
        for these in integration.alternatives
        for one in these
        if one is not None and one.subject == "host" and one.is_exact and not one.is_negative
        for value in one.values
        if value
    }


def _about_return(integration: _Integration) -> Iterator[Warned]:
    logic = integration.document.get("RedirectLogic") or ""
    if logic not in ("AllowTParameter", "EventTargetUrl", "ForcedTargetUrl"):
        yield integration.warned(
            "unknown_redirect_logic",
            f'RedirectLogic is "{logic}", which counts as AllowTParameter: visitors come back to the page they '
            "asked for",
        )
    if logic == "ForcedTargetUrl" and not integration.document.get("ForcedTargetUrl"):
        yield integration.warned(
            "no_forced_target",
            "has RedirectLogic ForcedTargetUrl but no ForcedTargetUrl: visitors come back to the waiting room's "
            "own target",
        )
