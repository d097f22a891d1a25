"""A query is protected in whatever spelling an origin reads it (protocol section 9)."""

from typing import Any

import pytest

from edge.event_handling import handle
from tests.builders import (
    NOW,
    compiled_snapshot,
    queue_integration,
    queue_token,
    url_part,
    viewer_request_event,
)
from tests.unit.gate.visits import OWN_DOMAIN, outcome


def queue(value: str, **changes: Any) -> dict[str, Any]:
    part = {"UrlPart": "PageUrl", "Operator": "Contains"} | changes
    return queue_integration(url_part(value, **part))


SPELLED = [
    ("route=checkout/cart", "/index.php?route=checkout%2Fcart"),
    ("route=checkout/cart", "/index.php?route=checkout%2fcart&a=1"),
    ("route=checkout/cart", "/index.php?a=1&r%6Fute=checkout%2Fcart"),
    ("route=checkout/cart", "//index.php?route=checkout%2Fcart"),
    ("/index.php?route=checkout/cart", "/index.php?route=checkout%2Fcart"),
    ("/index.php?route=checkout/cart", "/index%2Ephp?route=checkout%2Fcart"),
    ("items[]=1", "/?items%5B%5D=1"),
    ("name=a b", "/?name=a+b"),
    ("name=a b", "/?name=a%20b"),
    ("name=a%20b", "/?name=a+b"),
    ("name=a+b", "/?name=a%20b"),
    ("sum=1%2B1", "/?sum=1%2b1"),
    ("event=4:2", "/?event=4%3A2"),
    ("page=https://shop.example.com/a", "/?page=https%3A%2F%2Fshop.example.com%2Fa"),
    ("page=https://shop.example.com/a", "/?page=https://shop.example.com/a"),
    ("s://partner.example.com/a", "/?page=https%3A%2F%2Fpartner.example.com%2Fa"),
    ("com//a;b/../c", "/?page=.com%2F/a;b%2F..%2Fc"),
    ("/a/.?b=1", "/a%2F?b=1"),
    ("name=caf%C3%A9", "/?name=caf%c3%a9"),
    ("name=café", "/?name=caf%C3%A9"),
]


@pytest.mark.parametrize("host", ["shop.example.com", OWN_DOMAIN])
@pytest.mark.parametrize(("value", "target"), SPELLED)
def test_a_query_is_the_same_in_every_spelling(value: str, target: str, host: str) -> None:
    assert outcome(compiled_snapshot(queue(value)), target, host=host) == "tickets"


@pytest.mark.parametrize("target", ["/index.php?route=checkout%252Fcart", "/index.php?route=checkout%2"])
def test_a_query_is_decoded_as_often_as_origins_do(target: str) -> None:
    assert outcome(compiled_snapshot(queue("route=checkout/cart")), target) == "page"


def test_an_exemption_for_a_query_holds_in_each_spelling_alone() -> None:
    exempt = queue("mode=a b") | {"ActionType": "Ignore"}
    snapshot = compiled_snapshot(exempt, queue("/tickets", UrlPart="PagePath"))
    assert outcome(snapshot, "/tickets?mode=a%2520b") == "tickets"


@pytest.mark.parametrize("query", ["queueittoken=1;event=42", "a=1&QueueItToken=;event=42&b=2"])
def test_what_an_origin_reads_behind_a_semicolon_is_not_cut_off_with_the_token(query: str) -> None:
    result = handle(viewer_request_event("/", query), compiled_snapshot(queue("event=42")), NOW)
    assert result["headers"]["location"][0]["value"].startswith("https://example.queue-it.net/error/hash/?")


def test_a_genuine_token_still_opens_a_page_whose_query_is_encoded() -> None:
    target = f"/index.php?route=checkout%2Fcart&queueittoken={queue_token()}"
    assert outcome(compiled_snapshot(queue("route=checkout/cart")), target, method="POST") == "page"
