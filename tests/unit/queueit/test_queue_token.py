"""The queue token, field by field and check by check (protocol section 3)."""

import pytest

from queueit.queue_token import MAX_LENGTH, QueueToken, parse_queue_token, token_error
from queueit.secret_keys import secret_keys
from tests.builders import ADDRESS, GUID, NOW, OTHER_KEY, SECRET_KEY, mac, queue_token

KEYS = secret_keys(SECRET_KEY)
ROOMS = ("tickets", "sale")


def parsed(text: str) -> QueueToken:
    token = parse_queue_token(text)
    assert token
    return token


class TestParsing:
    def test_every_field_is_read(self) -> None:
        text = f"e_tickets~q_{GUID}~ts_1790000060~ce_false~cv_3~rt_safetynet~hip_abc~h_def"

        assert parsed(text) == QueueToken(text, "tickets", GUID, 1790000060, 3, "safetynet", "abc", "def")

    def test_what_is_absent_is_empty(self) -> None:
        assert parsed("x") == QueueToken("x", "", "", 0, None, "", "", "")

    @pytest.mark.parametrize("field", ["e", "e_a_b", "e__a", "_e_a", "e_a_"])
    def test_a_field_that_does_not_split_in_exactly_two_is_skipped(self, field: str) -> None:
        assert parsed(f"e_tickets~{field}").event_id == "tickets"

    def test_the_last_of_equal_keys_wins(self) -> None:
        assert parsed("e_first~e_last").event_id == "last"

    def test_a_key_of_another_case_is_another_key(self) -> None:
        assert parsed("e_tickets~E_sale").event_id == "tickets"

    @pytest.mark.parametrize(
        ("written", "read"),
        [("12", 12), ("12.9", 12), ("12x", 12), (" 12", 12), ("-5", -5), ("x", 0), ("", 0), ("٣", 0)],
    )
    def test_a_number_ends_at_its_first_other_character(self, written: str, read: int) -> None:
        assert parsed(f"ts_{written}").expires_at == read

    @pytest.mark.parametrize(
        ("written", "minutes"),
        [("3", 3), ("0", None), ("-3", None), ("x", None), ("", None), ("99999", 99999), ("100000", 99999)],
    )
    def test_a_fixed_validity_is_a_number_of_minutes_that_a_session_cookie_can_hold(
        self, written: str, minutes: int | None
    ) -> None:
        assert parsed(f"cv_{written}").validity_minutes == minutes

    def test_the_redirect_type_is_kept_as_it_is(self) -> None:
        assert parsed("rt_AfterEvent!").redirect_type == "AfterEvent!"

    @pytest.mark.parametrize(("kind", "is_debug"), [("debug", True), ("Debug", True), ("queue", False)])
    def test_a_token_of_type_debug_asks_for_diagnostics(self, kind: str, is_debug: bool) -> None:
        assert parsed(f"rt_{kind}").is_debug is is_debug

    def test_stricter_a_token_over_4096_characters_is_absent(self) -> None:
        assert parse_queue_token("x" * (MAX_LENGTH + 1)) is None
        assert parse_queue_token("x" * MAX_LENGTH)
        assert MAX_LENGTH == 4096

    def test_the_empty_text_is_no_token(self) -> None:
        assert parse_queue_token("") is None


ELSEWHERE = "198.51.100.1"
SIGNED, MARK, PROOF = queue_token().partition("~h_")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # genuine: of the room and of an involved one, without a queue id, to its last second, bound to the address
        (queue_token(), None),
        (queue_token("sale"), None),
        (queue_token(queue_id="", redirect_type="safetynet"), None),
        (queue_token(expires_at=NOW), None),
        (queue_token(address=ADDRESS), None),
        # the hash covers the token without it, wherever it stands, and is there once, in lower case
        (f"e_tickets~h_{mac(f'e_tickets~ts_{NOW}')}~ts_{NOW}", None),
        (f"{SIGNED}{MARK}{PROOF}{MARK}{PROOF}", "hash"),
        (f"{SIGNED}{MARK}{PROOF.upper()}", "hash"),
        # signed by another, changed, cut, without its hash or with that of another text
        (queue_token(key=OTHER_KEY), "hash"),
        (queue_token().replace("tickets", "sale"), "hash"),
        (queue_token()[:-1], "hash"),
        (SIGNED, "hash"),
        (f"{SIGNED}{MARK}", "hash"),
        (f"{MARK}{mac('tickets')}", "hash"),
        ("made-up", "hash"),
        (f"e_tickets~ts_{NOW + 60}~h_{'é' * 64}", "hash"),
        (f"ts_{'9' * (MAX_LENGTH - 3)}", "hash"),
        # of a room that is not of the action
        *[(queue_token(room), "eventid") for room in ("concert", "Tickets", "ticket", "")],
        # expired, or without expiry
        (queue_token(expires_at=NOW - 1), "timestamp"),
        (queue_token(expires_at=None), "timestamp"),
        # bound to another address
        (queue_token(address=ELSEWHERE), "ip"),
        # the first error counts: hash, eventid, timestamp, ip
        (queue_token("concert", expires_at=1, address=ELSEWHERE, key=OTHER_KEY), "hash"),
        (queue_token("concert", expires_at=1, address=ELSEWHERE), "eventid"),
        (queue_token(expires_at=1, address=ELSEWHERE), "timestamp"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_a_token_has_the_first_error_of_the_protocols_order_or_none(text: str, expected: str | None) -> None:
    assert token_error(parsed(text), KEYS, ROOMS, ADDRESS, NOW) == expected


def test_an_unknown_client_address_is_not_compared() -> None:
    assert token_error(parsed(queue_token(address=ELSEWHERE)), KEYS, ROOMS, "", NOW) is None


def test_during_a_rotation_a_token_of_the_previous_key_is_accepted_with_its_address() -> None:
    rotated = secret_keys("the-new-key", SECRET_KEY)

    assert token_error(parsed(queue_token(address=ADDRESS)), rotated, ROOMS, ADDRESS, NOW) is None
