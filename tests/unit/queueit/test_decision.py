"""What becomes of a request: the order of checks, and what each outcome holds (protocol section 5)."""

from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from queueit.decision import decide
from queueit.outcome import IGNORED_METHOD, NO_MATCH, SWITCHED_OFF, Decision, Reason, untouched
from queueit.snapshot import Snapshot
from tests.builders import (
    ADDRESS,
    COOKIE_PREFIX,
    GUID,
    NOW,
    OTHER_KEY,
    SECRET_KEY,
    compiled_snapshot,
    mac,
    queue_integration,
    queue_token,
    session_pair,
    session_text,
    url_part,
)
from tests.unit.queueit.visits import visit

PAGE = "https://shop.example.com/tickets"
QUEUE = "https://example.queue-it.net/?c=example&e=tickets&"
ELSEWHERE = "198.51.100.1"

VALID = session_pair()
EXPIRED = session_pair(text=session_text(issued_at=NOW - 20 * 60 - 1))
FORGED = session_pair(text=session_text(key=OTHER_KEY))
OTHER_ADDRESS = session_pair(text=session_text(address=ELSEWHERE))

GOOD_TOKEN = queue_token()
BAD_TOKEN = queue_token(key=OTHER_KEY)


def deleted(*rooms: str) -> tuple[str, ...]:
    return tuple([f"{COOKIE_PREFIX}{room}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT" for room in rooms])


def cookie_text(decision: Decision) -> str:
    """The one session cookie that is set, its value decoded."""
    (cookie,) = decision.set_cookies
    return unquote(cookie.partition(";")[0])


def with_token(token: str = GOOD_TOKEN, page: str = PAGE) -> str:
    return f"{page}?queueittoken={token}"


def is_queued(decision: Decision) -> bool:
    return decision.redirect_url.startswith(QUEUE)


def passes_without_cookies(decision: Decision) -> bool:
    return (decision.redirect_url, decision.set_cookies) == ("", ())


def error_code(decision: Decision) -> str:
    return decision.redirect_url.partition("?")[0].partition("/error/")[2].strip("/")


def parameters(decision: Decision) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(decision.redirect_url.partition("?")[2]).items()}


@pytest.fixture
def tickets() -> Snapshot:
    """Queues for /tickets, extends sessions of 20 minutes."""
    return compiled_snapshot()


def snapshot_of(settings: Any = None, **changes: Any) -> Snapshot:
    return compiled_snapshot(queue_integration(**changes), settings=settings)


