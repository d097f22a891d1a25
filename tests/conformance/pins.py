"""A case for each intended difference, with what the reference does with it and what we do."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.conformance.case_generator import (
    COOKIE_PREFIX,
    DIRECT_PASS_URL,
    NO_ENQUEUE_TOKEN,
    OTHER_SECRET_KEY,
    SECRET_KEY,
    VERIFY_URL,
    Case,
    Group,
    Services,
    encode_component,
    sign_token,
)
from tests.conformance.comparison import EVERY_FORM, SETTINGS
from tests.conformance.outcome import Outcome
from tests.conformance.session_grammar import mac
from workbench.enqueue_token import EnqueueToken, read_enqueue_token

NOW = 1_790_000_000.0
GUID = "11111111-2222-3333-4444-555555555555"
ADDRESS = "203.0.113.7"


def group(
    case: Case, settings: dict[str, Any] | None = None, previous_key: str = "", **integration: Any
) -> Group:
    everything = {
        "ValidatorType": "UrlValidator",
        "UrlPart": "PageUrl",
        "Operator": "Contains",
        "ValueToCompare": "*",
    }
    config = {
        "Version": 7,
        "Integrations": [
            {
                "Name": "Tickets",
                "ActionType": "Queue",
                "EventId": "spring",
                "QueueDomain": "acme.queue-it.net",
                "CookieValidityMinute": 20,
                "Triggers": [{"LogicalOperator": "And", "TriggerParts": [everything]}],
                **integration,
            }
        ],
    }
    return Group(
        config,
        "acme",
        SECRET_KEY,
        [case],
        {"enqueue_token": NO_ENQUEUE_TOKEN} | (settings or {}),
        previous_key,
    )


def case(
    uri: str = "/",
    query: str = "",
    *,
    cookies: list[str] | None = None,
    headers: dict[str, str] | None = None,
    cut_body: str = "",
    **services: str,
) -> Case:
    lines = {"Host": "shop.example", **(headers or {})}
    if cookies:
        lines["Cookie"] = "; ".join(cookies)
    request: dict[str, Any] = {
        "clientIp": ADDRESS,
        "headers": {name.lower(): [{"key": name, "value": value}] for name, value in lines.items()},
        "method": "GET",
        "querystring": query,
        "uri": uri,
    }
    if cut_body:
        request["body"] = {
            "inputTruncated": True,
            "action": "read-only",
            "encoding": "text",
            "data": cut_body,
        }
    config = {"requestId": "a-request", "eventType": "viewer-request"}
    return Case({"Records": [{"cf": {"config": config, "request": request}}]}, NOW, Services(**services))


def session(
    *,
    room: str = "spring",
    signed_room: str | None = None,
    written_room: str | None = None,
    queue_id: str = GUID,
    redirect_type: str = "queue",
    issued_at: int = int(NOW) - 60,
    extra: str = "",
    key: str = SECRET_KEY,
) -> str:
    written = written_room or room
    queue = f"&QueueId={queue_id}" if queue_id else ""
    text = f"EventId={written}{queue}&RedirectType={redirect_type}&IssueTime={issued_at}"
    proof = mac(key, f"{signed_room or room}{queue_id}{redirect_type}{issued_at}")
    return f"{COOKIE_PREFIX}{room}={encode_component(f'{text}&Hash={proof}{extra}')}"


def odd_session(queue_id: str, *, proof_over_mac_text: bool = False) -> str:
    text = f"EventId=spring&QueueId={queue_id}&RedirectType=queue&IssueTime={int(NOW)}"
    proof = mac(SECRET_KEY, text if proof_over_mac_text else f"spring{queue_id}queue{int(NOW)}")
    return f"{COOKIE_PREFIX}spring={encode_component(f'{text}&Hash={proof}&Mac={mac(SECRET_KEY, text)}')}"


def token(*fields: tuple[str, str]) -> str:
    return sign_token([("e", "spring"), ("ts", str(int(NOW) + 60)), *fields], SECRET_KEY)


def with_token(text: str, **more: Any) -> Case:
    return case(query=f"queueittoken={encode_component(text)}", **more)


def diagnosed(outcome: Outcome, *parts: str) -> bool:
    (cookie,) = [cookie for cookie in outcome.cookies if cookie.startswith("queueitdebug=")]
    return all(encode_component(part) in cookie for part in parts)


def longest(outcome: Outcome) -> int:
    return max(map(len, outcome.cookies))


def queued(outcome: Outcome) -> bool:
    return outcome.headers.get("location", "").startswith("https://acme.queue-it.net/?c=acme&e=spring&")


def deleted(outcome: Outcome) -> bool:
    return f"{COOKIE_PREFIX}spring=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT" in outcome.cookies


def passed(outcome: Outcome) -> bool:
    return outcome.status == "pass" and bool(outcome.headers)


def untouched(outcome: Outcome) -> bool:
    return outcome.status == "pass" and not outcome.headers and not outcome.cookies


def cookie_set(outcome: Outcome, *parts: str) -> bool:
    (cookie,) = outcome.cookies
    return all(encode_component(part) in cookie for part in parts)


def enqueue_token(outcome: Outcome) -> EnqueueToken:
    (text,) = parse_qs(urlsplit(outcome.headers["location"]).query)["enqueuetoken"]
    return read_enqueue_token(text, SECRET_KEY)


class Pin(NamedTuple):
    """A case that shows one difference: what the reference does with it, and what we do."""

    group: Group
    reference: Callable[[Outcome], bool]
    ours: Callable[[Outcome], bool]
    settings: dict[str, Any] = SETTINGS
    besides: tuple[str, ...] = ()
    """Other differences that the case cannot do without."""


def failed(outcome: Outcome) -> bool:
    return outcome.status == "error"


NOTHING_MISSING: dict[str, Any] = dict.fromkeys(
    ("CookieDomain", "ExtendCookieValidity", "LayoutName", "Culture", "VerifyQueueIdEnabled")
)
PATH = {"ValidatorType": "UrlValidator", "UrlPart": "PagePath", "Operator": "Equals"}
CLIENT_ADDRESS = {
    "ValidatorType": "HttpHeaderValidator",
    "HttpHeaderName": "x-queueit-clientip",
    "Operator": "Equals",
}
LONG_TOKEN = "~".join(["x"] * 2100)
DEBUG_TOKEN = token(("q", GUID), ("rt", "debug"))
BODY = {"ValidatorType": "RequestBodyValidator", "Operator": "Contains", "ValueToCompare": "buy"}
VERIFY = {"verify": {"url": VERIFY_URL, "timeout_ms": 1000}}
DIRECT_PASS = {"direct_pass": {"url": DIRECT_PASS_URL, "timeout_ms": 3000, "on_failure": "queue"}}
PASS_TOKEN = token(("q", GUID), ("rt", "directlink"))
ENQUEUE_TOKEN = {
    "enqueue_token": {
        "enabled": True,
        "validity_seconds": 240,
        "key": False,
        "client_ip": True,
        "x_forwarded_for": True,
    }
}

PINS = {
    "hosts are folded": Pin(
        group(
            case(headers={"Host": "SHOP.example.:443"}),
            Triggers=[{"TriggerParts": [{**PATH, "UrlPart": "HostName", "ValueToCompare": "shop.example"}]}],
        ),
        untouched,
        queued,
    ),
    "a header part on the client's address": Pin(
        group(
            case(headers={"X-QueueIT-ClientIP": "192.0.2.1"}),
            ActionType="Ignore",
            Triggers=[{"TriggerParts": [{**CLIENT_ADDRESS, "ValueToCompare": "192.0.2.1"}]}],
        ),
        lambda reference: reference.matched == 0,
        untouched,
    ),
    "a missing list is empty": Pin(group(case(), Triggers=None), failed, untouched),
    "a missing CookieValidityMinute is 20": Pin(
        group(case(cookies=[session(issued_at=int(NOW) - 20 * 60 - 1)]), CookieValidityMinute=None),
        failed,
        lambda ours: queued(ours) and deleted(ours),
    ),
    "an involved room without an id is none": Pin(
        group(case(cookies=[session()]), ActionType="Cancel", InvolvedWaitingRoomIds=["", "vip"]),
        lambda reference: f"?wrl=spring~{GUID}__vip&r=" in reference.headers["location"],
        lambda ours: f"?wrl=spring~{GUID}_vip&r=" in ours.headers["location"],
    ),
    "a missing QueueDomain is the account's": Pin(group(case(), QueueDomain=""), failed, queued),
    "ForecedTargetUrl is ForcedTargetUrl": Pin(
        group(case("/page"), RedirectLogic="ForecedTargetUrl", ForcedTargetUrl="https://shop.example/start"),
        lambda reference: "&t=https%3A%2F%2Fshop.example%2Fpage" in reference.headers["location"],
        lambda ours: "&t=https%3A%2F%2Fshop.example%2Fstart" in ours.headers["location"],
    ),
    "slashes made single": Pin(
        group(case(), QueuePathPrefix="//room//"),
        lambda reference: "acme.queue-it.net//room//?c=" in reference.headers["location"],
        lambda ours: "acme.queue-it.net/room/?c=" in ours.headers["location"],
    ),
    "normalization never fails": Pin(
        group(
            case("/a/../b/\U0001f600"),
            IsNormalizationEnabled=True,
            Triggers=[{"TriggerParts": [{**PATH, "ValueToCompare": "/b/%F0%9F%98%80"}]}],
        ),
        untouched,
        queued,
    ),
    "a Location of visible ASCII": Pin(
        group(case("/caf\u00e9 \t", f"queueittoken={token(('q', GUID), ('rt', 'queue'))}")),
        lambda reference: reference.headers["location"] == "https://shop.example/caf\u00e9 \t",
        lambda ours: ours.headers["location"] == "https://shop.example/caf%C3%A9%20%09",
    ),
    "an overlong token is absent": Pin(
        group(with_token(LONG_TOKEN)),
        lambda reference: "/error/hash/" in reference.headers["location"],
        queued,
    ),
    "strange fields of a signed token": Pin(
        group(with_token(token(("q", GUID)))),
        failed,
        lambda ours: cookie_set(ours, f"EventId=spring&QueueId={GUID}&RedirectType=&IssueTime="),
        besides=("a Mac is added",),
    ),
    "a token is percent-encoded": Pin(
        group(with_token("e_spring~<b>&x=\r\n")),
        lambda reference: "&queueittoken=e_spring~<b>&x=\r\n&ts=" in reference.headers["location"],
        lambda ours: "&queueittoken=e_spring~%3Cb%3E%26x%3D%0D%0A&ts=" in ours.headers["location"],
    ),
    "a session cookie outside the grammar": Pin(
        group(case(cookies=[session(extra="&Unknown=1")])),
        passed,
        lambda ours: queued(ours) and deleted(ours),
    ),
    "a session from the future": Pin(
        group(case(cookies=[session(issued_at=int(NOW) + 61)])),
        passed,
        lambda ours: queued(ours) and deleted(ours),
    ),
    "an odd session cookie without its Mac": Pin(
        group(case(cookies=[session(queue_id="q1")])), passed, lambda ours: queued(ours) and deleted(ours)
    ),
    "a Hash over the text of the Mac": Pin(
        group(case(cookies=[odd_session(f"{GUID}20", proof_over_mac_text=True)])),
        lambda reference: queued(reference) and deleted(reference),
        passed,
    ),
    "a Hash over capitals": Pin(
        group(case(cookies=[session(written_room="SPRING", signed_room="SPRING")])),
        passed,
        lambda ours: queued(ours) and deleted(ours),
    ),
    "an EventId with capitals": Pin(
        group(case(cookies=[session(written_room="Spring", signed_room="spring")])),
        lambda reference: queued(reference) and deleted(reference),
        passed,
    ),
    "any copy of a session cookie": Pin(
        group(case(cookies=[session(issued_at=int(NOW) - 86400), session()])),
        lambda reference: queued(reference) and deleted(reference),
        passed,
    ),
    "a Mac is added": Pin(
        group(with_token(token(("q", "q1"), ("rt", "queue")))),
        lambda reference: not cookie_set(reference, "&Mac="),
        lambda ours: cookie_set(
            ours,
            f"&Mac={mac(SECRET_KEY, f'EventId=spring&QueueId=q1&RedirectType=queue&IssueTime={int(NOW)}')}",
        ),
    ),
    "queue ids are percent-encoded": Pin(
        group(case(cookies=[odd_session("a b/c")]), ActionType="Cancel"),
        lambda reference: "?wrl=spring~a b/c&r=" in reference.headers["location"],
        lambda ours: "?wrl=spring~a%20b%2Fc&r=" in ours.headers["location"],
    ),
    "a body that is cut": Pin(
        group(
            case(cut_body="padding"),
            {"truncated_body": "queue", "include_body": True},
            Triggers=[{"TriggerParts": [BODY]}],
        ),
        untouched,
        queued,
    ),
    "an AJAX page of the web": Pin(
        group(case(headers={"x-queueit-ajaxpageurl": "javascript%3Aalert(1)"})),
        lambda reference: "%26t%3Djavascript" in reference.headers["x-queueit-redirect"],
        lambda ours: "%26t%3D" not in ours.headers["x-queueit-redirect"],
    ),
    "diagnostics switched off": Pin(
        group(with_token(DEBUG_TOKEN), {"diagnostics": False}),
        lambda reference: diagnosed(reference, "SdkVersion="),
        lambda ours: cookie_set(ours, "RedirectType=debug"),
    ),
    "missing fields in diagnostics": Pin(
        group(with_token(DEBUG_TOKEN)),
        lambda reference: diagnosed(reference, "&Culture:undefined&"),
        lambda ours: diagnosed(ours, "&Culture:null&"),
        besides=("the diagnostics cookie is Secure",),
    ),
    "the diagnostics cookie is Secure": Pin(
        group(with_token(DEBUG_TOKEN), **NOTHING_MISSING),
        lambda reference: not any("; Secure" in cookie for cookie in reference.cookies),
        lambda ours: (
            [cookie.startswith("queueitdebug=") for cookie in ours.cookies if "; Secure" in cookie] == [True]
        ),
    ),
    "a diagnostics cookie that browsers take": Pin(
        group(
            with_token(DEBUG_TOKEN, headers={"Via": "1.1 proxy, " * 400, "Forwarded": "é" * 500}),
            **NOTHING_MISSING,
        ),
        lambda reference: longest(reference) > 4096,
        lambda ours: longest(ours) < 4096 and diagnosed(ours, "SdkVersion=", "RequestHttpHeader_Via=1.1"),
        besides=("the diagnostics cookie is Secure",),
    ),
    "one Set-Cookie for a cookie": Pin(
        group(
            case(
                cookies=[session(issued_at=int(NOW) - 86400)],
                direct_pass="passed",
                direct_pass_token=PASS_TOKEN,
            ),
            DIRECT_PASS,
        ),
        lambda reference: deleted(reference) and len(reference.cookies) == 2,
        lambda ours: cookie_set(ours, "RedirectType=directlink"),
        besides=("a question to a service repeats no free text",),
    ),
    "an overlong X-Forwarded-For is left out of an enqueue token": Pin(
        group(case(headers={"X-Forwarded-For": "192.0.2.1, " * 100}), ENQUEUE_TOKEN),
        lambda reference: enqueue_token(reference).forwarded_for == "192.0.2.1, " * 100,
        lambda ours: enqueue_token(ours).forwarded_for == "" and enqueue_token(ours).client_ip == ADDRESS,
    ),
    "a verify service that fails lets visitors in": Pin(
        group(case(cookies=[session()], verify="failed"), VERIFY, VerifyQueueIdEnabled=True),
        failed,
        passed,
        besides=("a question to a service repeats no free text",),
    ),
    "a direct pass that fails may queue": Pin(
        group(case(direct_pass="failed"), DIRECT_PASS),
        lambda reference: cookie_set(reference, "RedirectType=timeout", "FixedValidityMins=3"),
        queued,
        besides=("a question to a service repeats no free text",),
    ),
    "a question to a service repeats no free text": Pin(
        group(case("/" + "a" * 5000, headers={"User-Agent": "caf\u00e9 " * 300}), DIRECT_PASS),
        lambda reference: len(reference.asked[0]["fields"]["protectedUrl"]) > 5000,
        lambda ours: (
            len(ours.asked[0]["fields"]["protectedUrl"]) == 4096
            and ours.asked[0]["headers"]["User-Agent"].startswith("caf caf ")
            and ours.asked[0]["fields"]["protectedUrl"].startswith("https%3A%2F%2F")
        ),
    ),
    "a redirect that fits": Pin(
        group(case(query="q=" + "\U0001f600" * 2000)),
        lambda reference: len(reference.headers["location"]) > 20_000,
        lambda ours: queued(ours) and "&t=" not in ours.headers["location"],
    ),
    "the previous secret key still verifies": Pin(
        group(case(cookies=[session(key=OTHER_SECRET_KEY)]), previous_key=OTHER_SECRET_KEY),
        lambda reference: queued(reference) and deleted(reference),
        passed,
    ),
    EVERY_FORM: Pin(
        group(
            case("/x/../tickets"),
            IsNormalizationEnabled=False,
            Triggers=[{"TriggerParts": [{**PATH, "ValueToCompare": "/tickets"}]}],
        ),
        untouched,
        queued,
        {"url_matching": "every_form"},
    ),
}
