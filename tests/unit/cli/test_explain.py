"""`queueit explain`: every integration, trigger and part asked, and what the edge would do."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    NOW,
    SECRET_KEY,
    integration_config,
    part,
    queue_integration,
    session_pair,
    session_text,
    triggers,
    url_part,
)
from tests.command_line import queueit
from workbench.cli import explanation
from workbench.cli.explanation import viewer_event
from workbench.local_edge.rule_table import Rule
from workbench.queue_token import mint_queue_token

QUEUE_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def configuration(write_json: Callable[..., str]) -> str:
    """A shop with an exemption, an older queue and a newer one."""
    on_the_host = url_part("shop.example.com", UrlPart="HostName", Operator="Equals")
    terms = triggers(url_part("/tickets/terms", Operator="Equals"), operator="Or")
    return write_json(
        integration_config(
            queue_integration(Name="Terms", ActionType="Ignore", Triggers=terms),
            queue_integration(url_part("/TICKETS", IsIgnoreCase=True), on_the_host),
            queue_integration(Name="Later"),
        )
    )


@pytest.fixture
def explain(configuration: str) -> Callable[..., dict[str, Any]]:
    """The JSON answer about an address under that configuration."""

    def ask(*arguments: str, **world: Any) -> dict[str, Any]:
        ran = queueit("explain", "--config", configuration, "--json", *arguments, **world)
        assert ran.status == 0, ran.err
        document: dict[str, Any] = ran.document
        return document

    return ask


def test_the_integration_that_counts_is_named_with_each_trigger_and_part(explain: Any) -> None:
    found = explain("https://shop.example.com/tickets?seat=12")
    assert (found["integration"], found["decision"]) == (2, "queue")
    assert [(one["name"], one["matches"]) for one in found["integrations"]] == [
        ("Terms", False),
        ("Tickets", True),
        ("Later", True),
    ]
    assert found["integrations"][1]["triggers"] == [
        {
            "operator": "And",
            "matches": True,
            "matches_normalized": True,
            "parts": [
                {
                    "text": 'PagePath contains "/TICKETS" (ignoring case)',
                    "matches": True,
                    "matches_normalized": True,
                    "value": "/tickets",
                    "normalized_value": "/tickets",
                },
                {
                    "text": 'HostName equals "shop.example.com"',
                    "matches": True,
                    "matches_normalized": True,
                    "value": "shop.example.com",
                    "normalized_value": "shop.example.com",
                },
            ],
        }
    ]


def test_what_the_connector_would_do_is_what_the_edge_function_does(explain: Any) -> None:
    outcome = explain("https://shop.example.com/tickets")["outcome"]
    assert (outcome["passes"], outcome["status"]) == (False, "302")
    assert outcome["headers"]["Location"].startswith("https://example.queue-it.net/?c=example&e=tickets&")
    assert (
        outcome["headers"]["Location"].split("&t=")[1].startswith("https%3A%2F%2Fshop.example.com%2Ftickets&")
    )
    assert outcome["headers"]["x-queueit-connector"] == "cloudfront"


def test_a_request_that_no_integration_matches_passes_and_every_part_says_why(explain: Any) -> None:
    found = explain("https://www.example.com/tickets/TERMS")
    assert (found["integration"], found["decision"], found["outcome"]["passes"]) == (3, "queue", False)
    found = explain("https://www.example.com/about")
    assert (found["integration"], found["decision"], found["outcome"]["passes"]) == (None, "no match", True)
    parts = [
        each for one in found["integrations"] for trigger in one["triggers"] for each in trigger["parts"]
    ]
    assert [(each["matches"], each["value"]) for each in parts] == [
        (False, "/about"),
        (False, "/about"),
        (False, "www.example.com"),
        (False, "/about"),
    ]


def test_the_url_is_looked_at_raw_and_normalized(explain: Any, configuration: str) -> None:
    url = "https://shop.example.com/x/../tickets/./terms"
    found = explain(url)
    assert (found["url"], found["normalized_url"]) == (url, "https://shop.example.com/tickets/terms")
    terms = found["integrations"][0]
    assert (terms["matches"], terms["matches_raw"], terms["matches_normalized"]) == (True, False, True)
    assert found["integration"] == 2, "an exemption of one form does not exempt the others"
    text = queueit("explain", "--config", configuration, url).out
    assert "raw no, normalized yes" in text
    assert 'it is "/x/../tickets/./terms", normalized "/tickets/terms"' in text


def test_text_for_people_tells_the_same(configuration: str) -> None:
    text = queueit("explain", "--config", configuration, "https://shop.example.com/tickets").out
    assert '1. "Terms" (Ignore): does not match\n   trigger 1: no\n' in text
    assert '2. "Tickets" (Queue): MATCHES, and is the first that does\n   trigger 1 (And): yes\n' in text
    assert '3. "Later" (Queue): matches too, but comes later\n' in text
    assert "The edge answers 302 itself (queue):\n  Location: https://example.queue-it.net/" in text
    assert text.endswith("No secret key was given, so every token and session cookie counts as forged.\n")


def test_with_the_key_a_token_counts_and_no_cookie_value_is_printed(explain: Any, configuration: str) -> None:
    token = mint_queue_token(SECRET_KEY, "tickets", queue_id=QUEUE_ID, expires_at=NOW + 60)
    url = f"https://shop.example.com/tickets?queueittoken={token}"
    environ = {"QUEUEIT_SECRET_KEY": SECRET_KEY}
    found = explain(url, environ=environ)
    assert found["decision"] == "token"
    assert found["outcome"]["headers"]["Location"] == "https://shop.example.com/tickets"
    assert found["outcome"]["cookies"] == ["QueueITAccepted-SDFrts345E-V3_tickets"]
    text = queueit("explain", "--config", configuration, url, environ=environ).out
    assert "sets the cookie QueueITAccepted-SDFrts345E-V3_tickets" in text
    assert not [word for word in ("Hash", SECRET_KEY, QUEUE_ID) if word in text]
    assert explain(url)["decision"] == "token error: hash"


def test_cookies_headers_bodies_and_methods_are_part_of_the_request(write_json: Callable[..., str]) -> None:
    parts = [
        part("Cookie", "1", CookieName="vip"),
        part("HttpHeader", "a: b", HttpHeaderName="X-Vip"),
        part("UserAgent", "Phone", Operator="Contains"),
        part("RequestBody", "seat=12", Operator="Contains"),
    ]
    path = write_json(integration_config(queue_integration(*parts)))
    request = [
        "--cookie",
        "a=b",
        "--cookie",
        "vip=1",
        "--header",
        "X-Vip: a: b",
        "--header",
        "User-Agent: a Phone",
    ]
    with_body = write_json({"include_body": True}, "with_body.json")
    arguments = ["explain", "shop.example.com", "--config", path, "--json", *request]
    assert (
        queueit(*arguments, "--settings", with_body, "--body", "row=1&seat=12").document["decision"]
        == "queue"
    )
    assert queueit(*arguments, "--settings", with_body, "--body", "row=1").document["decision"] == "no match"
    ignoring = write_json({"ignored_methods": ["TRACE"]}, "settings.json")
    traced = queueit(*arguments, "--settings", ignoring, "--body", "seat=12", "--method", "trace")
    assert traced.document["decision"] == "ignored method"


@pytest.fixture
def by_body(write_json: Callable[..., str]) -> str:
    """A queue for orders, by their body."""
    order = part("RequestBody", "seat=12", Operator="Contains")
    return write_json(integration_config(queue_integration(order)), "body.json")


@pytest.mark.parametrize(
    ("settings", "body", "decision", "says"),
    [
        ({}, "seat=12", "no match", "The body does not reach the connector (setting include_body)"),
        ({"include_body": True}, "seat=12", "queue", None),
        (
            {"include_body": True},
            "x" * 50_000 + "seat=12",
            "queue",
            "CloudFront cuts the body to 40960 bytes",
        ),
        (
            {"include_body": True, "truncated_body": "visible_part"},
            "x" * 50_000 + "seat=12",
            "no match",
            "is compared with what is left (setting truncated_body)",
        ),
    ],
)
def test_a_body_counts_as_far_as_the_edge_gets_it(
    write_json: Callable[..., str],
    by_body: str,
    settings: dict[str, Any],
    body: str,
    decision: str,
    says: str | None,
) -> None:
    given = write_json(settings, "settings.json")
    arguments = [
        "explain",
        "https://a.b/",
        "--config",
        by_body,
        "--settings",
        given,
        "--body",
        body,
        "--json",
    ]
    found = queueit(*arguments).document
    assert found["decision"] == decision
    matches = found["integrations"][0]["triggers"][0]["parts"][0]["matches"]
    assert matches is (decision == "queue"), "the part says what the decision is by"
    assert any(says in note for note in found["notes"]) if says else found["notes"] == []


def test_the_cut_of_a_body_is_where_cloudfront_has_it() -> None:
    assert Rule.INCLUDED_BODY_CUT.limit == explanation.BODY_LIMIT_BYTES


def test_a_form_of_the_url_that_is_neither_raw_nor_normalized_is_named(
    explain: Any, configuration: str
) -> None:
    url = "https://shop.example.com/%2574ickets"
    later = explain(url)["integrations"][2]
    assert (later["matches"], later["matches_raw"], later["matches_normalized"]) == (True, False, False)
    assert later["matching_form"] == "https://shop.example.com/tickets"
    text = queueit("explain", "--config", configuration, url).out
    assert "by another form of the URL: https://shop.example.com/tickets" in text


@pytest.mark.parametrize(
    "arguments", [(), ("--own-domain", "d1.cloudfront.net"), ("--header", "Host: d1.cloudfront.net")]
)
def test_the_own_domain_of_a_distribution_queues_as_the_sites_behind_it(
    explain: Any, arguments: tuple[str, ...]
) -> None:
    found = explain("https://d1.cloudfront.net/tickets", *arguments)
    assert found["decision"] == "queue"
    assert "The host is the distribution's own domain" in found["notes"][0]


@pytest.mark.parametrize(
    ("arguments", "settings", "note"),
    [
        (("--method", "TRACE"), {"ignored_methods": ["TRACE"]}, "CloudFront refuses the method TRACE itself"),
        (("--method", "HEAD"), {"ignored_methods": ["HEAD"]}, "Triggers are not asked for HEAD"),
        (
            (
                "--method",
                "OPTIONS",
                "--header",
                "Origin: a",
                "--header",
                "Access-Control-Request-Method: GET",
            ),
            {},
            "Triggers are not asked for a CORS preflight",
        ),
        ((), {"enabled": False}, "The connector is switched off"),
        ((), {"direct_pass": {"url": "https://a.b/"}}, "The direct-pass service is not asked here"),
    ],
)
def test_what_settings_make_of_a_request_is_said(
    explain: Any,
    write_json: Callable[..., str],
    arguments: tuple[str, ...],
    settings: dict[str, Any],
    note: str,
) -> None:
    given = write_json(settings, "settings.json")
    found = explain("https://shop.example.com/tickets", "--settings", given, *arguments)
    assert note in found["notes"][0]


def test_a_header_that_the_edge_strips_is_not_there_for_triggers_either(
    write_json: Callable[..., str],
) -> None:
    stripped = part("HttpHeader", "cloudfront", HttpHeaderName="x-queueit-connector")
    path = write_json(integration_config(queue_integration(stripped)))
    arguments = ["explain", "https://a.b/", "--config", path, "--header", "x-queueit-connector: cloudfront"]
    found = queueit(*arguments, "--json").document
    assert (found["decision"], found["integrations"][0]["matches"]) == ("no match", False)


def test_the_token_that_goes_along_to_the_queue_is_mentioned_and_not_shown(
    explain: Any, configuration: str, write_json: Callable[..., str]
) -> None:
    page = "https://shop.example.com/tickets"
    found = explain(page)
    assert found["has_enqueue_token"] is True
    assert "enqueuetoken" not in found["outcome"]["headers"]["Location"]
    told = queueit("explain", "--config", configuration, page).out
    assert "an enqueue token, another one for each visitor, goes with the address" in told
    off = write_json({"enqueue_token": {"enabled": False}}, "settings.json")
    assert explain(page, "--settings", off)["has_enqueue_token"] is False
    assert explain(f"{page}?queueittoken=x")["has_enqueue_token"] is False


def test_an_ajax_call_gets_its_own_answer(explain: Any) -> None:
    header = "x-queueit-ajaxpageurl: https%3A%2F%2Fshop.example.com%2Fpage"
    outcome = explain("https://shop.example.com/tickets", "--header", header)["outcome"]
    assert outcome["status"] == "200"
    assert outcome["headers"]["x-queueit-redirect"].startswith("https%3A%2F%2Fexample.queue-it.net%2F%3F")


def test_a_configuration_that_does_not_compile_is_refused_with_the_place(
    write_json: Callable[..., str],
) -> None:
    path = write_json(integration_config(queue_integration(EventId="")))
    ran = queueit("explain", "https://a.b/", "--config", path, "--json")
    assert ran.status == 1
    assert 'integration 1 "Tickets": EventId is missing' in ran.document["error"]


def test_the_event_has_the_address_as_it_is_on_the_wire() -> None:
    event = viewer_event("HTTPS://Shop.example.com/a b/ü?x=%20 y#top", headers=(("X-A", "1"), ("x-a", "2")))
    request = event["Records"][0]["cf"]["request"]
    assert (request["uri"], request["querystring"]) == ("/a%20b/%C3%BC", "x=%20%20y")
    assert request["headers"] == {
        "host": [{"key": "Host", "value": "Shop.example.com"}],
        "x-a": [{"key": "X-A", "value": "1"}, {"key": "x-a", "value": "2"}],
    }


def test_the_key_may_also_come_from_a_file_or_standard_input(explain: Any, tmp_path: Any) -> None:
    cookie = session_pair(text=session_text(issued_at=NOW))
    arguments = ["https://shop.example.com/tickets", "--cookie", cookie]
    path = tmp_path / "key"
    path.write_text(f"{SECRET_KEY}\n")
    assert explain(*arguments)["decision"] == "queue"
    assert explain(*arguments, "--secret-file", str(path))["decision"] == "session"
    secret = f'{{"secret_key": "{SECRET_KEY}", "api_key": "x"}}'
    assert explain(*arguments, "--secret-file", "-", stdin=secret)["decision"] == "session"