class TestQueueAction:
    def test_with_neither_session_nor_token_a_visitor_is_sent_to_the_queue(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(), NOW)

        assert is_queued(decision)
        assert parameters(decision)["t"] == PAGE
        assert decision.set_cookies == ()
        assert decision.integration is tickets.integrations[0]

    def test_a_valid_session_passes_and_is_issued_again_with_the_present_time(
        self, tickets: Snapshot
    ) -> None:
        decision = decide(tickets, visit(cookie=VALID), NOW)

        assert decision.redirect_url == ""
        assert cookie_text(decision) == f"{COOKIE_PREFIX}tickets={session_text(issued_at=NOW)}"

    def test_the_cookie_expires_24_hours_after_issue(self, tickets: Snapshot) -> None:
        (cookie,) = decide(tickets, visit(cookie=VALID), NOW).set_cookies

        assert cookie.endswith("; Path=/; Expires=Tue, 22 Sep 2026 14:13:20 GMT")

    def test_a_session_of_fixed_validity_or_that_is_not_to_be_extended_passes_without_a_cookie(
        self, tickets: Snapshot
    ) -> None:
        fixed = session_pair(text=session_text(validity="3"))

        assert passes_without_cookies(decide(tickets, visit(cookie=fixed), NOW))
        assert passes_without_cookies(
            decide(snapshot_of(ExtendCookieValidity=False), visit(cookie=VALID), NOW)
        )

    def test_a_session_keeps_its_address_when_it_is_extended(self, tickets: Snapshot) -> None:
        cookie = session_pair(text=session_text(address=ADDRESS))

        assert f"&Hip={mac(ADDRESS)}&" in cookie_text(decide(tickets, visit(cookie=cookie), NOW))

    def test_a_valid_token_sets_the_session_cookie_of_its_room_and_passes(self, tickets: Snapshot) -> None:
        token = queue_token(validity="3", redirect_type="SafetyNet", address=ADDRESS)
        decision = decide(tickets, visit(with_token(token)), NOW)

        assert decision.redirect_url == ""
        assert cookie_text(decision) == f"{COOKIE_PREFIX}tickets=" + session_text(
            validity="3", redirect_type="safetynet", issued_at=NOW, address=ADDRESS
        )

    def test_a_valid_session_comes_before_any_token(self, tickets: Snapshot) -> None:
        for token in (GOOD_TOKEN, BAD_TOKEN):
            decision = decide(tickets, visit(with_token(token), cookie=VALID), NOW)
            assert decision.redirect_url == ""
            assert cookie_text(decision) == f"{COOKIE_PREFIX}tickets={session_text(issued_at=NOW)}"

    @pytest.mark.parametrize("cookie", [EXPIRED, FORGED, OTHER_ADDRESS])
    def test_a_valid_token_comes_before_an_invalid_session(self, tickets: Snapshot, cookie: str) -> None:
        decision = decide(tickets, visit(with_token(), cookie=cookie), NOW)

        assert decision.redirect_url == ""
        assert f"&IssueTime={NOW}&" in cookie_text(decision)

    @pytest.mark.parametrize(
        "cookie", [EXPIRED, FORGED, f"{COOKIE_PREFIX}tickets=nonsense", f"{COOKIE_PREFIX}tickets=%"]
    )
    def test_a_found_but_invalid_session_is_deleted_on_the_way_to_the_queue(
        self, tickets: Snapshot, cookie: str
    ) -> None:
        decision = decide(tickets, visit(cookie=cookie), NOW)

        assert is_queued(decision)
        assert decision.set_cookies == deleted("tickets")

    def test_an_empty_session_cookie_counts_as_none(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(cookie=f"{COOKIE_PREFIX}tickets="), NOW)

        assert is_queued(decision)
        assert decision.set_cookies == ()

    @pytest.mark.parametrize(
        ("token", "code"),
        [
            (BAD_TOKEN, "hash"),
            (queue_token("sale"), "eventid"),
            (queue_token(expires_at=NOW - 1), "timestamp"),
            (queue_token(address=ELSEWHERE), "ip"),
        ],
    )
    def test_an_invalid_token_leads_to_the_error_page_of_its_code(
        self, tickets: Snapshot, token: str, code: str
    ) -> None:
        decision = decide(tickets, visit(with_token(token)), NOW)

        assert error_code(decision) == code
        asked = parameters(decision)
        assert (asked["queueittoken"], asked["ts"], asked["t"]) == (token, str(NOW), PAGE)
        assert ("icr" in asked) is (code == "ip")
        assert decision.set_cookies == ()

    def test_an_invalid_token_of_type_debug_leads_to_no_error_page(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(with_token(queue_token(redirect_type="Debug", key=OTHER_KEY))), NOW)

        assert decision.redirect_url
        assert error_code(decision) == ""

    def test_an_invalid_token_still_deletes_an_invalid_session(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(with_token(BAD_TOKEN), cookie=EXPIRED), NOW)

        assert error_code(decision) == "hash"
        assert decision.set_cookies == deleted("tickets")

    def test_the_error_for_a_token_of_another_address_names_both_addresses(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(with_token(queue_token(address=ELSEWHERE))), NOW)

        assert parameters(decision)["icr"] == f"ip,cip:{ADDRESS.encode().hex()},hip:{mac(ELSEWHERE)}"

    def test_an_invalid_token_comes_before_a_session_of_another_address(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(with_token(BAD_TOKEN), cookie=OTHER_ADDRESS), NOW)

        assert error_code(decision) == "hash"

    def test_a_session_of_another_address_leads_to_the_session_state_error(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(cookie=OTHER_ADDRESS), NOW + 0.25)

        assert error_code(decision) == "connector/sessionstate"
        asked = parameters(decision)
        assert "queueittoken" not in asked
        assert asked["icr"] == (
            f"ip,cip:{ADDRESS.encode().hex()},hip:{mac(ELSEWHERE)},r:queue,q:{GUID},st:{NOW * 1000 + 250}"
        )
        assert decision.set_cookies == deleted("tickets")

    def test_the_reason_leaves_out_what_a_session_does_not_know(self, tickets: Snapshot) -> None:
        text = session_text(queue_id="", redirect_type="", address=ELSEWHERE, with_mac=True)
        reason = parameters(decide(tickets, visit(cookie=session_pair(text=text)), NOW))["icr"]

        assert reason == f"ip,cip:{ADDRESS.encode().hex()},hip:{mac(ELSEWHERE)},st:{NOW * 1000}"

    def test_now_may_be_a_fraction_of_a_second(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(with_token(queue_token(expires_at=NOW))), NOW + 0.9)

        assert f"&IssueTime={NOW}&" in cookie_text(decision)

    def test_cookies_have_the_configured_attributes_set_or_deleted(self) -> None:
        snapshot = snapshot_of(CookieDomain=".example.com", IsCookieHttpOnly=True, IsCookieSecure=True)
        trailer = "; Domain=.example.com; HttpOnly; Secure"

        for request in (visit(with_token()), visit(cookie=EXPIRED)):
            (cookie,) = decide(snapshot, request, NOW).set_cookies
            assert cookie.endswith(trailer)

    def test_stricter_any_valid_copy_of_a_session_cookie_counts(self, tickets: Snapshot) -> None:
        for copies in ((EXPIRED, VALID), (VALID, EXPIRED), (FORGED, EXPIRED, VALID)):
            assert decide(tickets, visit(cookie="; ".join(copies)), NOW).redirect_url == ""

    def test_of_several_invalid_copies_the_first_counts(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit(cookie=f"{OTHER_ADDRESS}; {EXPIRED}"), NOW)

        assert error_code(decision) == "connector/sessionstate"
        assert is_queued(decide(tickets, visit(cookie=f"{EXPIRED}; {OTHER_ADDRESS}"), NOW))


