"""Diagnostics: who gets them, what they say, that they fit into a cookie and tell no secret."""

from typing import Any
from urllib.parse import unquote

import pytest

from edge.cloudfront_event import to_request
from queueit import __version__
from queueit.decision import decide
from queueit.diagnostics import MAX_COOKIE_LENGTH, DiagnosedDefect
from queueit.services import ServiceResponse
from queueit.snapshot import Snapshot
from tests.builders import GUID, NOW, compiled_snapshot, queue_token, session_text, viewer_request_event
from tests.unit.queueit.feature_visits import CREDENTIALS, FakeServices, answer, feature_visit

EXPIRES_IN_20_MINUTES = "Mon, 21 Sep 2026 14:33:20 GMT"


def entries(set_cookies: tuple[str, ...]) -> dict[str, str]:
    """The diagnostics in a response's cookies, in order."""
    (cookie,) = [one for one in set_cookies if one.startswith("queueitdebug=")]
    value = cookie.partition("=")[2].partition(";")[0]
    return dict(pair.split("=", 1) for pair in unquote(value).split("|"))


def debug_token(**changes: Any) -> str:
    """A debug token, of another room than the one that is queued for unless changed."""
    return queue_token(**{"room": "another", "queue_id": "", "redirect_type": "debug", **changes})


def test_a_debug_token_gets_all_entries_about_its_request() -> None:
    text = debug_token()
    headers = (
        ("Via", "1.1 proxy"),
        ("Forwarded", "for=192.0.2.1"),
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Forwarded-Host", "www.example.com"),
        ("X-Forwarded-Proto", "https"),
    )

    decision = feature_visit(querystring=f"a=1&queueittoken={text}", headers=headers).decide()

    assert decision.reason.name == "queue"
    found = entries(decision.set_cookies)
    config = (
        "EventId:tickets&AllowedWaitingRoomIds:&Version:7&ActionName:Tickets&QueueDomain:example.queue-it.net"
        "&QueuePathPrefix:&CookieDomain:&IsCookieHttpOnly:false&IsCookieSecure:false&ExtendCookieValidity:true"
        "&CookieValidityMinute:20&LayoutName:&Culture:&VerifyActionEnabled:null&QueueIdUsageLimit:"
    )
    assert list(found.items()) == [
        ("SdkVersion", f"cloudfront-python-{__version__}"),
        ("PureUrl", "https://shop.example.com/tickets?a=1"),
        ("QueueitToken", text),
        ("OriginalUrl", f"https://shop.example.com/tickets?a=1&queueittoken={text}"),
        ("ServerUtcTime", "2026-09-21T14:13:20Z"),
        ("RequestIP", "203.0.113.7"),
        ("RequestHttpHeader_Via", "1.1 proxy"),
        ("RequestHttpHeader_Forwarded", "for=192.0.2.1"),
        ("RequestHttpHeader_XForwardedFor", "192.0.2.1"),
        ("RequestHttpHeader_XForwardedHost", "www.example.com"),
        ("RequestHttpHeader_XForwardedProto", "https"),
        ("ConfigVersion", "7"),
        ("MatchedConfig", "Tickets"),
        ("TargetUrl", "https://shop.example.com/tickets?a=1"),
        ("QueueConfig", config),
        ("DirectActionDisabled", "true"),
    ]


def test_the_cookie_lasts_20_minutes_goes_over_https_alone_and_scripts_may_read_it() -> None:
    (cookie,) = feature_visit(querystring=f"queueittoken={debug_token()}").decide().set_cookies

    assert cookie.partition(";")[2] == f" Path=/; Expires={EXPIRES_IN_20_MINUTES}; Secure"


def test_a_cancel_integration_says_what_it_would_cancel() -> None:
    integration = {"ActionType": "Cancel", "InvolvedWaitingRoomIds": ["b"], "QueuePathPrefix": "/q"}

    decision = feature_visit(integration=integration, querystring=f"queueittoken={debug_token()}").decide()

    found = entries(decision.set_cookies)
    assert found["CancelConfig"] == (
        "WaitingRoomIds:tickets,b&Version:7&QueueDomain:example.queue-it.net&QueuePathPrefix:/q&CookieDomain:"
        "&IsCookieHttpOnly:false&IsCookieSecure:false&ActionName:Tickets"
    )
    assert found["TargetUrl"] == "https://shop.example.com/tickets"
    assert "QueueConfig" not in found


def test_a_request_that_no_integration_is_for_says_so() -> None:
    decision = feature_visit(uri="/", querystring=f"queueittoken={debug_token()}").decide()

    assert (decision.integration, decision.redirect_url) == (None, "")
    assert entries(decision.set_cookies)["MatchedConfig"] == "NULL"


def test_a_token_in_the_header_turns_diagnostics_on_too() -> None:
    text = debug_token()

    found = entries(feature_visit(headers=(("X-QueueItToken", text),)).decide().set_cookies)

    assert (found["QueueitToken"], found["OriginalUrl"]) == (text, "https://shop.example.com/tickets")


def test_a_debug_token_for_the_room_itself_begins_a_session_as_well() -> None:
    decision = feature_visit(querystring=f"queueittoken={debug_token(room='tickets')}").decide()

    assert decision.reason.name == "token"
    assert [cookie.partition("=")[0] for cookie in decision.set_cookies] == [
        "QueueITAccepted-SDFrts345E-V3_tickets",
        "queueitdebug",
    ]


