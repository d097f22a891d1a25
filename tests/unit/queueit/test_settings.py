"""Settings: their defaults, what each accepts, and what is said of a wrong one."""

from typing import Any

import pytest

from queueit.errors import InvalidSettings
from queueit.settings import (
    DirectPassSettings,
    EnqueueTokenSettings,
    SessionCookieSettings,
    Settings,
    VerifySettings,
    parse_settings,
)
from tests.every_setting import EVERY_SETTING


def problems_of(document: Any, *, strict: bool = True) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as error:
        parse_settings(document, strict=strict)
    return error.value.problems


def as_document(value: Any) -> Any:
    """Settings as the document that they were read from."""
    if hasattr(value, "_asdict"):
        return {name: as_document(one) for name, one in value._asdict().items()}
    return [*value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("document", [None, {}, dict.fromkeys(Settings._fields), {"enqueue_token": {}}])
def test_a_setting_that_is_absent_or_null_has_its_default(document: Any) -> None:
    settings = parse_settings(document, strict=True)

    assert settings == Settings()
    assert (settings.enabled, settings.url_matching, settings.own_domain) == (True, "every_form", "queue")
    assert (settings.preflight, settings.ignored_methods) == ("pass", ())
    assert settings.session_cookie == SessionCookieSettings(None, None, None)
    assert (settings.poll_interval_seconds, settings.replica_regions) == (30, ())
    assert settings.enqueue_token == EnqueueTokenSettings()
    assert (settings.verify, settings.direct_pass) == (None, None)


def test_every_setting_is_read_under_its_own_name() -> None:
    document = EVERY_SETTING | {"enabled": False}

    assert document.keys() == {*Settings._fields}
    assert as_document(parse_settings(document, strict=True)) == document


def test_a_service_needs_no_more_than_its_url() -> None:
    verify, direct_pass = "https://verify.example.com/v1", "https://pass.example.com"
    settings = parse_settings({"verify": {"url": verify}, "direct_pass": {"url": direct_pass}}, strict=True)

    assert settings.verify == VerifySettings(verify, 1000)
    assert settings.direct_pass == DirectPassSettings(direct_pass, 3000, "pass")


ORIGINS = ["https://www.example.com", "https://shop.example.com:8443", "http://localhost:8080"]
TOKEN = {"enabled": True, "validity_seconds": 30, "key": True, "client_ip": False, "x_forwarded_for": False}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("url_matching", "as_configured"),
        ("own_domain", "as_sent"),
        ("preflight", "decide"),
        ("ignored_methods", ["OPTIONS", "HEAD"]),
        ("session_cookie", {"same_site": "None", "secure": True, "http_only": True}),
        ("poll_interval_seconds", 300),
        ("replica_regions", ["eu-west-1", "us-gov-west-1"]),
        ("truncated_body", "visible_part"),
        ("include_body", True),
        ("allowed_origins", ORIGINS),
        ("enqueue_token", TOKEN),
        ("enqueue_token", {"validity_seconds": 3600}),
        ("enqueue_token", {"enabled": False}),
        ("verify", {"url": "https://v.example.com/{customerId}/{eventId}?q={queueId}", "timeout_ms": 100}),
        ("verify", {"url": "http://127.0.0.1:8081/verify", "timeout_ms": 3000}),
        ("direct_pass", {"url": "https://p.example.com/", "timeout_ms": 800, "on_failure": "queue"}),
        ("direct_pass", {"url": "https://p.example.com:9443/a", "timeout_ms": 4000, "on_failure": "pass"}),
        ("diagnostics", False),
        ("decision_log_rate", 0),
        ("decision_log_rate", 1),
        ("decision_log_rate", 0.5),
    ],
)
def test_what_a_setting_accepts_is_kept(name: str, given: Any) -> None:
    read = as_document(getattr(parse_settings({name: given}, strict=True), name))

    assert (given.items() <= read.items()) if isinstance(given, dict) else read == given