class TestSeveralRooms:
    @pytest.fixture
    def both(self) -> Snapshot:
        return snapshot_of(InvolvedWaitingRoomIds=["sale", "vip"])

    @pytest.mark.parametrize("room", ["tickets", "sale", "vip"])
    def test_a_session_of_any_room_passes_and_is_extended_as_that_rooms(
        self, both: Snapshot, room: str
    ) -> None:
        decision = decide(both, visit(cookie=session_pair(room)), NOW)

        assert decision.redirect_url == ""
        assert cookie_text(decision) == f"{COOKIE_PREFIX}{room}={session_text(room, issued_at=NOW)}"

    def test_the_event_comes_before_involved_rooms_and_those_in_their_order(self, both: Snapshot) -> None:
        everything = "; ".join([session_pair("vip"), session_pair("sale"), session_pair("tickets")])
        some = "; ".join([session_pair("vip"), EXPIRED, session_pair("sale")])

        assert cookie_text(decide(both, visit(cookie=everything), NOW)).startswith(f"{COOKIE_PREFIX}tickets=")
        assert cookie_text(decide(both, visit(cookie=some), NOW)).startswith(f"{COOKIE_PREFIX}sale=")

    def test_a_token_of_an_involved_room_sets_that_rooms_cookie(self, both: Snapshot) -> None:
        decision = decide(both, visit(with_token(queue_token("vip"))), NOW)

        assert cookie_text(decision).startswith(f"{COOKIE_PREFIX}vip=EventId=vip&")

    def test_visitors_queue_for_the_event_itself(self, both: Snapshot) -> None:
        assert is_queued(decide(both, visit(), NOW))

    def test_each_invalid_cookie_that_the_request_carries_is_deleted(self, both: Snapshot) -> None:
        old = session_pair("vip", session_text("vip", issued_at=NOW - 90_000))

        assert decide(both, visit(cookie=f"{old}; {FORGED}"), NOW).set_cookies == deleted("tickets", "vip")

    def test_where_the_sessions_of_several_rooms_are_invalid_the_last_one_says_why(
        self, both: Snapshot
    ) -> None:
        other = session_pair("sale", session_text("sale", address=ELSEWHERE))
        old = session_pair("vip", session_text("vip", issued_at=NOW - 90_000))

        decision = decide(both, visit(cookie=f"{other}; {EXPIRED}"), NOW)
        assert error_code(decision) == "connector/sessionstate"
        assert is_queued(decide(both, visit(cookie=f"{other}; {old}"), NOW))

    def test_a_cookie_of_an_unrelated_room_is_kept(self, both: Snapshot) -> None:
        decision = decide(both, visit(cookie=session_pair("concert")), NOW)

        assert is_queued(decision)
        assert decision.set_cookies == ()

    def test_a_session_under_another_rooms_cookie_name_is_invalid(self, both: Snapshot) -> None:
        decision = decide(both, visit(cookie=session_pair("sale", session_text("tickets"))), NOW)

        assert is_queued(decision)
        assert decision.set_cookies == deleted("sale")


