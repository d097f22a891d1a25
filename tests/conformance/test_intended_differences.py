"""Each intended difference by itself: what the reference does, what we do, and that nothing else explains it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.conformance.case_generator import (
    COOKIE_PREFIX,
    SECRET_KEY,
    Case,
    Group,
    encode_component,
    mac,
    sign_token,
)
from tests.conformance.comparison import RAW_OR_NORMALIZED, SETTINGS, Comparison
from tests.conformance.intended_differences import INTENDED_DIFFERENCES, Question
from tests.conformance.oracle import Oracle
from tests.conformance.outcome import Outcome, expected_outcome, page_url

NOW = 1_790_000_000.0
GUID = "11111111-2222-3333-4444-555555555555"
ADDRESS = "203.0.113.7"


def group(case: Case, **integration: Any) -> Group:
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
    return Group(config, "acme", SECRET_KEY, [case])


def case(uri: str = "/", query: str = "", *, cookies: list[str] | None = None) -> Case:
    headers = {"host": [{"key": "Host", "value": "shop.example"}]}
    if cookies:
        headers["cookie"] = [{"key": "Cookie", "value": "; ".join(cookies)}]
    request = {"clientIp": ADDRESS, "headers": headers, "method": "GET", "querystring": query, "uri": uri}
    config = {"requestId": "a-request", "eventType": "viewer-request"}
    return Case({"Records": [{"cf": {"config": config, "request": request}}]}, NOW)


def session(
    *,
    room: str = "spring",
    signed_room: str | None = None,
    written_room: str | None = None,
    queue_id: str = GUID,
    redirect_type: str = "queue",
    issued_at: int = int(NOW) - 60,
    extra: str = "",
) -> str:
    written = written_room or room
    queue = f"&QueueId={queue_id}" if queue_id else ""
    text = f"EventId={written}{queue}&RedirectType={redirect_type}&IssueTime={issued_at}"
    proof = mac(SECRET_KEY, f"{signed_room or room}{queue_id}{redirect_type}{issued_at}")
    return f"{COOKIE_PREFIX}{room}={encode_component(f'{text}&Hash={proof}{extra}')}"


def odd_session(queue_id: str) -> str:
    text = f"EventId=spring&QueueId={queue_id}&RedirectType=queue&IssueTime={int(NOW)}"
    proof = mac(SECRET_KEY, f"spring{queue_id}queue{int(NOW)}")
    return f"{COOKIE_PREFIX}spring={encode_component(f'{text}&Hash={proof}&Mac={mac(SECRET_KEY, text)}')}"


def token(*fields: tuple[str, str]) -> str:
    return sign_token([("e", "spring"), ("ts", str(int(NOW) + 60)), *fields], SECRET_KEY)


def with_token(text: str) -> Case:
    return case(query=f"queueittoken={encode_component(text)}")


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


class Pin(NamedTuple):
    """A case that shows one difference: what the reference does with it, and what we do."""

    group: Group
    reference: Callable[[Outcome], bool]
    ours: Callable[[Outcome], bool]
    settings: dict[str, Any] = SETTINGS


def failed(outcome: Outcome) -> bool:
    return outcome.status == "error"


PATH = {"ValidatorType": "UrlValidator", "UrlPart": "PagePath", "Operator": "Equals"}
LONG_TOKEN = "~".join(["x"] * 2100)

PINS = {
    "a missing list is empty": Pin(group(case(), Triggers=None), failed, untouched),
    "a missing CookieValidityMinute is 20": Pin(
        group(case(cookies=[session(issued_at=int(NOW) - 20 * 60 - 1)]), CookieValidityMinute=None),
        failed,
        lambda ours: queued(ours) and deleted(ours),
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
        group(case("/caf\u00e9 \t", f"queueittoken={token(('rt', 'queue'))}")),
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
    RAW_OR_NORMALIZED: Pin(
        group(
            case("/x/../tickets"),
            IsNormalizationEnabled=False,
            Triggers=[{"TriggerParts": [{**PATH, "ValueToCompare": "/tickets"}]}],
        ),
        untouched,
        queued,
        {"url_matching": "raw_or_normalized"},
    ),
}


def test_every_intended_difference_has_its_pin() -> None:
    assert {*PINS} == {difference.name for difference in INTENDED_DIFFERENCES} | {RAW_OR_NORMALIZED}


@pytest.mark.parametrize("name", PINS)
def test_an_intended_difference_is_what_it_says(oracle: Oracle, name: str) -> None:
    pin = PINS[name]
    (only,) = pin.group.cases
    (answer,) = oracle.answers(
        pin.group.config, pin.group.customer_id, SECRET_KEY, [(only.event, only.now, {})]
    )
    assert pin.reference(expected_outcome(answer, only))
    verdict = Comparison(oracle).verdict(pin.group, only, pin.settings)
    assert pin.ours(verdict.ours)
    assert verdict.ours == verdict.expected
    assert verdict.differences == (name,)


@pytest.mark.parametrize("difference", INTENDED_DIFFERENCES, ids=lambda difference: difference.name)
def test_an_ordinary_visit_calls_for_no_intended_difference(difference: Any) -> None:
    ordinary = case(
        "/tickets", "id=1&queueittoken=" + token(("q", GUID), ("rt", "queue")), cookies=[session()]
    )
    the_group = group(ordinary)
    question = Question(the_group.config, ordinary.event, {}, NOW, SECRET_KEY, None, [], [])
    before = page_url(question.request), repr(question.event), repr(question.config)
    difference.adjust(question)
    assert (page_url(question.request), repr(question.event), repr(question.config)) == before