@pytest.mark.parametrize(
    ("changes", "code"), [({"key": "another"}, "hash"), ({"expires_at": 1_789_999_999}, "timestamp")]
)
@pytest.mark.parametrize("uri", ["/tickets", "/"])
def test_a_bad_debug_token_is_sent_to_the_diagnostics_page_of_the_platform(
    changes: dict[str, Any], code: str, uri: str
) -> None:
    decision = feature_visit(uri=uri, querystring=f"queueittoken={debug_token(**changes)}").decide()

    assert decision.redirect_url == (
        f"https://example.api2.queue-it.net/example/diagnostics/connector/error/?code={code}"
    )
    assert (decision.set_cookies, decision.reason.name) == ((), f"diagnostics error: {code}")


@pytest.mark.parametrize("redirect_type", ["Debug", "DEBUG", "queue"])
def test_no_other_token_asks_for_diagnostics(redirect_type: str) -> None:
    text = debug_token(redirect_type=redirect_type, key="another")

    decision = feature_visit(querystring=f"queueittoken={text}").decide()

    assert "diagnostics" not in decision.redirect_url
    assert decision.set_cookies == ()


def test_diagnostics_can_be_switched_off() -> None:
    good = feature_visit(
        settings={"diagnostics": False}, querystring=f"queueittoken={debug_token()}"
    ).decide()
    bad_token = debug_token(key="another")
    bad = feature_visit(settings={"diagnostics": False}, querystring=f"queueittoken={bad_token}").decide()

    assert (good.reason.name, good.set_cookies) == ("queue", ())
    assert (bad.reason.name, bad.set_cookies) == ("queue", ())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, {"DirectPassResult": "Timeout"}),
        (
            answer({"HasPassed": False}),
            {
                "DirectActionHttpReponseCode": "200",
                "DirectActionHttpResponseBody": '{"HasPassed": false}',
                "DirectPassResult": "NotPassed",
            },
        ),
        (
            ServiceResponse(503, b"\xffbusy"),
            {
                "DirectActionHttpReponseCode": "503",
                "DirectActionHttpResponseBody": "\ufffdbusy",
                "DirectPassResult": "Timeout",
            },
        ),
    ],
)
def test_direct_pass_tells_its_timeout_and_what_came_of_it(
    said: ServiceResponse | None, expected: dict[str, str]
) -> None:
    settings = {"direct_pass": {"url": "https://pass.example.com", "timeout_ms": 900}}

    decision = feature_visit(settings=settings, querystring=f"queueittoken={debug_token()}").decide(
        FakeServices(said).services
    )

    found = entries(decision.set_cookies)
    told = {name: value for name, value in found.items() if name.startswith("Direct")}
    assert told == {"DirectPassTimeoutSetting": "900", "DirectPassTimeoutUsed": "900", **expected}


def test_the_signature_of_a_token_that_passes_is_not_told() -> None:
    issued = queue_token()
    fake = FakeServices(answer({"HasPassed": True, "QueueItToken": issued}))
    settings = {"direct_pass": {"url": "https://pass.example.com"}}

    decision = feature_visit(settings=settings, querystring=f"queueittoken={debug_token()}").decide(
        fake.services
    )

    found = entries(decision.set_cookies)
    assert found["DirectPassResult"] == "HasPassed"
    assert GUID in found["DirectActionHttpResponseBody"]
    assert issued.rpartition("~h_")[2] not in found["DirectActionHttpResponseBody"]


@pytest.mark.parametrize("character", ["a", "é", "\U0001f600", "\ud800", "|", "%", ";", "\n"])
def test_the_cookie_fits_whatever_the_request_holds(character: str) -> None:
    long = character * 100_000
    headers = tuple((name, long) for name in ("Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"))
    querystring = f"{long}&queueittoken={debug_token()}"

    (cookie,) = feature_visit(querystring=querystring, headers=headers, client_ip=long).decide().set_cookies

    value = cookie.partition("=")[2].partition(";")[0]
    assert 0 < len(value) <= MAX_COOKIE_LENGTH
    assert cookie.isascii()
    assert cookie.isprintable()
    assert unquote(value).startswith("SdkVersion=cloudfro")


def test_no_secret_is_told() -> None:
    settings = {
        "direct_pass": {"url": "https://pass.example.com/secret-path"},
        "verify": {"url": "https://verify.example.com"},
    }
    session = session_text(issued_at="1000000000")

    decision = feature_visit(
        settings=settings,
        integration={"VerifyQueueIdEnabled": True},
        cookie=session,
        querystring=f"queueittoken={debug_token()}",
        headers=(("Authorization", "Bearer not-a-real-bearer-token"),),
    ).decide(FakeServices(answer({"HasPassed": False})).services)

    told = str(entries(decision.set_cookies))
    for secret in (*CREDENTIALS.values(), session, "not-a-real-bearer-token", "secret-path"):
        assert secret not in told


def test_a_defect_is_told_by_its_kind_alone() -> None:
    def broken(*_: object) -> bool:
        raise ZeroDivisionError("with a text that may quote anything")

    whole: Snapshot = compiled_snapshot()
    integration = whole.integrations[0]._replace(matches=broken)
    broken_snapshot = whole._replace(integrations=(integration,))
    event = viewer_request_event(querystring=f"queueittoken={debug_token()}")

    with pytest.raises(DiagnosedDefect) as raised:
        decide(broken_snapshot, to_request(event["Records"][0]["cf"]["request"]), NOW)

    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    found = entries(raised.value.set_cookies)
    assert found["Exception"] == "ZeroDivisionError"
    assert found["PureUrl"] == "https://shop.example.com/tickets"