class TestTarget:
    @pytest.mark.parametrize("cookie", ["", OTHER_ADDRESS])
    def test_with_forced_target_url_it_is_that_url(self, cookie: str) -> None:
        snapshot = snapshot_of(RedirectLogic="ForcedTargetUrl", ForcedTargetUrl="https://x.example/é?a=b")
        decision = decide(snapshot, visit(cookie=cookie), NOW)

        assert "&t=https%3A%2F%2Fx.example%2F%C3%A9%3Fa%3Db&kupver=" in decision.redirect_url

    @pytest.mark.parametrize("cookie", ["", OTHER_ADDRESS])
    def test_with_event_target_url_there_is_none(self, cookie: str) -> None:
        snapshot = snapshot_of(RedirectLogic="EventTargetUrl", ForcedTargetUrl="https://x.example/")

        assert "t" not in parameters(decide(snapshot, visit(cookie=cookie), NOW))

    @pytest.mark.parametrize("logic", ["AllowTParameter", "Anything", "", None])
    def test_any_other_logic_leads_back_to_the_page_without_its_token(self, logic: str | None) -> None:
        snapshot = snapshot_of(RedirectLogic=logic, ForcedTargetUrl="https://x.example/")
        url = f"{PAGE}?a=1&queueittoken={BAD_TOKEN}&b=%2F"

        assert parameters(decide(snapshot, visit(url), NOW))["t"] == f"{PAGE}?a=1&b=%2F"

    @pytest.mark.parametrize(
        ("header", "target"),
        [
            ("https%3A%2F%2Fshop.example.com%2Fstock%3Fa%3D1", "https://shop.example.com/stock?a=1"),
            ("https://shop.example.com/stock", "https://shop.example.com/stock"),
            ("%FF", None),
            ("%", None),
        ],
    )
    def test_on_an_ajax_call_it_is_the_decoded_page_or_none_if_it_cannot_be_decoded(
        self, tickets: Snapshot, header: str, target: str | None
    ) -> None:
        decision = decide(tickets, visit(headers={"x-queueit-ajaxpageurl": header}), NOW)

        assert parameters(decision).get("t") == target

    def test_the_ajax_page_does_not_outweigh_the_redirect_logic(self) -> None:
        snapshot = snapshot_of(RedirectLogic="ForcedTargetUrl", ForcedTargetUrl="https://x.example/")
        decision = decide(snapshot, visit(headers={"x-queueit-ajaxpageurl": "https%3A%2F%2Fy"}), NOW)

        assert parameters(decision)["t"] == "https://x.example/"


class TestCancelAction:
    @pytest.fixture
    def cancelling(self) -> Snapshot:
        return snapshot_of(
            ActionType="Cancel", InvolvedWaitingRoomIds=["sale"], RedirectLogic="ForcedTargetUrl"
        )

    def test_a_valid_session_is_deleted_and_ended_at_the_platform(self, cancelling: Snapshot) -> None:
        decision = decide(cancelling, visit(cookie=VALID), NOW)

        assert decision.redirect_url.startswith(
            f"https://example.queue-it.net/cancel/multiple/example?wrl=tickets~{GUID}_sale"
            "&r=https%3A%2F%2Fshop.example.com%2Ftickets&kupver=cloudfront-"
        )
        assert decision.set_cookies == deleted("tickets")

    def test_a_valid_session_of_any_room_is_enough_and_all_cookies_are_deleted(
        self, cancelling: Snapshot
    ) -> None:
        text = session_text("sale", queue_id="", with_mac=True)
        decision = decide(cancelling, visit(cookie=f"{FORGED}; {session_pair('sale', text)}"), NOW)

        assert "?wrl=tickets_sale&r=" in decision.redirect_url
        assert decision.set_cookies == deleted("tickets", "sale")

    def test_the_age_of_a_session_does_not_count(self, cancelling: Snapshot) -> None:
        assert "/cancel/" in decide(cancelling, visit(cookie=EXPIRED), NOW).redirect_url

    @pytest.mark.parametrize("cookie", ["", FORGED, OTHER_ADDRESS])
    def test_without_a_valid_session_the_request_passes(self, cancelling: Snapshot, cookie: str) -> None:
        decision = decide(cancelling, visit(cookie=cookie), NOW)

        assert passes_without_cookies(decision)
        assert decision.integration is cancelling.integrations[0]

    def test_a_token_is_ignored(self, cancelling: Snapshot) -> None:
        assert passes_without_cookies(decide(cancelling, visit(with_token(BAD_TOKEN)), NOW))

    def test_on_an_ajax_call_the_visitor_comes_back_to_the_page(self, cancelling: Snapshot) -> None:
        request = visit(
            cookie=VALID, headers={"x-queueit-ajaxpageurl": "https%3A%2F%2Fshop.example.com%2Fcart"}
        )

        assert parameters(decide(cancelling, request, NOW))["r"] == "https://shop.example.com/cart"


