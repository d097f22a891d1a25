"""A host is the same in any spelling, and the distribution's own domain is no way round a host (protocol section 9)."""

from typing import Any

import pytest

from queueit.snapshot import Snapshot
from tests.builders import compiled_snapshot, cookie_header, queue_integration, session_pair, url_part
from tests.unit.gate.visits import OWN_DOMAIN, outcome

SPELLED = [
    "shop.example.com",
    "SHOP.example.COM",
    "shop.example.com.",
    "shop.example.com:443",
    "Shop.Example.Com.:443",
]
WITH_A_PORT = ["shop.example.com:80", "Shop.example.com:8443", "shop.example.com.:", "shop.example.com:0443"]


def host_part(host: str = "shop.example.com", **changes: Any) -> dict[str, Any]:
    return url_part(host, **{"UrlPart": "HostName", "Operator": "Equals"} | changes)


def ignore(*parts: dict[str, Any]) -> dict[str, Any]:
    return queue_integration(*parts, ActionType="Ignore", EventId="open")


ON_A_HOST = {
    "Equals": host_part(),
    "Equals in any case": host_part("SHOP.Example.com", IsIgnoreCase=True),
    "Contains": host_part(Operator="Contains"),
    "EqualsAny": host_part("", Operator="EqualsAny", ValuesToCompare=["www.example.com", "shop.example.com"]),
    "ContainsAny": host_part("", Operator="ContainsAny", ValuesToCompare=["other.example", "shop."]),
    "a host with a dot at its end": host_part("shop.example.com."),
    "a host with capitals": host_part("Shop.Example.com"),
    "a host with the port": host_part("shop.example.com:443"),
    "the URL": url_part("https://shop.example.com/tickets", UrlPart="PageUrl"),
    "the whole URL": url_part("https://shop.example.com/tickets", UrlPart="PageUrl", Operator="Equals"),
    "the URL without its scheme": url_part("shop.example.com/tickets", UrlPart="PageUrl"),
    "the URL from its slashes on": url_part("//shop.example.com/tickets", UrlPart="PageUrl"),
    "the URL from its second slash on": url_part("/shop.example.com/tickets", UrlPart="PageUrl"),
    "the URL from within its scheme on": url_part("s://shop.example.com/", UrlPart="PageUrl"),
    "the scheme's end and the host": url_part("://shop.example.com", UrlPart="PageUrl"),
    "the URL with capitals in its host": url_part("https://Shop.Example.com/tickets", UrlPart="PageUrl"),
}

MATCHING = [{}, {"url_matching": "as_configured"}]


@pytest.mark.parametrize("settings", MATCHING, ids=str)
@pytest.mark.parametrize("host", SPELLED)
@pytest.mark.parametrize("name", ON_A_HOST)
def test_a_host_is_the_same_in_capitals_with_a_dot_at_its_end_and_with_its_port(
    name: str, host: str, settings: dict[str, Any]
) -> None:
    snapshot = compiled_snapshot(queue_integration(ON_A_HOST[name], url_part("/tickets")), settings=settings)
    assert outcome(snapshot, host=host) == "tickets"


@pytest.mark.parametrize("settings", MATCHING, ids=str)
@pytest.mark.parametrize("host", SPELLED)
def test_an_exemption_for_other_hosts_does_not_hold_for_a_spelling_of_this_one(
    host: str, settings: dict[str, Any]
) -> None:
    snapshot = compiled_snapshot(
        ignore(host_part(IsNegative=True)), queue_integration(url_part("/tickets")), settings=settings
    )
    assert outcome(snapshot, host=host) == "tickets"


@pytest.mark.parametrize("target", ["/tickets", "//tickets"])
@pytest.mark.parametrize("host", WITH_A_PORT)
@pytest.mark.parametrize("name", ON_A_HOST)
def test_an_added_port_leads_past_no_queue_for_a_host(name: str, host: str, target: str) -> None:
    snapshot = compiled_snapshot(queue_integration(ON_A_HOST[name], url_part("/tickets")))
    assert outcome(snapshot, target, host=host) == "tickets"


def test_a_trigger_on_a_host_with_a_port_is_for_that_port() -> None:
    snapshot = compiled_snapshot(queue_integration(host_part("localhost:8080")))
    assert outcome(snapshot, host="localhost:8080") == "tickets"
    assert outcome(snapshot, host="localhost:8081") == "page"


def test_a_visitor_cannot_claim_an_exemption_for_a_host_with_a_port() -> None:
    snapshot = compiled_snapshot(
        ignore(host_part("shop.example.com:8443")), queue_integration(url_part("/tickets"))
    )
    assert outcome(snapshot, host="shop.example.com:8443") == "tickets"


@pytest.mark.parametrize(
    "host", ["shop.example.community", "example.com", "shop.example.com:a", ":443", "", "x"]
)
def test_another_host_is_not_queued(host: str) -> None:
    assert (
        outcome(compiled_snapshot(queue_integration(host_part(), url_part("/tickets"))), host=host) == "page"
    )


