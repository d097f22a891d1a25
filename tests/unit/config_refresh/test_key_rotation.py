"""The way from one secret key to another."""

from typing import Any, NamedTuple

import pytest

from config_refresh.key_rotation import MARGIN_SECONDS, next_keys
from queueit.table_items import Current

OLD = {"secret_key": "old", "api_key": "a"}
ANNOUNCED = {"secret_key": "old", "next_secret_key": "new", "api_key": "a"}
NEW = {"secret_key": "new", "previous_secret_key": "old", "api_key": "a"}
STAGED = {**NEW, "session_secret_key": "old"}
PUBLISHED_AT = 1_790_000_000


class InForce(NamedTuple):
    """The pointer, its snapshot published ten minutes after its keys, and the settings in force."""

    current: Current
    settings: dict[str, Any]


def in_force(keys: dict[str, str], **settings: Any) -> InForce:
    return InForce(Current("a" * 64, 1, 1, PUBLISHED_AT + 600, keys, PUBLISHED_AT), settings)


def after(seconds: int, wanted: dict[str, str], before: InForce | None, **settings: Any) -> Any:
    current, old = before or (None, {})
    return next_keys(wanted, current, old, settings, now=PUBLISHED_AT + seconds)


def test_an_announced_key_is_accepted_beside_the_one_that_signs() -> None:
    assert after(3600, ANNOUNCED, in_force(OLD)) == ANNOUNCED


def test_an_announced_key_that_every_edge_knows_signs_at_once() -> None:
    assert after(60 + MARGIN_SECONDS, NEW, in_force(ANNOUNCED)) == NEW
    assert after(60 + MARGIN_SECONDS - 1, NEW, in_force(ANNOUNCED)) == STAGED


def test_a_key_that_was_not_announced_signs_enqueue_tokens_before_it_signs_cookies() -> None:
    assert after(3600, NEW, in_force(OLD)) == STAGED


def test_a_switch_that_is_taken_back_is_a_rotation_too() -> None:
    back = {"secret_key": "old", "next_secret_key": "new", "api_key": "a"}
    assert after(3600, back, in_force(STAGED)) == back
    assert after(3600, back, in_force(NEW)) == back
    assert after(0, back, in_force(NEW)) == {**back, "session_secret_key": "new"}


def test_a_new_key_signs_cookies_once_every_edge_has_had_a_poll_to_learn_it() -> None:
    assert after(60 + MARGIN_SECONDS - 1, NEW, in_force(STAGED)) == STAGED
    assert after(60 + MARGIN_SECONDS, NEW, in_force(STAGED)) == NEW


def test_the_longer_of_two_poll_intervals_counts() -> None:
    slow = in_force(STAGED, poll_interval_seconds=300)
    assert after(600 + MARGIN_SECONDS - 1, NEW, slow) == STAGED
    assert after(600 + MARGIN_SECONDS, NEW, slow) == NEW
    assert after(120, NEW, in_force(STAGED), poll_interval_seconds=60) == STAGED


@pytest.mark.parametrize(
    ("wanted", "before"),
    [
        (NEW, None),
        (OLD, in_force(OLD)),
        (NEW, in_force(NEW)),
        ({"secret_key": "new", "api_key": "a"}, in_force(OLD)),  # the old one is not to be trusted any more
        ({"secret_key": "new", "api_key": "a"}, in_force(NEW)),  # the end of a rotation
        ({"secret_key": "new", "previous_secret_key": "other", "api_key": "a"}, in_force(OLD)),
    ],
)
def test_anything_but_a_rotation_is_published_as_it_is(wanted: dict[str, str], before: Any) -> None:
    assert after(0, wanted, before) == wanted


def test_other_keys_change_at_once_during_a_rotation() -> None:
    assert after(0, {**NEW, "api_key": "b"}, in_force(OLD)) == {**STAGED, "api_key": "b"}


def test_unreadable_settings_do_not_stop_a_rotation() -> None:
    assert after(60 + MARGIN_SECONDS, NEW, in_force(STAGED, poll_interval_seconds="often")) == NEW
