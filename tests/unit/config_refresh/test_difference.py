"""Two snapshots compared in words."""

from typing import Any

from config_refresh.content import Content
from config_refresh.difference import MAX_CHARACTERS, MAX_SENTENCES, difference
from tests.builders import SECRET_KEY, integration_config, queue_integration, snapshot_document


def content(
    *integrations: Any, version: int = 7, keys: dict[str, str] | None = None, **changes: Any
) -> Content:
    config = integration_config(*integrations, version=version)
    return Content(
        snapshot_document(integration_config=config, **changes), keys or {"secret_key": SECRET_KEY}
    )


def test_the_first_snapshot_differs_from_nothing() -> None:
    assert difference(None, content()) == ["the first publication"]


def test_snapshots_that_differ_only_in_when_and_why_do_not_differ() -> None:
    assert difference(content(), content(published_at=1, source="apply")) == []


def test_integrations_are_told_apart_by_their_names() -> None:
    one, two, three = (queue_integration(Name=name) for name in ("One", "Two", "Three"))
    changed = {**two, "CookieValidityMinute": 10, "Triggers": []}

    assert difference(content(one, two), content(changed, three, version=8)) == [
        "version 7 → 8",
        'integration "Three" is new',
        'integration "One" is gone',
        'integration "Two": CookieValidityMinute 20 → 10, other triggers',
    ]


def test_another_order_counts_because_the_first_match_wins() -> None:
    one, two = (queue_integration(Name=name) for name in ("One", "Two"))

    said = difference(content(one, two), content(two, one))
    assert said == ["the integrations are in another order"]


def test_equal_names_and_no_names_are_numbered() -> None:
    same = queue_integration()
    unnamed = queue_integration(Name=None)

    assert difference(content(same), content(same, same, unnamed)) == [
        'integration "Tickets" (2) is new',
        'integration "3" is new',
    ]


def test_settings_are_shown_with_their_values() -> None:
    before = content(settings={"enabled": True, "poll_interval_seconds": 30})
    after = content(settings={"enabled": False, "ignored_methods": ["TRACE"]})

    assert difference(before, after) == [
        "setting enabled true → false",
        "setting poll_interval_seconds 30 → not given",
        'setting ignored_methods not given → ["TRACE"]',
    ]


def test_another_version_of_the_connector_is_named() -> None:
    before, after = content(compiler="1.0.0"), content(compiler="1.1.0")

    assert difference(before, after) == ['connector version "1.0.0" → "1.1.0"']


def test_keys_are_never_shown() -> None:
    old = {"secret_key": "SECRET-1", "api_key": "SECRET-2"}
    staged = {
        "secret_key": "SECRET-3",
        "previous_secret_key": "SECRET-1",
        "session_secret_key": "SECRET-1",
        "api_key": "SECRET-4",
    }
    new = {"secret_key": "SECRET-3", "proxy_key": "SECRET-5", "api_key": "SECRET-4"}
    steps = [content(keys=one) for one in (old, staged, new)]

    first, second = difference(steps[0], steps[1]), difference(steps[1], steps[2])
    assert first == [
        "enqueue tokens are signed with another secret key",
        "another secret key is accepted",
        "another api key",
    ]
    assert second == [
        "session cookies are signed with another secret key",
        "a secret key is no longer accepted",
        "another proxy key",
    ]


def test_a_difference_has_a_bounded_length() -> None:
    many = [queue_integration(Name=f"{number}-{'x' * 500}") for number in range(40)]

    said = difference(content(), content(*many))
    assert len(said) == MAX_SENTENCES
    assert max(map(len, said)) == MAX_CHARACTERS
    assert said[-1] == "and 22 more differences"