METHODS = "accepts a list of HTTP methods in capitals, such as"
SECONDS = "accepts a whole number from 5 to 300"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("enabled", "yes", 'got "yes"; accepts true or false'),
        ("enabled", 1, "got 1; accepts true or false"),
        ("url_matching", "raw", 'got "raw"; accepts "every_form" or "as_configured"'),
        ("url_matching", [], 'got []; accepts "every_form" or "as_configured"'),
        ("own_domain", "pass", 'got "pass"; accepts "queue" or "as_sent"'),
        ("preflight", True, 'got true; accepts "pass" or "decide"'),
        ("ignored_methods", "OPTIONS", f'got "OPTIONS"; {METHODS}'),
        ("ignored_methods", ["options"], f'got ["options"]; {METHODS}'),
        ("ignored_methods", [1], f"got [1]; {METHODS}"),
        ("poll_interval_seconds", 4, f"got 4; {SECONDS}"),
        ("poll_interval_seconds", 301, f"got 301; {SECONDS}"),
        ("poll_interval_seconds", 30.0, f"got 30.0; {SECONDS}"),
        ("poll_interval_seconds", True, f"got true; {SECONDS}"),
        ("replica_regions", ["Ireland"], 'got ["Ireland"]; accepts a list of AWS regions, such as'),
        ("session_cookie", "Lax", 'got "Lax"; accepts an object'),
        ("session_cookie.same_site", "lax", 'got "lax"; accepts "Lax" or "Strict" or "None"'),
        ("session_cookie.same_site", "None", 'got "None" without "session_cookie.secure"'),
        ("session_cookie.same_site", "None", "set session_cookie.secure to true, or accept Lax"),
        ("session_cookie.secure", "no", 'got "no"; accepts true or false'),
        ("session_cookie.http_only", 0, "got 0; accepts true or false"),
        ("include_body", "yes", 'got "yes"; accepts true or false'),
        ("truncated_body", "pass", 'got "pass"; accepts "queue" or "visible_part"'),
        ("allowed_origins", "https://a.example", "accepts a list of origins as browsers send them"),
        ("allowed_origins", ["*"], 'got ["*"]; accepts a list of origins'),
        ("allowed_origins", ["http://a.example"], "http for localhost only"),
        ("allowed_origins", ["https://a.example/"], "no path"),
        ("allowed_origins", ["https://A.example"], "lower case"),
        ("allowed_origins", ["https://a.example:443"], "a port only if it is not 443"),
        ("allowed_origins", ["null"], "accepts a list of origins"),
        ("enqueue_token", True, "got true; accepts an object"),
        ("enqueue_token.validity_seconds", 29, "got 29; accepts a whole number from 30 to 3600"),
        ("enqueue_token.validity_ms", 1, "the settings here are client_ip, enabled, key, validity_seconds"),
        ("verify.url", None, "is missing; verify needs the URL of the service to ask"),
        ("verify.url", "http://v.example.com", 'got "http://v.example.com"; accepts an https'),
        ("verify.url", "https://user:pw@v.example.com", "without credentials or fragment"),
        ("verify.url", "https://v.example.com/#a", "without credentials or fragment"),
        ("verify", {"url": "https://v.example.com/", "timeout_ms": 99}, "a whole number from 100 to 3000"),
        ("verify", {}, '"verify.url" is missing'),
        ("direct_pass", {"timeout_ms": 800}, '"direct_pass.url" is missing'),
        ("direct_pass", {"url": "https://p.example.com", "timeout_ms": 4001}, "from 800 to 4000"),
        ("direct_pass", {"url": "https://p.example.com", "on_failure": "open"}, 'accepts "pass" or "queue"'),
        ("diagnostics", 1, "got 1; accepts true or false"),
        ("decision_log_rate", 1.1, "accepts a number from 0 to 1"),
        ("decision_log_rate", float("nan"), "accepts a number from 0 to 1"),
        *[("decision_log_rate", rate, "accepts a number from 0 to 1") for rate in (True, "0.5", -0.1)],
    ],
)
def test_a_wrong_setting_is_named_with_the_value_it_got_and_what_it_accepts(
    name: str, value: Any, message: str
) -> None:
    first, _, second = name.partition(".")
    (problem,) = problems_of({first: {second: value} if second else value})

    assert problem.startswith(f'setting "{name}')
    assert message in problem


@pytest.mark.parametrize("document", [[], "on"])
def test_settings_that_are_no_object_are_refused(document: Any) -> None:
    got = '"on"' if document else "[]"

    assert problems_of(document) == (f"the settings: got {got}; accepts an object",)


def test_all_wrong_settings_are_told_at_once() -> None:
    assert len(problems_of({"enabled": 1, "verify": {"url": 5}, "speed": 9})) == 3


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

    @pytest.mark.parametrize("document", [{"enabled": "no"}, {"verify": {"timeout_ms": 500}}])
    def test_the_edge_still_refuses_a_wrong_value(self, document: Any) -> None:
        assert len(problems_of(document, strict=False)) == 1


def test_a_long_value_is_cut_in_the_message() -> None:
    assert problems_of({"enabled": "x" * 200}) == (
        f'setting "enabled": got "{"x" * 76}...; accepts true or false',
    )
