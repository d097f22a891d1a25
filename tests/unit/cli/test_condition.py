"""What trigger parts mean as logic, held against the engine that decides on real requests."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueit.request import Request
from queueit.triggers import compile_part, compile_triggers
from queueit.url_forms import Url
from tests.builders import part
from workbench.cli.condition import (
    all_imply,
    always,
    condition,
    conjunctions,
    described,
    implies,
    why_empty,
    why_never,
)

HOSTS = ("shop.example.com", "www.example.com", "a.b")
PATHS = ("/", "/tickets", "/tickets/vip", "/Tickets", "/static/a.js", "/t")
QUERIES = ("", "?a=1", "?next=/tickets", "?u=https://shop.example.com/")
TEXTS = (
    "",
    "*",
    "/",
    "t",
    "tickets",
    "/tickets",
    "/Tickets",
    "/tickets/vip",
    "shop",
    "https://",
    ".example.com",
    "1",
)
WHOLE_URLS = tuple(f"https://{host}{path}" for host in HOSTS for path in PATHS)
URLS = [Url(f"https://{host}{path}{query}") for host in HOSTS for path in PATHS for query in QUERIES]


def request(agent: str, cookie: str, body: str) -> Request:
    """A request that differs from others in what is not the URL."""
    headers = {"user-agent": agent, "cookie": cookie, "x-vip": cookie}
    return Request(
        method="GET",
        host="shop.example.com",
        path="/",
        query="",
        client_ip="",
        header=lambda name: headers.get(name, ""),
        body=lambda: body,
    )


REQUESTS = [
    request("", "", ""),
    request("a tickets bot", "vip=1", "tickets"),
    request("*", "vip=tickets", "1"),
]

OTHER_VALIDATORS = [f"{one}Validator" for one in ("Cookie", "UserAgent", "HttpHeader", "RequestBody")] + [
    "Other"
]

parts = st.fixed_dictionaries(
    {
        "ValidatorType": st.sampled_from(["UrlValidator"] * 4 + OTHER_VALIDATORS),
        "Operator": st.sampled_from(["Equals", "Contains", "EqualsAny", "ContainsAny", "StartsWith"]),
        "ValueToCompare": st.sampled_from(TEXTS + WHOLE_URLS),
        "ValuesToCompare": st.lists(st.sampled_from(TEXTS + HOSTS), max_size=3),
        "IsNegative": st.booleans(),
        "IsIgnoreCase": st.booleans(),
        "UrlPart": st.sampled_from(["HostName", "PagePath", "PageUrl", None]),
        "CookieName": st.sampled_from(["vip", None]),
        "HttpHeaderName": st.sampled_from(["X-Vip", ""]),
    }
)


thorough = settings(max_examples=3 * settings().max_examples)


def truths(match: Any) -> list[bool]:
    """What a compiled part or trigger says of every request."""
    return [match(one, url) for one in REQUESTS for url in URLS]


@thorough
@given(parts)
def test_a_condition_holds_where_the_engines_part_does(part: dict[str, Any]) -> None:
    meaning = condition(part)
    for one in REQUESTS:
        for url in URLS:
            subjects = {
                "host": url.host,
                "path": url.path,
                "url": url.text,
                "user-agent": one.header("user-agent"),
                "body": one.body,
                "cookie vip": one.cookie("vip"),
                "header x-vip": one.header("x-vip"),
                "": "",
            }
            holds = meaning is not None and meaning.holds_for(subjects[meaning.subject])
            assert compile_part(part)(one, url) is holds


@thorough
@given(parts)
def test_what_is_said_to_hold_always_or_never_does(part: dict[str, Any]) -> None:
    answers = truths(compile_part(part))
    meaning = condition(part)
    if always(meaning):
        assert all(answers)
    if why_never(meaning):
        assert not any(answers)


@thorough
@given(parts, parts)
def test_what_is_said_to_follow_follows(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = condition(one), condition(other)
    if first is not None and second is not None and implies(first, second):
        pairs = zip(truths(compile_part(one)), truths(compile_part(other)), strict=True)
        assert all(then for given_, then in pairs if given_)


triggers = st.fixed_dictionaries(
    {"LogicalOperator": st.sampled_from(["And", "Or"]), "TriggerParts": st.lists(parts, max_size=3)}
)


@thorough
@given(triggers, triggers)
def test_alternatives_of_triggers_are_empty_or_follow_only_where_the_engine_agrees(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = truths(compile_triggers([one])), truths(compile_triggers([other]))
    these, those = conjunctions(one), conjunctions(other)
    if all(why_empty(each) for each in these):
        assert not any(first)
    if all(any(all_imply(each, such) for such in those) for each in these):
        assert all(then for given_, then in zip(first, second, strict=True) if given_)


def url_part(value: str, operator: str = "Contains", url: str = "PagePath", **more: Any) -> dict[str, Any]:
    return part("Url", value, UrlPart=url, Operator=operator, **more)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (url_part("/tickets?a=1"), "the query string is not part of it; use PageUrl"),
        (url_part("tickets", "Equals"), "a path begins with /"),
        (url_part("/tickets now"), "URLs are percent-encoded on the wire"),
        (url_part("/tickets#top", url="PageUrl"), "browsers do not send what follows #"),
        (url_part("http://shop.example.com/", "Equals", "PageUrl"), "the edge always sees https://"),
        (url_part("https://shop.example.com", "Equals", "PageUrl"), "the whole URL has a path, at least /"),
        (url_part("queueittoken=", url="PageUrl"), "triggers see the URL without its token"),
        (url_part("shop.example.com/tickets", url="HostName"), "a host name has no slash"),
        (url_part("Shop.example.com", url="HostName"), "browsers send host names in lower case"),
        (url_part("/", "StartsWith"), "its validator or operator is not known"),
        (url_part("/", "EqualsAny", ValuesToCompare=[]), "it has no values to compare"),
        (url_part("/tickets", url=""), "the part does not say what to compare"),
        (url_part("/", IsNegative=True), "every request has it"),
    ],
)
def test_a_part_that_can_never_match_says_why(part: dict[str, Any], reason: str) -> None:
    assert why_never(condition(part)).startswith(reason)


@pytest.mark.parametrize("part", [url_part("/tickets"), url_part("*"), url_part("/x", IsNegative=True)])
def test_a_part_that_can_match_has_no_reason_why_not(part: dict[str, Any]) -> None:
    assert why_never(condition(part)) == ""


def test_parts_that_exclude_each_other_leave_nothing_to_match() -> None:
    parts = [url_part("/a", "Equals"), url_part("/b", "Equals")]
    (these,) = conjunctions({"LogicalOperator": "And", "TriggerParts": parts})
    assert why_empty(these) == "two of its parts exclude each other"
    either = conjunctions({"LogicalOperator": "Or", "TriggerParts": parts})
    assert [why_empty(one) for one in either] == ["", ""]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (url_part("/tickets", IsIgnoreCase=True), 'PagePath contains "/tickets" (ignoring case)'),
        (url_part("a", "Equals", "HostName", IsNegative=True), 'HostName does not equal "a"'),
        (
            part("Cookie", "", CookieName="vip", Operator="EqualsAny", ValuesToCompare=["1", "2"]),
            'cookie vip equals any of "1", "2"',
        ),
        ({"ValidatorType": "GeoValidator", "Operator": "Equals"}, "unknown: GeoValidator Equals"),
    ],
)
def test_a_part_is_described_in_words(part: dict[str, Any], words: str) -> None:
    assert described(part) == words
