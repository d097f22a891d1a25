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


def error(
    text: str, *, rooms: tuple[str, ...] = ROOMS, client_ip: str = ADDRESS, now: int = NOW
) -> str | None:
    return token_error(parsed(text), KEYS, rooms, client_ip, now)


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

    def test_the_largest_number_a_token_can_hold_is_read(self) -> None:
        assert error(f"ts_{'9' * (MAX_LENGTH - 3)}") == "hash"


class TestChecks:
    def test_a_genuine_token_has_no_error(self) -> None:
        assert error(queue_token()) is None

    def test_a_token_of_an_involved_room_has_none_either(self) -> None:
        assert error(queue_token("sale")) is None

    def test_a_token_without_a_queue_id_is_as_good(self) -> None:
        assert error(queue_token(queue_id="", redirect_type="safetynet")) is None

    @pytest.mark.parametrize(
        "text",
        [
            queue_token(key=OTHER_KEY),
            queue_token().replace("tickets", "sale"),
            queue_token()[:-1],
            queue_token().partition("~h_")[0],
            queue_token().partition("~h_")[0] + "~h_",
            "~h_" + mac("tickets"),
            "made-up",
            f"e_tickets~ts_{NOW + 60}~h_{'é' * 64}",
        ],
        ids=["foreign", "changed", "cut", "without", "empty", "of another text", "nonsense", "not ascii"],
    )
    def test_a_wrong_hash_is_the_error_hash(self, text: str) -> None:
        assert error(text) == "hash"

    def test_an_upper_case_hash_is_the_error_hash(self) -> None:
        text, _, proof = queue_token().partition("~h_")

        assert error(f"{text}~h_{proof.upper()}") == "hash"

    def test_the_hash_covers_the_token_without_its_hash_wherever_that_stands(self) -> None:
        text = f"e_tickets~ts_{NOW}"
        proof = mac(text)

        assert error(f"e_tickets~h_{proof}~ts_{NOW}") is None

    def test_a_hash_that_stands_there_twice_is_the_error_hash(self) -> None:
        text, mark, proof = queue_token().partition("~h_")

        assert error(f"{text}{mark}{proof}{mark}{proof}") == "hash"

    @pytest.mark.parametrize("room", ["concert", "Tickets", "ticket", ""])
    def test_a_room_that_is_not_of_the_action_is_the_error_eventid(self, room: str) -> None:
        assert error(queue_token(room)) == "eventid"

    def test_a_token_is_valid_up_to_and_including_its_expiry(self) -> None:
        assert error(queue_token(expires_at=NOW)) is None
        assert error(queue_token(expires_at=NOW - 1)) == "timestamp"

    def test_a_token_without_expiry_is_the_error_timestamp(self) -> None:
        assert error(queue_token(expires_at=None)) == "timestamp"

    def test_a_token_bound_to_the_clients_address_has_no_error(self) -> None:
        assert error(queue_token(address=ADDRESS)) is None

    def test_a_token_bound_to_another_address_is_the_error_ip(self) -> None:
        assert error(queue_token(address="198.51.100.1")) == "ip"

    def test_an_unknown_client_address_is_not_compared(self) -> None:
        assert error(queue_token(address="198.51.100.1"), client_ip="") is None

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            (queue_token("concert", expires_at=1, address="198.51.100.1", key=OTHER_KEY), "hash"),
            (queue_token("concert", expires_at=1, address="198.51.100.1"), "eventid"),
            (queue_token(expires_at=1, address="198.51.100.1"), "timestamp"),
            (queue_token(address="198.51.100.1"), "ip"),
        ],
    )
    def test_the_checks_come_in_the_order_hash_eventid_timestamp_ip(self, text: str, first: str) -> None:
        assert error(text) == first

    def test_during_a_rotation_a_token_of_the_previous_key_is_accepted_with_its_address(self) -> None:
        rotated = secret_keys("the-new-key", SECRET_KEY)
        token = parsed(queue_token(address=ADDRESS))

        assert token_error(token, rotated, ROOMS, ADDRESS, NOW) is None
