"""`queueit validate`: errors are the engine's own, warnings name what is probably a mistake."""

import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    GUID,
    NOW,
    SECRET_KEY,
    integration_config,
    part,
    queue_integration,
    snapshot_document,
    triggers,
    url_part,
)
from tests.command_line import queueit

WriteJson = Callable[..., str]


def good(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An integration about which there is nothing to say."""
    return queue_integration(*parts, **{"CookieDomain": ".example.com", "IsCookieSecure": True, **changes})


def ignore(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"Name": "Open", "ActionType": "Ignore", "Triggers": triggers(*parts), **changes}


def codes(*integrations: dict[str, Any], arguments: tuple[str, ...] = ()) -> list[str]:
    """The codes of the warnings about a configuration of these integrations, without errors."""
    config = json.dumps(integration_config(*integrations))
    ran = queueit("validate", "-", *arguments, "--json", stdin=config)
    assert (ran.status, ran.document["errors"]) == (0, [])
    return [one["code"] for one in ran.document["warnings"]]


def test_a_good_configuration_has_neither_errors_nor_warnings(write_json: WriteJson) -> None:
    path = write_json(integration_config(good()))
    ran = queueit("validate", path)
    assert (ran.status, ran.out, ran.err) == (
        0,
        f"{path}: version 7, 1 integration\nno errors, no warnings\n",
        "",
    )


def test_what_config_refresh_would_refuse_is_an_error_with_its_place(write_json: WriteJson) -> None:
    path = write_json(integration_config(good(CookieValidityMinute="ten", QueueDomain="")))
    ran = queueit("validate", path)
    assert ran.status == 1
    assert 'error    integration 1 "Tickets": CookieValidityMinute is "ten"; give a whole number' in ran.out
    assert ran.out.endswith("1 error, no warnings; config_refresh refuses this configuration\n")


def test_warnings_alone_exit_with_zero_and_with_one_where_strict(write_json: WriteJson) -> None:
    path = write_json(integration_config(good(CookieDomain="")))
    assert queueit("validate", path).status == 0
    ran = queueit("validate", path, "--strict")
    assert ran.status == 1
    assert "[cookie_domain]" in ran.out


def test_a_configuration_comes_from_standard_input_too_and_a_snapshot_is_taken_apart() -> None:
    document = snapshot_document(good(), settings={"session_cookie": {"secure": True}})
    ran = queueit("validate", "-", stdin=json.dumps(document))
    assert (ran.status, ran.out) == (0, "standard input: version 7, 1 integration\nno errors, no warnings\n")
    assert SECRET_KEY not in ran.out


def test_an_integration_behind_a_wider_one_is_unreachable() -> None:
    narrow = good(url_part("/tickets/vip", Operator="Equals"), Name="VIP")
    assert codes(good(), narrow) == ["unreachable"]
    assert codes(narrow, good()) == []


def test_an_integration_is_reachable_by_any_one_alternative_that_nothing_takes() -> None:
    wider = good(Name="More", Triggers=triggers(url_part("/tickets/a"), url_part("/b/"), operator="Or"))
    assert codes(good(), wider) == []
    taken = good(
        Name="More", Triggers=triggers(url_part("/tickets/a"), url_part("/tickets/b"), operator="Or")
    )
    assert codes(good(), taken) == ["unreachable"]


def test_two_that_look_at_different_forms_of_the_url_are_not_compared(write_json: WriteJson) -> None:
    again = good(Name="Again", IsNormalizationEnabled=True)
    settings = ("--settings", write_json({"url_matching": "as_configured"}, "settings.json"))
    assert codes(good(), again, arguments=settings) == []
    assert codes(good(), again) == ["unreachable"]


def test_triggers_and_parts_that_can_never_match_are_named(write_json: WriteJson) -> None:
    parts = [url_part("/tickets"), url_part("tickets", Operator="Equals")]
    integrations = [
        good(*parts, Name="Both"),
        good(Name="Either", Triggers=triggers(*parts, operator="Or")),
        good(Name="None", Triggers=[]),
    ]
    found = queueit("validate", write_json(integration_config(*integrations)), "--json").document["warnings"]
    assert [(one["code"], one["place"]) for one in found] == [
        ("never_matches", 'integration 1 "Both", trigger 1'),
        ("never_matches", 'integration 2 "Either", trigger 1, part 2'),
        ("never_matches", 'integration 3 "None"'),
    ]
    assert found[0]["message"] == "can never match: a path begins with /"


@pytest.mark.parametrize("value", ["/", "*", ""])
def test_a_trigger_that_matches_everything_is_very_broad(value: str) -> None:
    assert "broad_contains" in codes(good(url_part(value)))


def test_a_short_text_to_contain_is_very_broad() -> None:
    assert codes(good(url_part("/t"))) == ["broad_contains"]
    assert codes(good(url_part("/t", Operator="Equals"))) == []


def test_a_body_trigger_needs_the_body_to_be_included(write_json: WriteJson) -> None:
    body = part("RequestBody", "checkout", Operator="Contains")
    integration = good(url_part("/tickets"), body)
    assert codes(integration) == ["body_without_include_body", "visitor_can_avoid"]
    assert codes(integration, arguments=("--include-body",)) == ["visitor_can_avoid"]


@pytest.mark.parametrize(
    ("domain", "host", "warned"),
    [
        ("", "shop.example.com", True),
        (".example.com", "shop.example.com", False),
        ("shop.example.com", "SHOP.example.com:443", False),
        (".example.org", "shop.example.com", True),
        ("ample.com", "shop.example.com", True),
        ("com", "shop.example.com", True),
    ],
)
def test_a_cookie_domain_that_is_missing_or_that_browsers_refuse_is_warned_of(
    domain: str, host: str, warned: bool
) -> None:
    on_host = url_part(host, UrlPart="HostName", Operator="Equals", IsIgnoreCase=True)
    assert codes(good(on_host, CookieDomain=domain)) == ["cookie_domain"] * warned


@pytest.mark.parametrize(
    ("room", "involved", "warned"),
    [
        (GUID, None, 1),
        (f"vip-{GUID.upper()}", [], 1),
        ("tickets", [f"{GUID}x", "vip", GUID], 2),
        ("tickets", ["vip-11111111-2222", GUID.replace("-", "")], 0),
    ],
)
def test_a_room_whose_id_holds_a_guid_is_warned_of(
    room: str, involved: list[str] | None, warned: int
) -> None:
    assert codes(good(EventId=room, InvolvedWaitingRoomIds=involved)) == ["room_holds_guid"] * warned


@pytest.mark.parametrize(
    "changes", [{"EventId": "my_room"}, {"InvolvedWaitingRoomIds": ["tickets", "my_room"]}]
)
def test_a_room_for_which_no_token_counts_is_warned_of(changes: dict[str, Any]) -> None:
    assert codes(good(**changes)) == ["room_without_token"]


def test_a_cookie_that_is_not_secure_is_warned_of_unless_the_settings_make_it_so(
    write_json: WriteJson,
) -> None:
    integration = good(IsCookieSecure=False)
    assert codes(integration) == ["cookie_not_secure"]
    secure = write_json({"session_cookie": {"secure": True}}, "secure.json")
    assert codes(integration, arguments=("--settings", secure)) == []


def test_an_exemption_that_any_visitor_can_claim_for_any_page_is_warned_of() -> None:
    by_url = url_part("/static/", UrlPart="PageUrl")
    by_path = url_part("/static/")
    by_cookie = part("Cookie", "1", CookieName="vip")
    assert codes(ignore(by_url), good()) == ["visitor_can_pass"]
    assert codes(ignore(by_cookie), good()) == ["visitor_can_pass"]
    assert codes(ignore(by_path, by_cookie), good()) == ["path_can_be_added"]


def test_a_cancel_that_a_visitor_can_claim_is_an_exemption_for_visitors_without_a_session() -> None:
    logout = url_part("logout", UrlPart="PageUrl")
    assert codes(good(logout, Name="Out", ActionType="Cancel"), good()) == ["visitor_can_pass"]


@pytest.mark.parametrize(
    ("exempt", "queued"),
    [
        (url_part("/static/"), url_part("/tickets")),
        (url_part(".css"), url_part("/tickets")),
        (url_part("", Operator="ContainsAny", ValuesToCompare=["/a/", "/b/"]), url_part("/tickets")),
    ],
)
def test_an_exemption_that_can_be_added_to_a_queued_path_is_warned_of(
    exempt: dict[str, Any], queued: dict[str, Any]
) -> None:
    assert codes(ignore(exempt), good(queued)) == ["path_can_be_added"]
    assert codes(ignore(exempt, {**queued, "IsNegative": True}), good(queued)) == []


@pytest.mark.parametrize(
    ("exempt", "queued"),
    [
        (url_part("/static/app.css", Operator="Equals"), url_part("/tickets")),
        (url_part("/static/"), url_part("/tickets", Operator="Equals")),
        (url_part("/tickets/terms"), url_part("/tickets")),
        (url_part("/static/"), url_part("https://", UrlPart="PageUrl")),
    ],
)
def test_an_exemption_that_cannot_be_added_or_is_meant_for_queued_pages_gets_no_warning(
    exempt: dict[str, Any], queued: dict[str, Any]
) -> None:
    assert "path_can_be_added" not in codes(ignore(exempt), good(queued))


def test_a_queue_that_a_text_in_the_path_ends_is_warned_of() -> None:
    files = url_part("/static/", IsNegative=True)
    assert codes(good(url_part("/tickets"), files)) == ["path_can_be_added"]
    assert codes(good(files)) == []


@pytest.mark.parametrize(
    "page",
    [
        url_part("https://shop.example.com/tickets", UrlPart="PageUrl", Operator="Equals"),
        url_part("/static/", UrlPart="PageUrl", IsNegative=True),
        url_part("?event=42", UrlPart="PageUrl"),
        url_part("event=42", UrlPart="PageUrl"),
    ],
)
def test_a_queue_that_a_query_string_leads_past_is_warned_of(page: dict[str, Any]) -> None:
    assert codes(good(page)) == ["visitor_can_avoid"]


@pytest.mark.parametrize(
    ("page", "advice"),
    [
        (url_part("http://shop.example.com/tickets", UrlPart="PageUrl"), "write https://"),
        (url_part("shop.example.com:8080", UrlPart="HostName", Operator="Equals"), "write the host alone"),
        (url_part("/checkout%2Fcart", UrlPart="PageUrl"), 'write "/checkout/cart"'),
        (url_part("/a%2Fb/"), 'write "/a/b/"'),
        (url_part("/tickets//"), 'where "//" is written otherwise'),
        (url_part("/tickets;v=1"), 'where ";" is written otherwise'),
        (url_part("https://shop.example.com/a//b", UrlPart="PageUrl"), 'where "//" is written otherwise'),
        (url_part("/a/../b"), 'where "/.." is written otherwise'),
        (url_part("/a\\b"), 'where "\\" is written otherwise'),
    ],
)
def test_a_value_that_requests_seldom_hold_is_warned_of(
    write_json: WriteJson, page: dict[str, Any], advice: str
) -> None:
    (found,) = queueit("validate", write_json(integration_config(good(page))), "--json").document["warnings"]
    assert found["code"] == "odd_value"
    assert advice in found["message"]


@pytest.mark.parametrize("path", ["/caf%C3%A9/", "/a%20b", "/100%25", "/a..b/", "/.well-known/"])
def test_a_path_as_browsers_send_it_gets_no_warning(path: str) -> None:
    assert codes(good(url_part(path))) == []


def test_slashes_after_a_scheme_and_in_a_query_get_no_warning() -> None:
    page = url_part("https://shop.example.com/tickets?from=//a;b", UrlPart="PageUrl")
    assert codes(ignore(page), good()) == ["visitor_can_pass"]


def test_an_address_that_others_contain_is_warned_of() -> None:
    address = part("HttpHeader", "10.0.0.1", HttpHeaderName="X-Queueit-ClientIP", Operator="Contains")
    assert codes(ignore(address), good()) == ["odd_value"]


def test_rooms_that_differ_in_capitals_alone_are_warned_of() -> None:
    other = good(url_part("/other/"), Name="Other", EventId="TICKETS")
    assert codes(good(), other) == ["room_opens_other"]
    assert codes(good(), {**other, "EventId": "tickets"}) == []


def test_a_queue_that_depends_on_what_a_visitor_sends_is_warned_of() -> None:
    no_bots = part("UserAgent", "bot", Operator="Contains", IsNegative=True)
    assert codes(good(url_part("/tickets"), no_bots)) == ["visitor_can_avoid"]


def test_an_ignore_after_all_that_queues_has_no_effect() -> None:
    exempt = ignore(url_part("/tickets/terms"))
    assert codes(good(), exempt) == ["unreachable", "ignore_without_effect"]
    assert codes(good(), ignore(url_part("/about"))) == ["ignore_without_effect"]
    assert codes(exempt, good()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ActionType": "queue"}, "unknown_action"),
        ({"VerifyQueueIdEnabled": True}, "verify_without_service"),
        ({"RedirectLogic": "Back"}, "unknown_redirect_logic"),
        ({"RedirectLogic": "ForcedTargetUrl", "ForcedTargetUrl": ""}, "no_forced_target"),
    ],
)
def test_a_word_that_counts_as_another_is_warned_of(changes: dict[str, Any], code: str) -> None:
    assert code in codes(good(**changes))


def test_an_operator_that_counts_as_and_and_a_name_used_twice_are_warned_of() -> None:
    parts = [url_part("/tickets"), url_part("/vip")]
    either = triggers(*parts, operator="or")
    assert codes(good(Triggers=either)) == ["unknown_operator"]
    assert codes(good(), good(url_part("/other"))) == ["duplicate_name"]


def test_a_configuration_that_queues_nobody_is_warned_of() -> None:
    assert codes(ignore(url_part("/about"))) == ["ignore_without_effect", "no_queue"]


def test_an_exemption_that_any_visitor_can_claim_for_a_queued_page_is_warned_of() -> None:
    claimed = part("HttpHeader", "1", HttpHeaderName="x-vip")
    assert codes(ignore(url_part("/tickets/vip"), claimed), good()) == ["visitor_can_pass"]
    assert codes(ignore(url_part("/tick"), claimed), good()) == ["visitor_can_pass"]
    assert codes(ignore(url_part("/static/app.css", Operator="Equals"), claimed), good()) == []
    assert codes(ignore(url_part("/tickets/vip")), good()) == []


def test_an_exemption_by_the_clients_address_is_no_visitors_choice() -> None:
    address = part("HttpHeader", "198.51.100.9", HttpHeaderName="X-Queueit-ClientIP")
    assert codes(ignore(address), good()) == []
    assert codes(ignore(url_part("/tickets/vip"), address), good()) == []
    assert codes(good(url_part("/tickets"), address)) == []


def test_the_advice_on_a_claimed_exemption_closes_it(write_json: WriteJson) -> None:
    path = write_json(integration_config(ignore(part("HttpHeader", "1", HttpHeaderName="x-vip")), good()))
    ran = queueit("validate", path)
    assert "Exempt by the PagePath of pages that need no queue, or by the client's address" in ran.out


def test_a_room_whose_sessions_open_the_pages_of_another_is_warned_of() -> None:
    free = good(url_part("/free/"), Name="Free", EventId="free")
    assert codes(free, good(InvolvedWaitingRoomIds=["Free"])) == ["room_opens_other"]
    assert codes(free, good(InvolvedWaitingRoomIds=["tickets", "elsewhere"])) == []


def test_a_field_that_nothing_reads_is_warned_of_with_the_known_one_that_is_near(
    write_json: WriteJson,
) -> None:
    trigger = {"LogicOperator": "And", "TriggerParts": [url_part("/tickets", IsIgnoreCas=True)]}
    path = write_json(integration_config(good(CookieDomian="x", Triggers=[trigger], Zzz=1)))
    ran = queueit("validate", path)
    assert ran.status == 0
    assert (
        "has a field CookieDomian, which the connector does not read; CookieDomain is a known one" in ran.out
    )
    assert "trigger 1: has a field LogicOperator" in ran.out
    assert "part 1: has a field IsIgnoreCas, which the connector does not read; IsIgnoreCase is" in ran.out
    assert "has a field Zzz, which the connector does not read [unknown_field]" in ran.out


def test_findings_of_a_kind_stand_together_and_are_counted(write_json: WriteJson) -> None:
    several = [good(url_part(f"/page/{number}/"), Name=f"n{number}") for number in range(8)]
    path = write_json(integration_config(*[{**one, "CookieDomain": ""} for one in several]))
    lines = queueit("validate", path).out.splitlines()
    assert [line.count("[cookie_domain]") for line in lines] == [0, 1, 1, 1, 1, 1, 1, 0]
    assert lines[6] == "         and 3 more [cookie_domain]"
    document = queueit("validate", path, "--json").document
    assert (document["warning_count"], document["warnings_by_code"]) == (8, {"cookie_domain": 8})


def test_of_many_errors_the_first_are_shown_and_all_counted(write_json: WriteJson) -> None:
    ran = queueit("validate", write_json(integration_config(*[good(EventId="a b")] * 30)))
    assert ran.out.count("error    integration") == 20
    assert "and 10 more errors\n30 errors, no warnings; config_refresh refuses" in ran.out


def test_what_an_edge_could_not_take_is_an_error(write_json: WriteJson) -> None:
    many = good(Triggers=triggers(*[url_part(f"/{number}/") for number in range(5001)], operator="Or"))
    ran = queueit("validate", write_json(integration_config(many)))
    assert ran.status == 1
    assert 'error    integration 1 "Tickets" has 5001 trigger parts' in ran.out


def test_a_huge_file_is_answered_with_what_was_found_until_then(write_json: WriteJson) -> None:
    several = [good(url_part(f"/page/{number}/"), Name=f"n{number}") for number in range(8)]
    path = write_json(integration_config(*several))
    ran = queueit("validate", path, now=itertools.count(NOW).__next__)
    assert ran.status == 0
    assert re.search(r"Only the first [1-7] integrations were checked", ran.out)
