"""Every spelling that a real origin takes for the protected page is queued, and no other page is (section 9)."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from edge.event_handling import handle
from queueit.snapshot import Snapshot
from tests.builders import (
    NOW,
    compiled_snapshot,
    cookie_header,
    queue_integration,
    session_pair,
    url_part,
    viewer_request_event,
)
from tests.origins import site
from tests.origins.conftest import Served
from tests.origins.origin_servers import ALL, Origins
from workbench.local_edge.path_pattern import compile_path_pattern, normalize_path

URL = f"https://{site.HOST}{site.PROTECTED}"


def tickets(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return queue_integration(*parts or [url_part("/tickets/")], **changes)


def any_part(operator: str, *values: str, **changes: Any) -> dict[str, Any]:
    return url_part("", Operator=operator, ValuesToCompare=list(values), **changes)


def open_page(action: str, path: str, **changes: Any) -> dict[str, Any]:
    return queue_integration(
        url_part(path, **changes),
        Name="Open",
        ActionType=action,
        EventId="free" if action == "Queue" else "closed",
    )


STARTS_OR_HOLDS = {
    "Contains in the path": [tickets()],
    "ContainsAny in the path": [tickets(any_part("ContainsAny", "/vip/", "/tickets/"))],
    "Contains in the URL": [tickets(url_part(f"{site.HOST}/tickets/", UrlPart="PageUrl"))],
    "Contains in any case": [tickets(url_part("/TICKETS/", IsIgnoreCase=True))],
    "Contains in the normalized URL": [tickets(IsNormalizationEnabled=True)],
    "Contains with a host": [
        tickets(url_part(site.HOST, UrlPart="HostName", Operator="Equals"), url_part("/tickets/"))
    ],
    "all but the exempt paths": [
        tickets(url_part("/static/", IsNegative=True), url_part("/free/", IsNegative=True))
    ],
    "all but the exempt paths, in one part": [
        tickets(any_part("ContainsAny", "/static/", "/free/", IsNegative=True))
    ],
    "behind an Ignore": [open_page("Ignore", "/static/"), open_page("Ignore", "/free/"), tickets()],
    "behind an Ignore of the URL": [
        open_page("Ignore", f"{site.HOST}/static/", UrlPart="PageUrl"),
        tickets(),
    ],
    "behind an Ignore of an unknown action": [open_page("Watch", "/static/"), tickets()],
    "behind a Cancel with nothing to cancel": [open_page("Cancel", "/static/"), tickets()],
    "behind the Queue of a weaker room": [open_page("Queue", "/static/"), tickets()],
    "before the Queue of a weaker room": [tickets(), open_page("Queue", "/")],
}
"""Configurations that protect what lies below /tickets/."""

IS_THE_PAGE = {
    "Equals the path": [tickets(url_part(site.PROTECTED, Operator="Equals"))],
    "Equals the path in any case": [tickets(url_part("/Tickets/Row", Operator="Equals", IsIgnoreCase=True))],
    "EqualsAny of paths": [tickets(any_part("EqualsAny", "/vip/row", site.PROTECTED))],
    "Equals the path behind an Ignore": [
        open_page("Ignore", "/static/"),
        tickets(url_part(site.PROTECTED, Operator="Equals")),
    ],
}
"""Configurations that protect the one page by its path."""

IS_THE_URL = {
    "Equals the URL": [tickets(url_part(URL, UrlPart="PageUrl", Operator="Equals"))],
    "EqualsAny of URLs": [tickets(any_part("EqualsAny", "https://other.example/", URL, UrlPart="PageUrl"))],
}
"""Configurations that protect the one page by its URL, without a query."""

ROOMS = {**STARTS_OR_HOLDS, **IS_THE_PAGE, **IS_THE_URL}


@cache
def configured(name: str) -> Snapshot:
    return compiled_snapshot(*ROOMS[name])


HOLDS_FREE = cookie_header(session_pair("free"))
"""A session of the weaker room, and none of the room for tickets."""


@cache
def passes(name: str, target: str) -> bool:
    """Whether a visitor of the weaker room gets the page."""
    uri, _, query = target.partition("?")
    result = handle(viewer_request_event(uri, query, headers=HOLDS_FREE), configured(name), NOW)
    if "status" not in result:
        return True
    assert "/?c=example&e=" in result["headers"]["location"][0]["value"]
    return False


@pytest.mark.parametrize("name", ROOMS)
def test_no_spelling_of_the_page_passes(origin: Served, name: str) -> None:
    wanted = [
        one.text
        for one in origin.protected
        if (name in STARTS_OR_HOLDS or not one.is_longer) and (name not in IS_THE_URL or "?" not in one.text)
    ]

    assert site.PROTECTED in wanted
    assert [*islice((target for target in wanted if passes(name, target)), 5)] == []


EXEMPTIONS = {
    "Ignore before a Queue for everything": [
        open_page("Ignore", "/static/"),
        open_page("Ignore", "/free/"),
        tickets(url_part("/")),
    ],
    "a Queue for all but these": [
        tickets(url_part("/static/", IsNegative=True), url_part("/free/", IsNegative=True))
    ],
    "a Queue for another path": [tickets()],
    "a Queue for another page": [tickets(url_part(site.PROTECTED, Operator="Equals"))],
}


@pytest.mark.parametrize("name", EXEMPTIONS)
def test_an_exempt_page_stays_exempt_as_visitors_ask_for_it(origin: Served, name: str) -> None:
    snapshot = compiled_snapshot(*EXEMPTIONS[name])
    queued = []
    for path in origin.exempt:
        uri, _, query = path.partition("?")
        if "status" in handle(viewer_request_event(uri, query), snapshot, NOW):
            queued.append(path)
    assert queued == []


@pytest.mark.full
def test_the_origins_know_the_exempt_pages(served: Callable[[Origins], dict[str, Served]]) -> None:
    there = [origins for origins in ALL if origins.missing() is None]
    known = {path for origins in there for one in served(origins).values() for path in one.exempt}
    assert known == set(site.EXEMPT)


PAGE = (Path(__file__).parents[2] / "docs" / "behaviors.md").read_text(encoding="utf-8")
IS_PROTECTED = compile_path_pattern("/tickets/*")


def block(language: str) -> str:
    """The one block of that language on the page that answers with a 400."""
    (found,) = [one for one in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if "400" in one]
    return str(found)


def routed_elsewhere(served: Served) -> list[str]:
    """The paths that the origin takes for the protected page, and CloudFront for one of another behavior."""
    paths = dict.fromkeys(one.text.partition("?")[0] for one in served.protected)
    return [path for path in paths if not IS_PROTECTED(normalize_path(path))]


def test_the_documented_line_for_nginx_refuses_paths_of_another_behavior(origin: Served) -> None:
    (expression,) = re.findall(r'~\* "(.*)"\) \{ return 400; \}', block("nginx"))
    refused = re.compile(expression.replace("\\\\\\\\", "\\\\"), re.IGNORECASE)
    assert [path for path in routed_elsewhere(origin) if not refused.match(path)] == []
    assert not any(map(refused.match, ("/static/app.css", "/tickets/row?a=%2F;b", "/caf%C3%A9/a%20b.css")))


def test_the_documented_function_for_cloudfront_refuses_paths_of_another_behavior(origin: Served) -> None:
    if not shutil.which("node"):
        pytest.skip("found no node: install Node.js 18 or later (nodejs.org) and run the tests again")
    paths = [*routed_elsewhere(origin), site.PROTECTED, "/static/app.css", "/caf%C3%A9/a%20b.css"]
    program = f"{block('js')}\nconst paths = JSON.parse(require('fs').readFileSync(0));\n" + (
        "console.log(JSON.stringify(paths.filter((uri) => handler({ request: { uri } }).statusCode !== 400)));"
    )
    done = subprocess.run(
        ["node", "-e", program], input=json.dumps(paths), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [site.PROTECTED, "/static/app.css", "/caf%C3%A9/a%20b.css"]
