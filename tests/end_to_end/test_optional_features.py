"""Every optional feature at once, through the very zips: the services are the sample waiting room's."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.builders import part, triggers
from tests.end_to_end.test_changes import started
from tests.end_to_end.visitor import COOKIE_NAME, EVENT_ID, Visitor, session_cookie
from workbench.demo import Demo
from workbench.enqueue_token import read_enqueue_token
from workbench.local_edge import LocalEdge
from workbench.queue_token import mint_queue_token

TICKETS = "/tickets"
ORIGIN = "https://app.example.com"
CALL = {"x_queueit_ajaxpageurl": "https%3A%2F%2Fshop.example.com%2Ftickets", "Origin": ORIGIN}


class Site(NamedTuple):
    """An edge on which every feature is on, and what its demo logs."""

    demo: Demo
    edge: LocalEdge
    warnings_without_body: list[str]
    log: list[str]


@pytest.fixture(scope="module")
def site(demo: Demo, log: list[str]) -> Iterator[Site]:
    configuration = demo.sample_configuration()
    queue = configuration["Integrations"][-1]
    queue |= {"VerifyQueueIdEnabled": True, "QueueIdUsageLimit": 2}
    queue["Triggers"] += triggers(part("RequestBody", "step=pay", Operator="Contains"))
    demo.publish(configuration)
    without_body = demo.refresh()["warnings"]
    services = f"{demo.waiting_room_url}/services"
    settings = {
        "include_body": True,
        "allowed_origins": [ORIGIN],
        "enqueue_token": {"key": True, "x_forwarded_for": True},
        "verify": {"url": f"{services}/verify", "timeout_ms": 1000},
        "direct_pass": {"url": f"{services}/directpass", "timeout_ms": 800},
    }
    demo.change_settings(**settings)
    with started(demo.new_edge(include_body=True), demo) as edge:
        yield Site(demo, edge, without_body, log)
        assert [breach._asdict() for breach in edge.rule_breaches] == []
        assert [one._asdict() for one in edge.invocations if one.outcome != "success"] == []
    demo.change_settings(**dict.fromkeys(settings))
    demo.publish(demo.sample_configuration())
    demo.refresh()


@pytest.fixture(autouse=True)
def services(site: Site) -> Iterator[Any]:
    """The waiting room's services, answering properly and with nothing remembered."""
    services = site.demo.waiting_room.services
    services.reset()
    yield services
    services.reset()


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    with Visitor(site.edge.url) as made:
        yield made


@pytest.fixture
def token(site: Site) -> Callable[..., str]:
    """Makes tokens that the waiting room could have given just now."""

    def make(**changes: Any) -> str:
        fields: dict[str, Any] = {"expires_at": int(site.demo.waiting_room.now()) + 60, **changes}
        return mint_queue_token(site.demo.account.secret_key, fields.pop("event_id", EVENT_ID), **fields)

    return make


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_visitor_goes_to_the_queue_with_an_enqueue_token(site: Site, visitor: Visitor) -> None:
    answer = visitor.get(TICKETS, X_Forwarded_For="192.0.2.1")

    account = site.demo.account
    token = read_enqueue_token(query_of(answer.headers["Location"])["enqueuetoken"], account.secret_key)
    assert (token.customer_id, token.event_id) == (account.customer_id, EVENT_ID)
    assert (token.client_ip, token.forwarded_for) == ("127.0.0.1", "192.0.2.1")
    assert token.expires_at_ms - token.issued_at_ms == 240_000
    assert len(token.key) == len(token.token_id) == 36
    assert token.key != token.token_id


