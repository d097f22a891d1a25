"""The session cookie: what is written, and every rule by which one is read (protocol section 4)."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from queueit import session_cookie
from queueit.secret_keys import secret_keys
from queueit.session_cookie import EXPIRED, FORGED, OTHER_ADDRESS, VALID, Session
from tests.builders import ADDRESS, GUID, NOW, OTHER_KEY, SECRET_KEY, encode_component, mac, session_text
from tests.session_readings import USUAL_TYPES

KEYS = secret_keys(SECRET_KEY)
VALIDITY_MINUTES = 20


def read(
    text: str,
    *,
    room: str = "tickets",
    client_ip: str = ADDRESS,
    now: int = NOW,
    validity_minutes: int | None = VALIDITY_MINUTES,
) -> Session:
    """Reads the cookie whose value, before its percent-encoding, is `text`."""
    return session_cookie.read(encode_component(text), room, KEYS, client_ip, now, validity_minutes)


def issue(session: Session, now: int = NOW) -> str:
    """The text of the cookie that is issued, decoded."""
    return unquote(session_cookie.issue(session, KEYS, now))


def session(queue_id: str = GUID, **changes: Any) -> Session:
    return Session(VALID, "tickets", queue_id, redirect_type="queue")._replace(**changes)


def resigned(text: str) -> str:
    """`text`, whatever it holds, with the Hash of its values."""
    unsigned = text.partition("&Hash=")[0]
    values = "".join([pair.partition("=")[2] for pair in unsigned.split("&")])
    room = unsigned.partition("&")[0].partition("=")[2]
    return f"{unsigned}&Hash={mac(values.replace(room, room.lower(), 1))}"


def test_the_name_has_the_room_after_a_fixed_beginning() -> None:
    assert session_cookie.cookie_name("Tickets") == "QueueITAccepted-SDFrts345E-V3_Tickets"


def test_a_browser_keeps_the_cookie_for_24_hours() -> None:
    assert session_cookie.LIFETIME_SECONDS == 24 * 60 * 60


class TestIssuing:
    def test_the_pairs_come_in_the_order_of_the_protocol(self) -> None:
        hip = mac(ADDRESS)
        proof = mac(f"tickets{GUID}3queue{NOW}{hip}")

        assert issue(session(validity_minutes=3, hashed_ip=hip)) == (
            f"EventId=tickets&QueueId={GUID}&FixedValidityMins=3&RedirectType=queue"
            f"&IssueTime={NOW}&Hip={hip}&Hash={proof}"
        )

    def test_what_is_absent_is_left_out_and_hashed_as_nothing(self) -> None:
        pairs = f"EventId=tickets&RedirectType=safetynet&IssueTime={NOW}"

        assert issue(session("", redirect_type="safetynet")) == (
            f"{pairs}&Hash={mac(f'ticketssafetynet{NOW}')}&Mac={mac(pairs)}"
        )

    def test_the_value_is_percent_encoded_as_encode_uri_component_does(self) -> None:
        value = session_cookie.issue(session(), KEYS, NOW)

        assert value == encode_component(issue(session()))
        assert re.fullmatch(r"[A-Za-z0-9\-_.!~*'()%]+", value)

    def test_the_redirect_type_is_in_lower_case(self) -> None:
        assert "&RedirectType=afterevent&" in issue(session(redirect_type="AfterEvent"))

    def test_the_hash_is_over_the_lower_case_event_id(self) -> None:
        text = issue(session(event_id="Tickets"))

        assert text.startswith("EventId=Tickets&")
        assert text.endswith(f"&Hash={mac(f'tickets{GUID}queue{NOW}')}")

    def test_stricter_a_queue_id_that_is_no_guid_gets_a_mac_over_the_other_pairs(self) -> None:
        pairs = f"EventId=tickets&QueueId=q1&RedirectType=queue&IssueTime={NOW}"

        assert issue(session("q1")) == f"{pairs}&Hash={mac(f'ticketsq1queue{NOW}')}&Mac={mac(pairs)}"

    @pytest.mark.parametrize(
        ("queue_id", "kind"), [(GUID, "1queue"), (GUID, "queue1"), (GUID, "admin"), (GUID, ""), ("", "queue")]
    )
    def test_stricter_a_redirect_type_that_is_not_usual_or_no_queue_id_gets_a_mac(
        self, queue_id: str, kind: str
    ) -> None:
        assert re.search(
            r"&Hash=[0-9a-f]{64}&Mac=[0-9a-f]{64}$", issue(session(queue_id, redirect_type=kind))
        )

    def test_stricter_what_the_grammar_has_no_place_for_is_left_out(self) -> None:
        text = issue(session("a&Hash=1\ud800", redirect_type="x=y&z"))

        assert text.startswith("EventId=tickets&QueueId=aHash1&RedirectType=xyz&IssueTime=")

    def test_a_queue_id_longer_than_a_cookie_can_hold_is_cut(self) -> None:
        assert f"&QueueId={'x' * 256}&" in issue(session("x" * 5000))


class TestReading:
    def test_a_genuine_cookie_is_valid_with_all_it_says(self) -> None:
        text = session_text(validity="3", address=ADDRESS)

        assert read(text) == Session(VALID, "tickets", GUID, 3, "queue", mac(ADDRESS))

    @pytest.mark.parametrize("queue_id", [GUID, GUID.upper()])
    @pytest.mark.parametrize("kind", USUAL_TYPES)
    def test_a_cookie_of_the_usual_shape_gets_no_mac_and_is_valid(self, queue_id: str, kind: str) -> None:
        text = session_text(queue_id=queue_id, redirect_type=kind, issued_at=NOW)

        assert issue(session(queue_id, redirect_type=kind)) == text
        assert read(text).status == VALID

    def test_the_room_is_told_as_the_integration_spells_it(self) -> None:
        assert read(session_text("tickets"), room="Tickets").event_id == "Tickets"

    @pytest.mark.parametrize("text", [session_text(key=OTHER_KEY), session_text()[:-1] + "0", ""])
    def test_a_wrong_hash_is_forged(self, text: str) -> None:
        assert read(text) == Session(FORGED, "tickets")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("EventId=tickets", "EventId=ticketz"),
            (GUID, GUID[:-1] + "6"),
            ("FixedValidityMins=3", "FixedValidityMins=30"),
            ("RedirectType=queue", "RedirectType=idle"),
            (f"IssueTime={NOW - 60}", f"IssueTime={NOW - 59}"),
            (mac(ADDRESS), mac("198.51.100.1")),
        ],
    )
    def test_a_changed_value_is_forged(self, old: str, new: str) -> None:
        text = session_text(validity="3", address=ADDRESS)

        assert old in text
        assert read(text.replace(old, new)).status == FORGED

    @pytest.mark.parametrize("room", ["sale", "ticket", "ticketss"])
    def test_a_cookie_of_another_room_is_forged(self, room: str) -> None:
        assert read(session_text(room), room="tickets").status == FORGED

    @pytest.mark.parametrize(("written", "asked"), [("Tickets", "tickets"), ("tickets", "TICKETS")])
    def test_the_room_is_that_of_the_name_ignoring_case(self, written: str, asked: str) -> None:
        assert read(session_text(written), room=asked).status == VALID

    def test_stricter_the_hash_is_not_verified_over_capitals(self) -> None:
        text = f"EventId=Tickets&QueueId={GUID}&RedirectType=queue&IssueTime={NOW}"

        assert read(f"{text}&Hash={mac(f'tickets{GUID}queue{NOW}')}", room="Tickets").status == VALID
        assert read(f"{text}&Hash={mac(f'Tickets{GUID}queue{NOW}')}", room="Tickets").status == FORGED

    def test_stricter_an_event_id_with_capitals_validates_its_own_cookie(self) -> None:
        own = Session(VALID, "TickETS", GUID, None, "queue")

        assert (
            session_cookie.read(session_cookie.issue(own, KEYS, NOW), "TickETS", KEYS, ADDRESS, NOW, 20)
            == own
        )

    def test_a_value_that_does_not_decode_is_forged(self) -> None:
        for value in ("%", "%FF", "EventId=%E2%82", "%" * 500, "\ud800"):
            assert session_cookie.read(value, "tickets", KEYS, ADDRESS, NOW, 20).status == FORGED

    def test_a_value_sent_without_percent_encoding_is_read_too(self) -> None:
        assert session_cookie.read(session_text(), "tickets", KEYS, ADDRESS, NOW, 20).status == VALID

    def test_during_a_rotation_the_previous_key_verifies_hash_mac_and_address(self) -> None:
        rotated = secret_keys("the-new-key", SECRET_KEY)
        text = session_text(queue_id="q1", address=ADDRESS, with_mac=True)

        assert session_cookie.read(text, "tickets", rotated, ADDRESS, NOW, 20).status == VALID
        assert (
            session_cookie.read(text, "tickets", secret_keys("the-new-key"), ADDRESS, NOW, 20).status
            == FORGED
        )


class TestValidity:
    @pytest.mark.parametrize(
        ("validity", "minutes", "is_extendable"), [("", VALIDITY_MINUTES, True), ("3", 3, False)]
    )
    def test_a_session_lasts_as_long_as_the_integration_says_or_its_own_fixed_validity(
        self, validity: str, minutes: int, is_extendable: bool
    ) -> None:
        text = session_text(issued_at=NOW, validity=validity)

        assert read(text, now=NOW + minutes * 60).status == VALID
        assert read(text, now=NOW + minutes * 60 + 1).status == EXPIRED
        assert read(text).is_extendable is is_extendable

    def test_the_age_does_not_count_for_a_cancel_action(self) -> None:
        old = session_text(issued_at="1000000000", validity="1")

        assert read(old, validity_minutes=None).status == VALID

    def test_stricter_a_session_may_begin_60_seconds_from_now_at_most(self) -> None:
        assert read(session_text(issued_at=NOW + 60)).status == VALID
        assert read(session_text(issued_at=NOW + 61)).status == FORGED
        assert read(session_text(issued_at=NOW + 61), validity_minutes=None).status == FORGED

    def test_a_session_of_another_address_is_told_from_a_forged_and_an_expired_one(self) -> None:
        text = session_text(address="198.51.100.1")

        assert read(text) == Session(OTHER_ADDRESS, "tickets", GUID, None, "queue", mac("198.51.100.1"))
        assert not read(text).is_valid
        assert read(text, client_ip="").status == VALID  # an unknown address is not compared
        assert read(session_text(issued_at=NOW - 1201, address="198.51.100.1")).status == EXPIRED


SOUND = f"EventId=tickets&QueueId={GUID}&RedirectType=queue&IssueTime={NOW}"
GENUINE, WITH_ADDRESS = session_text(), session_text(address=ADDRESS)
WITHOUT_QUEUE_ID = session_text(queue_id="", with_mac=True)
PROOF, HIP = GENUINE.partition("&Hash=")[2], mac(ADDRESS)
CHANGED_HEX: tuple[Callable[[str], str], ...] = (
    str.upper,
    lambda proof: proof[:-1],
    lambda proof: proof + "0",
)


class TestStricterGrammar:
    """**stricter**: anything but known keys, each once and in order, is an invalid cookie, though its Hash fits."""

    def test_what_the_grammar_has_is_valid(self) -> None:
        for text in (resigned(SOUND), GENUINE, WITH_ADDRESS, WITHOUT_QUEUE_ID):
            assert read(text).status == VALID

    @pytest.mark.parametrize(
        "text",
        [
            # an unknown key
            resigned(f"{SOUND}&Extra=1"),
            resigned(f"Extra=&{SOUND}"),
            f"{GENUINE}&Extra=1",
            f"{GENUINE}&",
            f"&{GENUINE}",
            # a key twice
            *[
                text
                for pair in (f"QueueId={GUID}", "RedirectType=queue", "EventId=tickets")
                for twice in [GENUINE.replace(pair, f"{pair}&{pair}")]
                for text in (twice, resigned(twice))
            ],
            # another order, a missing key, a key of another case
            f"EventId=tickets&QueueId={GUID}&IssueTime={NOW}&RedirectType=queue&Hash={mac(f'tickets{GUID}queue{NOW}')}",
            *[
                "&".join([pair for pair in GENUINE.split("&") if not pair.startswith(key)])
                for key in ("EventId", "RedirectType", "IssueTime", "Hash")
            ],
            GENUINE.replace("EventId=", "eventid="),
            # an issue time of other than ten digits
            *[
                session_text(issued_at=issued_at)
                for issued_at in (
                    "999999999", "17900000000", "+790000000", " 790000000", "-790000000", "1e9", "١٧٩٠٠٠٠٠٠٠",
                )
            ],
            # a fixed validity of other than one to five digits, or with a leading zero
            *[session_text(validity=minutes) for minutes in ("0", "03", "-3", "3.5", "100000", "٣", " 3", "3x")],
            # an empty fixed validity, queue id or address
            WITHOUT_QUEUE_ID.replace("&Redirect", "&FixedValidityMins=&Redirect"),
            WITHOUT_QUEUE_ID.replace("&Redirect", "&QueueId=&Redirect"),
            WITHOUT_QUEUE_ID.replace("&Hash", "&Hip=&Hash"),
            # Hash and Hip of other than 64 lower-case hex digits
            *[GENUINE.replace(PROOF, change(PROOF)) for change in CHANGED_HEX],
            *[resigned(WITH_ADDRESS.replace(HIP, change(HIP))) for change in CHANGED_HEX],
            # digits moved from one value to the next, a Mac where none is called for, something after it all
            session_text(validity="1").replace("FixedValidityMins=1&RedirectType=", "RedirectType=1"),
            session_text(with_mac=True),
            *[GENUINE + end for end in ("\n", "\r\n", " ", "\0")],
        ],
        ids=ascii,
    )  # fmt: skip
    def test_anything_else_is_forged(self, text: str) -> None:
        assert read(text).status == FORGED

    @pytest.mark.parametrize("validity", ["1", "99999"])
    def test_a_fixed_validity_has_one_to_five_digits(self, validity: str) -> None:
        assert read(session_text(validity=validity)).status == VALID

    @pytest.mark.parametrize(
        "odd",
        [
            *[{"queue_id": one} for one in ("", "q1", GUID[:-1], f"{GUID}a", f"{{{GUID}}}", GUID.replace("-", ""))],
            *[
                {"redirect_type": one}
                for one in ("9x", "queue1", "5", "", "q", "Queue", "queue ", "apr\u00e8s")
            ],
        ],
        ids=str,
    )  # fmt: skip
    def test_an_odd_queue_id_or_redirect_type_needs_the_right_mac(self, odd: dict[str, str]) -> None:
        with_mac = session_text(**odd, with_mac=True)

        assert read(with_mac).status == VALID
        assert read(with_mac.partition("&Mac=")[0]).status == FORGED
        assert read(with_mac[:-64] + mac("something else")).status == FORGED

    def test_a_right_mac_does_not_make_up_for_a_wrong_hash(self) -> None:
        text = session_text(queue_id="q1", with_mac=True)
        proof = text.partition("&Hash=")[2][:64]

        assert read(text.replace(proof, mac("something else"))).status == FORGED
