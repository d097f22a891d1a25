"""What has to become of a visit, told from the configuration and the proofs that were signed, apart from the decision.

Where the page that an address spells is known, its integration is found by reading the configuration here; beside that
every form of the address counts with the first integration that matches it, and what the engine says is reached.
"""

from functools import lru_cache
from typing import Any

from edge import event_handling, handover
from edge.cloudfront_event import to_request
from queueit.integration import Integration
from queueit.matching import reached_integrations
from queueit.triggers import Reading
from queueit.url_forms import Forms, Url, forms
from tests.answers import is_pass, is_to_the_waiting_room
from tests.builders import COOKIE_PREFIX, NOW, Document
from tests.fuzz.visitors import Page, Visitor
from tests.fuzz.worlds import HOST, OWN_DOMAIN, World
from workbench.local_edge.rules import RuleBroken, check_viewer_request_result

Handle = Any
"""`event_handling.handle`, or what a test puts in its place."""

_CHANGED_BY_FORMS = ("%", ";", "\\", "#", "*", "//")


@lru_cache(maxsize=256)  # many visits are to one address
def _forms(url: str) -> Forms:
    return forms(Url(url))


class Finding(Exception):
    """A visit that became what it must not."""


def _holds(part: Document, page: Page) -> bool | None:
    """Whether a trigger part holds for a page, None where its address alone does not say."""
    values = [part["ValueToCompare"]]
    if part["Operator"] in ("EqualsAny", "ContainsAny"):
        values = part["ValuesToCompare"]
    if part["ValidatorType"] != "UrlValidator":
        return None
    changing = [
        value.replace(f"//{HOST}", HOST) if part["UrlPart"] == "PageUrl" else value for value in values
    ]
    if any(not value or any(mark in value for mark in _CHANGED_BY_FORMS) for value in changing):
        return None
    if part["Operator"] == "Matches":  # there is no such operator
        return False
    host = page.host.lower().partition(":")[0].rstrip(".")
    query = f"?{page.query}" if page.query else ""
    text = {"HostName": host, "PagePath": page.path, "PageUrl": f"https://{host}{page.path}{query}"}[
        part["UrlPart"]
    ]
    if part["UrlPart"] == "HostName":
        values = [value.lower() for value in values]
    if part["IsIgnoreCase"]:
        text, values = text.upper(), [value.upper() for value in values]
    is_hit = text in values if part["Operator"].startswith("Equals") else any(one in text for one in values)
    return is_hit is not part["IsNegative"]


def _is_for(integration: Document, page: Page) -> bool | None:
    results = []
    for trigger in integration["Triggers"]:
        parts = [_holds(part, page) for part in trigger["TriggerParts"]]
        decides = trigger["LogicalOperator"] == "Or"
        results.append(decides if decides in parts else None if None in parts else not decides)
    return True if True in results else None if None in results else False


def _of_the_page(world: World, visitor: Visitor) -> Integration | None:
    """The Queue integration that is surely the first one for the page that the address spells."""
    page = visitor.page
    if page is None or not (page.is_plain or world.settings["url_matching"] == "every_form"):
        return None
    for place, integration in enumerate(world.integrations):
        is_for = _is_for(integration, page)
        if is_for is None:
            return None
        if is_for:
            return world.queues(place)
    return None


def _of_the_site(world: World, visitor: Visitor) -> list[Integration | None]:
    """The Queue integrations that are surely for the page of the site behind the distribution's own domain."""
    page, found = visitor.page, []
    if page is None or not (page.is_plain or world.settings["url_matching"] == "every_form"):
        return []
    for place, integration in enumerate(world.integrations):
        if world.queues(place):
            if _is_for(integration, page._replace(host=HOST)):
                found.append(world.queues(place))
        elif _is_for(integration, page) is not False:
            break
    return found


def _is_exempt(world: World, visitor: Visitor) -> bool:
    """Whether the settings let the visit pass whatever it asks for."""
    names = {name.lower() for name, _ in visitor.headers}
    settings = world.settings
    is_preflight = visitor.method == "OPTIONS" and {"origin", "access-control-request-method"} <= names
    return (
        not settings["enabled"]
        or visitor.method in settings["ignored_methods"]
        or (is_preflight and settings["preflight"] == "pass")
    )


