"""The way from one secret key to another."""

from typing import Any

import pytest

from config_refresh.key_rotation import MARGIN_SECONDS, next_credentials

OLD = {"secret_key": "old", "api_key": "a"}
NEW = {"secret_key": "new", "previous_secret_key": "old", "api_key": "a"}
STAGED = {"secret_key": "old", "previous_secret_key": "new", "api_key": "a"}
PUBLISHED_AT = 1_790_000_000


def in_force(credentials: dict[str, str], **settings: Any) -> dict[str, Any]:
    return {"credentials": credentials, "settings": settings, "published_at": PUBLISHED_AT}


def after(seconds: int, wanted: dict[str, str], document: dict[str, Any] | None, **settings: Any) -> Any:
    return next_credentials(wanted, document, settings, PUBLISHED_AT + seconds)


def test_a_new_key_is_accepted_before_it_signs() -> None:
    assert after(3600, NEW, in_force(OLD)) == STAGED


def test_it_signs_when_every_edge_has_had_a_poll_to_learn_it() -> None:
    assert after(30 + MARGIN_SECONDS - 1, NEW, in_force(STAGED)) == STAGED
    assert after(30 + MARGIN_SECONDS, NEW, in_force(STAGED)) == NEW


def test_the_longer_of_two_poll_intervals_counts() -> None:
    slow = in_force(STAGED, poll_interval_seconds=300)
    assert after(300 + MARGIN_SECONDS - 1, NEW, slow) == STAGED
    assert after(300 + MARGIN_SECONDS, NEW, slow) == NEW
    assert after(60, NEW, in_force(STAGED), poll_interval_seconds=60) == STAGED


@pytest.mark.parametrize(
    ("wanted", "document"),
    [
        (NEW, None),
        (OLD, in_force(OLD)),
        (NEW, in_force(NEW)),
        ({"secret_key": "new", "api_key": "a"}, in_force(OLD)),  # the old one is not to be trusted any more
        ({"secret_key": "new", "api_key": "a"}, in_force(NEW)),  # the end of a rotation
        ({"secret_key": "new", "previous_secret_key": "other", "api_key": "a"}, in_force(OLD)),
    ],
)
def test_anything_but_a_rotation_is_published_as_it_is(wanted: dict[str, str], document: Any) -> None:
    assert after(0, wanted, document) == wanted


def test_other_credentials_change_at_once_during_a_rotation() -> None:
    assert after(0, {**NEW, "api_key": "b"}, in_force(OLD)) == {**STAGED, "api_key": "b"}


def test_settings_that_nobody_can_read_do_not_stop_it() -> None:
    assert after(30 + MARGIN_SECONDS, NEW, in_force(STAGED, poll_interval_seconds="often")) == NEW
