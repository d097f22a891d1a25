"""The settings that every connector has: their defaults, and what is said of a wrong one."""

from typing import Any

import pytest

from queueit.errors import InvalidSettings
from queueit.settings import SessionCookieSettings, Settings, parse_settings


def problems_of(document: Any, *, strict: bool = True) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as error:
        parse_settings(document, strict=strict)
    return error.value.problems


@pytest.mark.parametrize("document", [None, {}, {"enabled": None, "session_cookie": None}])
def test_a_setting_that_is_absent_or_null_has_its_default(document: Any) -> None:
    settings = parse_settings(document, strict=True)

    assert settings == Settings()
    assert settings[:8] == (
        True,
        "every_form",
        "queue",
        "pass",
        (),
        SessionCookieSettings(None, None, None),
        30,
        (),
    )


def test_every_setting_can_be_given() -> None:
    document = {
        "enabled": False,
        "url_matching": "as_configured",
        "own_domain": "as_sent",
        "preflight": "decide",
        "ignored_methods": ["OPTIONS", "HEAD"],
        "session_cookie": {"same_site": "None", "secure": True, "http_only": True},
        "poll_interval_seconds": 300,
        "replica_regions": ["eu-west-1", "us-gov-west-1"],
    }

    assert parse_settings(document, strict=True)[:8] == (
        False,
        "as_configured",
        "as_sent",
        "decide",
        ("OPTIONS", "HEAD"),
        SessionCookieSettings("None", secure=True, http_only=True),
        300,
        ("eu-west-1", "us-gov-west-1"),
    )


@pytest.mark.parametrize(
    ("name", "value", "got", "accepts"),
    [
        ("enabled", "yes", '"yes"', "true or false"),
        ("enabled", 1, "1", "true or false"),
        ("url_matching", "raw", '"raw"', '"every_form" or "as_configured"'),
        ("url_matching", [], "[]", '"every_form" or "as_configured"'),
        ("own_domain", "pass", '"pass"', '"queue" or "as_sent"'),
        ("preflight", True, "true", '"pass" or "decide"'),
        ("ignored_methods", "OPTIONS", '"OPTIONS"', "a list of HTTP methods in capitals, such as"),
        ("ignored_methods", ["options"], '["options"]', "a list of HTTP methods in capitals, such as"),
        ("ignored_methods", [1], "[1]", "a list of HTTP methods in capitals, such as"),
        ("poll_interval_seconds", 4, "4", "a whole number from 5 to 300"),
        ("poll_interval_seconds", 301, "301", "a whole number from 5 to 300"),
        ("poll_interval_seconds", 30.0, "30.0", "a whole number from 5 to 300"),
        ("poll_interval_seconds", True, "true", "a whole number from 5 to 300"),
        ("replica_regions", ["Ireland"], '["Ireland"]', "a list of AWS regions, such as"),
        ("session_cookie.same_site", "lax", '"lax"', '"Lax" or "Strict" or "None"'),
        ("session_cookie.secure", "no", '"no"', "true or false"),
        ("session_cookie.http_only", 0, "0", "true or false"),
    ],
)
def test_a_wrong_setting_is_named_with_the_value_it_got_and_what_it_accepts(
    name: str, value: Any, got: str, accepts: str
) -> None:
    first, _, second = name.partition(".")
    (problem,) = problems_of({first: {second: value} if second else value})

    assert problem.startswith(f'setting "{name}": got {got}; accepts {accepts}')


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "the settings: got []; accepts an object"),
        ("on", 'the settings: got "on"; accepts an object'),
        ({"session_cookie": "Lax"}, 'setting "session_cookie": got "Lax"; accepts an object'),
    ],
)
def test_what_should_be_an_object_is_named(document: Any, problem: str) -> None:
    assert problems_of(document) == (problem,)


def test_same_site_none_needs_secure() -> None:
    (problem,) = problems_of({"session_cookie": {"same_site": "None"}})

    assert problem.startswith(
        'setting "session_cookie.same_site": got "None" without "session_cookie.secure"'
    )
    assert parse_settings({"session_cookie": {"same_site": "None", "secure": True}}, strict=True)


def test_all_wrong_settings_are_told_at_once() -> None:
    assert len(problems_of({"enabled": 1, "poll_interval_seconds": 1, "speed": 1})) == 3


class TestUnknownSettings:
    document = {"enabled": False, "later": 1, "session_cookie": {"later": 2}}  # noqa: RUF012

    def test_config_refresh_names_them_and_those_that_there_are(self) -> None:
        outer, inner = problems_of(self.document)

        assert outer.startswith('setting "later" is not known; the settings here are ')
        assert "enabled, " in outer
        assert inner == (
            'setting "session_cookie.later" is not known; the settings here are http_only, same_site, secure'
        )

    def test_the_edge_leaves_out_those_of_a_later_version(self) -> None:
        assert parse_settings(self.document, strict=False) == Settings(enabled=False)

    def test_the_edge_still_refuses_a_wrong_value(self) -> None:
        assert len(problems_of({"enabled": "no"}, strict=False)) == 1


def test_a_long_value_is_cut_in_the_message() -> None:
    (problem,) = problems_of({"enabled": "x" * 200})

    assert problem == f'setting "enabled": got "{"x" * 76}...; accepts true or false'
