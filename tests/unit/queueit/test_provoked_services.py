"""No visitor can provoke the failure of a service that would let them in (protocol section 12)."""

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest

from tests.builders import session_text
from tests.unit.queueit.feature_visits import FakeServices, answer, feature_visit
from tests.unit.queueit.test_direct_pass import SETTINGS as DIRECT_PASS
from tests.unit.queueit.test_verify_action import SETTINGS as VERIFY

PROVOKING = [
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "${jndi:ldap://x.example/a}",
    "() { :; }; /bin/id",
    "../../../../etc/passwd",
    "a\r\nX-Injected: 1",
    "\0\x01\x7f\x80\xff",
    "\ud800 lone",
    "🎟 ﷽",
    '"\\u0000"',
    "%00%0d%0a%ff",
    "x" * 20_000,
    "é" * 20_000,
]
"""What firewalls and parsers fail at."""

PLAIN = re.compile(r"[A-Za-z0-9 ._\-/();:,+]*")
URL = re.compile(r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
LONGEST = 4096

services = pytest.mark.parametrize(
    ("settings", "integration"),
    [(VERIFY, {"VerifyQueueIdEnabled": True}), (DIRECT_PASS, {})],
    ids=["verify", "direct pass"],
)


def asked(settings: Any, integration: Any, **request: Any) -> dict[str, str]:
    """All texts of the request to the service, headers and fields, by their names in lower case."""
    fake = FakeServices(answer({}))
    held = session_text() if "VerifyQueueIdEnabled" in integration else ""
    feature_visit(settings=settings, integration=integration, cookie=held, **request).decide(fake.services)
    (sent,) = fake.requests
    assert sent.url.isascii()
    assert sent.url.isprintable()
    texts = sent.headers | json.loads(sent.body.decode("ascii")) | {"(url)": sent.url}
    return {name.lower(): value for name, value in texts.items()}


@services
@pytest.mark.parametrize("text", PROVOKING, ids=ascii)
def test_a_user_agent_reaches_a_service_in_a_reduced_alphabet(
    settings: Any, integration: Any, text: str
) -> None:
    sent = asked(settings, integration, headers=(("User-Agent", text),))
    agent = sent["useragent" if "useragent" in sent else "user-agent"]
    assert PLAIN.fullmatch(agent)
    assert len(agent) <= 1024


@services
def test_an_ordinary_user_agent_reaches_a_service_as_it_is(settings: Any, integration: Any) -> None:
    ordinary = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    sent = asked(settings, integration, headers=(("User-Agent", ordinary),))
    assert ordinary in (sent.get("useragent"), sent.get("user-agent"))


@services
@pytest.mark.parametrize("text", PROVOKING, ids=ascii)
def test_a_url_reaches_a_service_percent_encoded(settings: Any, integration: Any, text: str) -> None:
    sent = asked(settings, integration, uri=f"/tickets/{text}", querystring=f"a={text}")
    url = sent["url" if "url" in sent else "protectedurl"]
    assert URL.fullmatch(url)
    assert len(url) <= LONGEST
    assert unquote(url).startswith("https://shop.example.com/tickets/")


@pytest.mark.parametrize("text", PROVOKING, ids=ascii)
def test_a_referer_reaches_direct_pass_as_a_url_or_not_at_all(text: str) -> None:
    for referer in (text, f"https://www.example.com/{text}"):
        sent = asked(DIRECT_PASS, {}, headers=(("Referer", referer),))
        assert URL.fullmatch(sent.get("referer", ""))


@services
@pytest.mark.parametrize("text", PROVOKING, ids=ascii)
def test_nothing_else_that_a_visitor_sends_reaches_a_service(
    settings: Any, integration: Any, text: str
) -> None:
    noise = [
        (name, text) for name in ("Accept", "X-Forwarded-For", "api-key", "proxy-key", "client-ip", "Via")
    ]
    plain = asked(settings, integration)
    assert asked(settings, integration, headers=tuple(noise), method="POST") == plain


@pytest.mark.parametrize("status", [400, 413, 414, 422, 431])
def test_a_refusal_by_status_lets_nobody_in(status: int) -> None:
    refusal = FakeServices(answer({"HasPassed": True, "actionAllowed": True}, status))
    assert feature_visit(settings=DIRECT_PASS).decide(refusal.services).redirect_url
    verified = feature_visit(
        settings=VERIFY, integration={"VerifyQueueIdEnabled": True}, cookie=session_text()
    )
    assert verified.decide(refusal.services).redirect_url