def test_a_queue_id_can_be_used_up_to_its_limit(site: Site, visitor: Visitor) -> None:
    visitor.carry(session_cookie(site.demo.account.secret_key))

    answers = [visitor.get(TICKETS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert "/error/qidlimit/?" in answers[2].headers["Location"]
    assert answers[2].headers["Set-Cookie"].startswith(f"{COOKIE_NAME}=; Path=/; Expires=Thu, 01 Jan 1970")
    assert visitor.session_cookie is None


@pytest.mark.parametrize("behaviour", ["fails", "talks garbage", "sleeps"])
def test_a_verify_service_in_trouble_sends_nobody_back(
    site: Site, visitor: Visitor, services: Any, behaviour: str
) -> None:
    services.behaviour, services.sleep_seconds = behaviour, 1.5
    visitor.carry(session_cookie(site.demo.account.secret_key))

    assert visitor.get(TICKETS).status_code == 200
    assert [asked.service for asked in services.asked] == ["verify"]


def test_a_guest_goes_in_without_waiting(visitor: Visitor, services: Any) -> None:
    services.guests = frozenset(["127.0.0.1"])

    answer = visitor.get(TICKETS)

    assert answer.status_code == 200
    assert "RedirectType=directpass" in unquote(visitor.session_cookie or "")
    (asked,) = services.asked
    assert unquote(asked.body["protectedUrl"]) == f"https://{urlsplit(visitor.url).netloc}{TICKETS}"


@pytest.mark.parametrize("behaviour", ["fails", "sleeps"])
def test_a_failure_of_direct_pass_lets_in_for_three_minutes(
    visitor: Visitor, services: Any, behaviour: str
) -> None:
    services.behaviour, services.sleep_seconds = behaviour, 1.5

    answer = visitor.get(TICKETS)

    assert answer.status_code == 200
    assert "FixedValidityMins=3&RedirectType=timeout" in unquote(visitor.session_cookie or "")


@pytest.mark.parametrize("behaviour", ["answers", "refuses", "talks garbage"])
def test_whom_direct_pass_does_not_let_in_is_queued(visitor: Visitor, services: Any, behaviour: str) -> None:
    services.behaviour = behaviour

    answer = visitor.get(TICKETS)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://127.0.0.1:")
    assert visitor.session_cookie is None


def test_diagnostics_reach_the_browser_with_the_page(site: Site, visitor: Visitor, token: Any) -> None:
    debug = token(event_id="another", redirect_type="debug")

    answer = visitor.get(f"/?queueittoken={debug}")

    assert answer.status_code == 200
    told = unquote(visitor.session.cookies["queueitdebug"])
    assert f"QueueitToken={debug}|" in told
    assert "MatchedConfig=NULL" in told
    account = site.demo.account
    assert not any(secret in told for secret in (account.secret_key, account.api_key, account.proxy_key))


def test_a_bad_debug_token_leads_to_the_platforms_diagnostics(visitor: Visitor) -> None:
    answer = visitor.get("/?queueittoken=rt_debug~h_0")

    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        "https://northlight.api2.queue-it.net/northlight/diagnostics/connector/error/?code=hash"
    )


def test_a_script_of_an_allowed_site_may_read_where_to_go(visitor: Visitor) -> None:
    answer = visitor.get(TICKETS, **CALL)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Vary"] == "Origin"
    target = query_of(unquote(answer.headers["x-queueit-redirect"]))["t"]
    assert target == "https://shop.example.com/tickets"


def test_a_post_is_queued_by_its_body_and_by_one_too_long_to_see(visitor: Visitor) -> None:
    paying = visitor.request("POST", "/", {"step": "pay"})
    looking = visitor.request("POST", "/", {"step": "look"})
    hiding = visitor.request("POST", "/", {"padding": "x" * 41_000, "step": "look"})

    assert (paying.status_code, hiding.status_code) == (302, 302)
    assert looking.status_code != 302


def test_a_body_trigger_without_the_body_was_warned_of(site: Site) -> None:
    (warning, verify_warning) = site.warnings_without_body

    assert "trigger 2, part 1: compares the request's body" in warning
    assert "VerifyQueueIdEnabled is true" in verify_warning
    assert site.demo.refresh()["warnings"] == []


def test_a_service_that_fails_is_in_the_log_without_its_key(
    site: Site, visitor: Visitor, services: Any
) -> None:
    services.behaviour = "fails"

    visitor.get(TICKETS)

    (line,) = [line for line in site.log if "service_failed" in line][-1:]
    logged = json.loads(line[line.index("{") :])
    assert (logged["level"], logged["service"], logged["problem"]) == (
        "error",
        "direct_pass",
        "it answered 500",
    )
    assert site.demo.account.proxy_key not in line
