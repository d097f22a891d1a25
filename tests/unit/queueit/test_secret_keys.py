"""Message authentication codes, and two keys while a rotation lasts (protocol sections 1 and 4)."""

import hashlib
import hmac

import pytest

from queueit.secret_keys import secret_keys
from tests.builders import OTHER_KEY, SECRET_KEY, mac


@pytest.mark.parametrize("length", [1, 63, 64, 65, 72, 200])
@pytest.mark.parametrize("text", ["", "tickets", "é🎟", "x" * 5000])
def test_a_mac_is_hmac_sha256_in_lower_case_hex_for_a_key_of_any_length(length: int, text: str) -> None:
    key = "k" * length

    assert secret_keys(key).sign(text) == hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def test_a_key_beyond_ascii_is_taken_as_utf_8() -> None:
    assert secret_keys("clé").sign("text") == mac("text", "clé")


def test_a_key_can_be_used_again_and_again() -> None:
    keys = secret_keys(SECRET_KEY)

    assert [keys.sign("a"), keys.sign("b"), keys.sign("a")] == [mac("a"), mac("b"), mac("a")]


class TestRotation:
    def test_the_current_key_signs_and_both_verify(self) -> None:
        keys = secret_keys(SECRET_KEY, OTHER_KEY)

        assert keys.sign("text") == mac("text", SECRET_KEY)
        verified = [keys.verify("text", mac("text", key)) for key in (SECRET_KEY, OTHER_KEY, "a third key")]
        assert verified == [True, True, False]

    @pytest.mark.parametrize("previous", [None, ""])
    def test_without_a_previous_key_only_the_current_one_verifies(self, previous: str | None) -> None:
        keys = secret_keys(SECRET_KEY, previous)

        assert keys.verify("text", mac("text", SECRET_KEY))
        assert not keys.verify("text", mac("text", OTHER_KEY))
        assert not keys.verify("text", mac("text", ""))


@pytest.mark.parametrize(
    "wrong",
    ["", "0", mac("text")[:-1], mac("text") + "0", mac("text").upper(), mac("other"), "é" * 64, "\ud800"],
)
def test_anything_but_the_exact_mac_is_refused(wrong: str) -> None:
    assert not secret_keys(SECRET_KEY).verify("text", wrong)


def test_a_text_of_any_characters_can_be_verified() -> None:
    assert not secret_keys(SECRET_KEY).verify("\ud800", mac("text"))
    assert len(secret_keys("key of \ud800").sign("\udfff")) == 64


def test_a_key_does_not_show_in_a_representation() -> None:
    keys = secret_keys(SECRET_KEY, OTHER_KEY)

    assert SECRET_KEY not in f"{keys!r}{keys}{keys.current!r}"
    assert OTHER_KEY not in f"{keys!r}{keys}"
