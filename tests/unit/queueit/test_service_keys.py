"""The keys that services are asked with: required by the settings that use them, and never shown."""

from typing import Any

import pytest

from queueit.errors import InvalidSnapshot
from tests.builders import compiled_snapshot

VERIFY = {"verify": {"url": "https://verify.example.com"}}
DIRECT_PASS = {"direct_pass": {"url": "https://pass.example.com"}}
KEYS = {"api_key": "not-a-real-api-key", "proxy_key": "not-a-real-proxy-key"}


def snapshot(settings: dict[str, Any], **keys: Any) -> Any:
    return compiled_snapshot(settings=settings, keys={"secret_key": "not-a-real-secret-key", **keys})


@pytest.mark.parametrize(
    ("settings", "key", "setting"), [(VERIFY, "api_key", "verify"), (DIRECT_PASS, "proxy_key", "direct_pass")]
)
@pytest.mark.parametrize("value", [None, "", "with space", "line\nbreak", "é"])
def test_a_setting_whose_key_is_missing_or_cannot_be_sent_is_refused(
    settings: dict[str, Any], key: str, setting: str, value: str | None
) -> None:
    with pytest.raises(InvalidSnapshot) as refused:
        snapshot(settings, **{**KEYS, key: value})

    assert f"{key} is missing" in str(refused.value)
    assert f'the setting "{setting}" needs it' in str(refused.value)
    assert not value or value not in str(refused.value)


def test_a_key_that_no_setting_needs_may_be_missing_or_anything() -> None:
    assert snapshot({}).service_keys == ("", "")
    assert snapshot({"enqueue_token": {"enabled": False}}, api_key="with space").needs_services is False


@pytest.mark.parametrize("settings", [VERIFY, DIRECT_PASS, {}])
def test_a_snapshot_says_whether_anything_is_asked_outside(settings: dict[str, Any]) -> None:
    assert snapshot(settings, **KEYS).needs_services is True


def test_no_key_is_in_a_snapshots_text() -> None:
    text = repr(snapshot(VERIFY | DIRECT_PASS, **KEYS))

    assert "not-a-real" not in text