@pytest.mark.parametrize("settings", MATCHING, ids=str)
@pytest.mark.parametrize(
    "host", [OWN_DOMAIN, OWN_DOMAIN.upper(), f"{OWN_DOMAIN}.", f"{OWN_DOMAIN}:443", f"{OWN_DOMAIN}:8080"]
)
@pytest.mark.parametrize("name", ON_A_HOST)
def test_the_distributions_own_domain_is_queued_for_the_site_behind_it(
    name: str, host: str, settings: dict[str, Any]
) -> None:
    snapshot = compiled_snapshot(queue_integration(ON_A_HOST[name], url_part("/tickets")), settings=settings)
    assert outcome(snapshot, host=host) == "tickets"


@pytest.mark.parametrize("target", ["/tickets", "/ticket%73", "/ticket%2573", "/x/..%5Ctickets"])
@pytest.mark.parametrize("name", ON_A_HOST)
def test_a_queue_for_all_other_hosts_holds_on_the_own_domain_however_the_page_is_spelled(
    name: str, target: str
) -> None:
    other_hosts = {**ON_A_HOST[name], "IsNegative": True}
    snapshot = compiled_snapshot(queue_integration(other_hosts, url_part("/tickets")))
    assert outcome(snapshot, target, host=OWN_DOMAIN) == "tickets"


@pytest.mark.parametrize("host", ["shop.example.com", OWN_DOMAIN])
@pytest.mark.parametrize("value", ["https://shop.example.com#a/b", "shop.example.com#a"])
def test_a_text_of_which_a_cut_leaves_the_host_counts_as_met_on_the_own_domain(value: str, host: str) -> None:
    assert (
        outcome(compiled_snapshot(queue_integration(url_part(value, UrlPart="PageUrl"))), "/%23", host=host)
        == "tickets"
    )


def sites(**settings: Any) -> Snapshot:
    return compiled_snapshot(
        ignore(host_part("www.example.com")),
        queue_integration(host_part("blue.example.com"), url_part("/tickets"), EventId="blue"),
        queue_integration(host_part("red.example.com"), url_part("/tickets"), EventId="red"),
        settings=settings,
    )


def test_on_the_own_domain_a_visitor_needs_the_room_of_each_site() -> None:
    blue, red = session_pair("blue"), session_pair("red")
    assert outcome(sites(), host=OWN_DOMAIN) == "blue"
    assert outcome(sites(), host=OWN_DOMAIN, headers=cookie_header(blue)) == "red"
    assert outcome(sites(), host=OWN_DOMAIN, headers=cookie_header(red)) == "blue"
    assert outcome(sites(), host=OWN_DOMAIN, headers=cookie_header(blue, red)) == "page"


def test_on_the_own_domain_an_ignore_for_a_host_opens_nothing() -> None:
    assert outcome(sites(), host="www.example.com") == "page"
    assert outcome(sites(), host=OWN_DOMAIN) == "blue"
    assert outcome(sites(), "/other", host=OWN_DOMAIN) == "page"


def test_on_the_own_domain_an_ignore_for_a_path_stays_one() -> None:
    snapshot = compiled_snapshot(
        ignore(url_part("/static/")), queue_integration(host_part(), url_part("/")), settings={}
    )
    assert outcome(snapshot, "/static/app.css", host=OWN_DOMAIN) == "page"
    assert outcome(snapshot, "/tickets", host=OWN_DOMAIN) == "tickets"


def test_on_the_own_domain_a_queue_for_all_hosts_but_one_queues() -> None:
    snapshot = compiled_snapshot(
        queue_integration(host_part("www.example.com", IsNegative=True), url_part("/tickets"))
    )
    assert outcome(snapshot, host="www.example.com") == "page"
    assert outcome(snapshot, host=OWN_DOMAIN) == "tickets"


def test_a_trigger_that_names_the_own_domain_is_compared_as_sent() -> None:
    snapshot = compiled_snapshot(
        queue_integration(host_part(OWN_DOMAIN), url_part("/tickets"), EventId="own"),
        queue_integration(host_part(), url_part("/tickets")),
    )
    assert outcome(snapshot, host=OWN_DOMAIN) == "own"
    assert outcome(snapshot, host="shop.example.com") == "tickets"


def test_as_sent_compares_the_own_domain_with_the_hosts_named() -> None:
    assert outcome(sites(own_domain="as_sent"), host=OWN_DOMAIN) == "page"


@pytest.mark.parametrize("target", ["/tickets", "/x/..%2Ftickets", "//tickets"])
def test_a_domain_of_another_distribution_is_an_ordinary_host(target: str) -> None:
    assert outcome(sites(), target, host="d222222abcdef8.cloudfront.net") == "page"
    assert outcome(sites(), target, host=OWN_DOMAIN) == "blue"


@pytest.mark.parametrize("host", ["shop.example.com", OWN_DOMAIN])
@pytest.mark.parametrize("path", ["/x//y/a", "/x;/y/a", "/%78//y/a", "/x/%2Fy/a"])
@pytest.mark.parametrize(
    "integrations",
    [
        [queue_integration(url_part("/x//y/", UrlPart="PageUrl"))],
        [ignore(url_part("/x//y/", UrlPart="PageUrl", IsNegative=True)), queue_integration(url_part("/"))],
    ],
    ids=["a Queue", "an Ignore of all else"],
)
def test_a_value_that_differs_from_form_to_form_is_compared_alike_on_every_host(
    integrations: list[dict[str, Any]], path: str, host: str
) -> None:
    assert outcome(compiled_snapshot(*integrations), path, host=host) == "tickets"