def guards(world: World, visitor: Visitor) -> list[Integration]:
    """The Queue integrations each of which a visit needs a proof for."""
    snapshot = world.snapshot
    request = to_request(visitor.event()["Records"][0]["cf"]["request"], OWN_DOMAIN)
    forms_of_url = _forms(request.url.text)
    found: list[Integration | None] = []
    if world.settings["url_matching"] == "every_form":
        for url in forms_of_url.urls:
            found += [one for one in snapshot.integrations if one.matches(request, url)][:1]
        if not forms_of_url.are_all:
            some_page = [one.matches_under(Reading.SOME_PAGE) for one in snapshot.integrations]
            found += [
                one
                for one, is_for in zip(snapshot.integrations, some_page, strict=True)
                if is_for(request, request.url)
            ]
    if request.is_own_domain or world.settings["url_matching"] != "every_form":
        found += reached_integrations(snapshot, request)
    if request.is_own_domain and world.settings["own_domain"] == "queue":
        found += _of_the_site(world, visitor)
    return [one for one in [*found, _of_the_page(world, visitor)] if one and one.is_queue]


def _has_proof(visitor: Visitor, guard: Integration) -> bool:
    return any(proof.opens(guard.rooms, guard.validity_minutes, visitor.client_ip) for proof in visitor.held)


def _new_sessions(result: Document, request_id: str) -> list[str]:
    """The Set-Cookie header values that begin or extend a session."""
    carried = handover.read(result["headers"], request_id) if is_pass(result) else None
    values = carried.set_cookies if carried else ()
    lines = [line["value"] for line in result["headers"].get("set-cookie", [])]
    return [value for value in (*values, *lines) if value.startswith(COOKIE_PREFIX) and "=;" not in value]


def _check_form(result: Document, sent: Document) -> None:
    """A request passes as it was sent, but for the token and our headers; an answer keeps CloudFront's rules."""
    if not is_pass(result):
        try:
            check_viewer_request_result(result, sent)
        except RuleBroken as error:
            raise Finding(f"broke a rule of CloudFront: {error}") from error
        return
    for name in handover.INTERNAL_HEADERS:
        sent["headers"].pop(name, None)
    others = {name: lines for name, lines in result["headers"].items() if name != handover.HEADER}
    if {**result, "headers": others} != {**sent, "querystring": result["querystring"]}:
        raise Finding("changed a request that passes")
    if result["querystring"] != sent["querystring"] and "queueittoken" in result["querystring"].lower():
        raise Finding("left a token in a query string that it changed")


def judge(world: World, visitor: Visitor, handle: Handle = event_handling.handle, log: Any = None) -> str:
    """What became of the visit: "passed with proof", "passed untouched", "exempt" or "turned away".

    Raises Finding where it is not what has to become of it, or where the edge raised.
    """
    event = visitor.event()
    cf = event["Records"][0]["cf"]
    try:
        result = handle(event, world.snapshot, NOW, visitor.services(), log)
    except Exception as error:
        raise Finding(f"raised {type(error).__name__}") from error
    _check_form(result, visitor.event()["Records"][0]["cf"]["request"])
    sessions = _new_sessions(result, cf["config"]["requestId"])
    is_turned_away = not is_pass(result) and is_to_the_waiting_room(result)
    if is_turned_away and not sessions:
        return "turned away"
    needed = guards(world, visitor)
    for value in sessions:
        room = value.partition("=")[0].removeprefix(COOKIE_PREFIX)
        if not any(
            proof.room.lower() == room.lower()
            and proof.opens([room], guard.validity_minutes, visitor.client_ip)
            for proof in visitor.held
            for guard in needed
        ):
            raise Finding(f"began a session of {room} without a proof")
    if is_turned_away:
        return "turned away"
    if _is_exempt(world, visitor):
        return "exempt"
    for guard in needed:
        if not _has_proof(visitor, guard):
            raise Finding(f"passed without a proof for {' or '.join(guard.rooms)}")
    return "passed with proof" if needed else "passed untouched"
