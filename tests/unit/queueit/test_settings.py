"""Settings: their defaults, what each accepts, and what a wrong one is told."""

from typing import Any

import pytest

from queueit.errors import InvalidSettings
from queueit.settings import (
    DirectPassSettings,
    EnqueueTokenSettings,
    Settings,
    VerifySettings,
    parse_settings,
)
from tests.every_setting import EVERY_SETTING


def as_document(value: Any) -> Any:
    """Settings as the document that they were read from."""
    if hasattr(value, "_asdict"):
        return {name: as_document(one) for name, one in value._asdict().items()}
    return [*value] if isinstance(value, tuple) else value


def test_without_a_document_what_asks_a_service_is_off() -> None:
    settings = parse_settings(None, strict=True)

    assert settings == Settings()
    assert (settings.verify, settings.direct_pass) == (None, None)


def test_every_setting_is_read_under_its_own_name() -> None:
    document = EVERY_SETTING | {"enabled": False}

    assert document.keys() == {*Settings._fields}
    assert as_document(parse_settings(document, strict=True)) == document


def test_null_means_the_default() -> None:
    names = Settings._fields

    assert parse_settings(dict.fromkeys(names), strict=True) == Settings()


def test_an_empty_object_leaves_enqueue_tokens_as_they_are_by_default() -> None:
    settings = parse_settings({"enqueue_token": {}}, strict=True)

    assert settings.enqueue_token == EnqueueTokenSettings()


def test_a_service_needs_no_more_than_its_url() -> None:
    settings = parse_settings(
        {
            "verify": {"url": "https://verify.example.com/v1"},
            "direct_pass": {"url": "https://pass.example.com"},
        },
        strict=True,
    )

    assert settings.verify == VerifySettings("https://verify.example.com/v1", 1000)
    assert settings.direct_pass == DirectPassSettings("https://pass.example.com", 3000, "pass")


@pytest.mark.parametrize(
    "document",
    [
        {"truncated_body": "visible_part"},
        {"include_body": True},
        {
            "allowed_origins": [
                "https://www.example.com",
                "https://shop.example.com:8443",
                "http://localhost:8080",
            ]
        },
        {
            "enqueue_token": {
                "enabled": True,
                "validity_seconds": 30,
                "key": True,
                "client_ip": False,
                "x_forwarded_for": False,
            }
        },
        {"enqueue_token": {"validity_seconds": 3600}},
        {"enqueue_token": {"enabled": False}},
        {"verify": {"url": "https://v.example.com/{customerId}/{eventId}?q={queueId}", "timeout_ms": 100}},
        {"verify": {"url": "http://127.0.0.1:8081/verify", "timeout_ms": 3000}},
        {"direct_pass": {"url": "https://p.example.com/", "timeout_ms": 800, "on_failure": "queue"}},
        {"direct_pass": {"url": "https://p.example.com:9443/a", "timeout_ms": 4000, "on_failure": "pass"}},
        {"diagnostics": False},
        {"decision_log_rate": 0},
        {"decision_log_rate": 1},
        {"decision_log_rate": 0.5},
    ],
)
def test_what_a_setting_accepts_is_kept(document: dict[str, Any]) -> None:
    ((name, given),) = document.items()

    read = getattr(parse_settings(document, strict=True), name)

    if isinstance(given, dict):
        assert given.items() <= read._asdict().items()
    else:
        assert (list(read) if isinstance(read, tuple) else read) == given


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"include_body": "yes"}, 'setting "include_body": got "yes"; accepts true or false'),
        ({"truncated_body": "pass"}, 'setting "truncated_body": got "pass"; accepts "queue" or "visible_part"'),
        ({"allowed_origins": "https://a.example"}, 'accepts a list of origins as browsers send them'),
        ({"allowed_origins": ["*"]}, 'setting "allowed_origins": got ["*"]; accepts a list of origins'),
        ({"allowed_origins": ["http://a.example"]}, "http for localhost only"),
        ({"allowed_origins": ["https://a.example/"]}, "no path"),
        ({"allowed_origins": ["https://A.example"]}, "lower case"),
        ({"allowed_origins": ["https://a.example:443"]}, "a port only if it is not 443"),
        ({"allowed_origins": ["null"]}, "accepts a list of origins"),
        ({"enqueue_token": True}, 'setting "enqueue_token": got true; accepts an object'),
        ({"enqueue_token": {"validity_seconds": 29}}, "got 29; accepts a whole number from 30 to 3600"),
        ({"enqueue_token": {"validity_ms": 1}}, "the settings here are client_ip, enabled, key, validity_seconds"),
        ({"verify": {}}, 'setting "verify.url" is missing; verify needs the URL of the service to ask'),
        ({"verify": {"url": None}}, 'setting "verify.url" is missing'),
        ({"verify": {"url": "http://v.example.com"}}, 'got "http://v.example.com"; accepts an https'),
        ({"verify": {"url": "https://user:pw@v.example.com"}}, "without credentials or fragment"),
        ({"verify": {"url": "https://v.example.com/#a"}}, "without credentials or fragment"),
        ({"verify": {"url": "https://v.example.com/", "timeout_ms": 99}}, "a whole number from 100 to 3000"),
        ({"direct_pass": {"timeout_ms": 800}}, 'setting "direct_pass.url" is missing'),
        ({"direct_pass": {"url": "https://p.example.com", "timeout_ms": 4001}}, "from 800 to 4000"),
        ({"direct_pass": {"url": "https://p.example.com", "on_failure": "open"}}, 'accepts "pass" or "queue"'),
        ({"diagnostics": 1}, 'setting "diagnostics": got 1; accepts true or false'),
        ({"decision_log_rate": 1.1}, "accepts a number from 0 to 1"),
        ({"decision_log_rate": float("nan")}, "accepts a number from 0 to 1"),
        ({"decision_log_rate": True}, "accepts a number from 0 to 1"),
        ({"session_cookie": {"same_site": "None"}}, "set session_cookie.secure to true, or accept Lax"),
    ],
)  # fmt: skip
def test_what_a_setting_does_not_accept_is_refused_with_what_it_does(document: Any, message: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        parse_settings(document, strict=True)

    assert message in str(refused.value)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({"enabled": 1, "verify": {"url": 5}, "speed": 9}, strict=True)

    assert len(refused.value.problems) == 3


def test_an_edge_leaves_out_settings_of_a_later_version() -> None:
    settings = parse_settings({"speed": 9, "enqueue_token": {"colour": "red"}}, strict=False)

    assert settings == Settings(enqueue_token=EnqueueTokenSettings())


def test_an_edge_does_not_accept_a_wrong_value_of_a_setting_it_knows() -> None:
    with pytest.raises(InvalidSettings, match="verify"):
        parse_settings({"verify": {"timeout_ms": 500}}, strict=False)