class TestWhatPasses:
    def test_an_ignore_action_passes_whatever_the_request_carries(self) -> None:
        snapshot = snapshot_of(ActionType="Ignore")
        decision = decide(snapshot, visit(with_token(BAD_TOKEN), cookie=FORGED), NOW)

        assert passes_without_cookies(decision)
        assert decision.integration is snapshot.integrations[0]

    def test_a_request_that_no_integration_is_for_passes_untouched(self, tickets: Snapshot) -> None:
        decision = decide(tickets, visit("https://shop.example.com/", cookie=EXPIRED), NOW)

        assert decision == untouched(NO_MATCH)

    @pytest.mark.parametrize(
        ("settings", "reason"),
        [({"enabled": False}, SWITCHED_OFF), ({"ignored_methods": ["TRACE"]}, IGNORED_METHOD)],
    )
    def test_the_kill_switch_and_an_ignored_method_pass_untouched(
        self, settings: Any, reason: Reason
    ) -> None:
        request = visit(with_token(BAD_TOKEN), method="TRACE", cookie=FORGED)

        assert decide(snapshot_of(settings), request, NOW) == untouched(reason)


class TestMatching:
    def test_the_first_integration_with_a_matching_trigger_wins(self) -> None:
        snapshot = compiled_snapshot(
            queue_integration(url_part("/other"), Name="Other"),
            queue_integration(Name="First", ActionType="Ignore"),
            queue_integration(Name="Second"),
        )
        matched = decide(snapshot, visit(), NOW).integration

        assert matched
        assert matched.name == "First"

    @pytest.mark.parametrize("is_normalized", [False, True])
    @pytest.mark.parametrize("action", ["Queue", "Cancel"])
    @pytest.mark.parametrize(("path", "url"), [("/%74", "/%74ickets"), ("/tick", "/%74ickets")])
    def test_stricter_queue_and_cancel_match_if_the_raw_or_the_normalized_url_does(
        self, is_normalized: bool, action: str, path: str, url: str
    ) -> None:
        snapshot = snapshot_of(
            ActionType=action,
            IsNormalizationEnabled=is_normalized,
            Triggers=[{"TriggerParts": [url_part(path)]}],
        )

        assert decide(snapshot, visit(f"https://shop.example.com{url}"), NOW).integration

    def test_stricter_ignore_matches_only_if_the_raw_and_the_normalized_url_do(self) -> None:
        ignore = queue_integration(url_part("/health"), ActionType="Ignore")
        everything = queue_integration(url_part("/"))
        snapshot = compiled_snapshot(ignore, everything)

        assert decide(snapshot, visit("https://shop.example.com/health"), NOW).redirect_url == ""
        for disguised in ("/health/../tickets", "/%68ealth", "/tickets?a=/../health"):
            assert is_queued(decide(snapshot, visit(f"https://shop.example.com{disguised}"), NOW))

    @pytest.mark.parametrize(
        ("is_normalized", "url", "is_matched"),
        [
            (False, "/tickets", True),
            (False, "/%74ickets", False),
            (True, "/%74ickets", True),
            (True, "/tickets/../other", False),
            (False, "/tickets/../other", True),
        ],
    )
    def test_as_configured_the_url_is_the_one_that_the_integration_says(
        self, is_normalized: bool, url: str, is_matched: bool
    ) -> None:
        snapshot = snapshot_of({"url_matching": "as_configured"}, IsNormalizationEnabled=is_normalized)
        decision = decide(snapshot, visit(f"https://shop.example.com{url}"), NOW)

        assert bool(decision.integration) is is_matched


class TestRotation:
    rotated = {"secret_key": "the-new-key", "previous_secret_key": SECRET_KEY}  # noqa: RUF012

    def test_a_session_of_the_previous_key_passes_and_is_issued_again_under_the_current(self) -> None:
        decision = decide(compiled_snapshot(keys=self.rotated), visit(cookie=VALID), NOW)

        assert (
            cookie_text(decision)
            == f"{COOKIE_PREFIX}tickets={session_text(issued_at=NOW, key='the-new-key')}"
        )

    def test_a_token_of_the_previous_key_passes(self) -> None:
        assert decide(compiled_snapshot(keys=self.rotated), visit(with_token()), NOW).redirect_url == ""

    def test_once_it_is_over_the_previous_key_counts_for_nothing(self) -> None:
        over = compiled_snapshot(keys={"secret_key": "the-new-key"})

        assert error_code(decide(over, visit(with_token(), cookie=VALID), NOW)) == "hash"
