"""The snapshot document: what compiles, and what is refused without a word of the keys."""

from typing import Any

import pytest

from queueit.errors import InvalidIntegrationConfig, InvalidSettings, InvalidSnapshot, UnknownSnapshotFormat
from queueit.snapshot import ServiceKeys, compile_snapshot
from tests.builders import NOW, OTHER_KEY, SECRET_KEY, compiled_snapshot, mac, snapshot_document

KEYS = {"secret_key": SECRET_KEY}
ALL_KEYS = {**KEYS, "api_key": "not-a-real-api-key", "proxy_key": "not-a-real-proxy-key"}
VERIFY = {"verify": {"url": "https://verify.example.com"}}
DIRECT_PASS = {"direct_pass": {"url": "https://pass.example.com"}}


def test_a_document_compiles_to_all_that_a_decision_needs() -> None:
    snapshot = compile_snapshot(snapshot_document(settings={"poll_interval_seconds": 60}), KEYS)

    assert (snapshot.customer_id, snapshot.version, snapshot.published_at) == ("example", 7, NOW)
    assert snapshot.settings.poll_interval_seconds == 60
    assert [integration.name for integration in snapshot.integrations] == ["Tickets"]
    assert snapshot.candidates.texts == (("/TICKETS", 0),)


def test_the_account_of_the_snapshot_outweighs_that_of_the_configuration() -> None:
    snapshot = compile_snapshot(snapshot_document(customer_id="other"), KEYS)

    assert snapshot.integrations[0].query.startswith("c=other&")


@pytest.mark.parametrize("name", ["previous_secret_key", "next_secret_key"])
def test_during_a_rotation_a_snapshot_has_two_keys(name: str) -> None:
    keys = compiled_snapshot(keys={"secret_key": SECRET_KEY, name: OTHER_KEY}).keys

    assert keys.sign("text") == mac("text", SECRET_KEY)
    assert keys.verify("text", mac("text", OTHER_KEY))


def test_session_cookies_can_be_signed_with_another_key_than_the_platforms() -> None:
    both = {"secret_key": SECRET_KEY, "previous_secret_key": OTHER_KEY, "session_secret_key": OTHER_KEY}
    snapshot = compiled_snapshot(keys=both)

    assert snapshot.keys.sign("text") == mac("text", OTHER_KEY)
    assert [snapshot.keys.verify("text", mac("text", key)) for key in (SECRET_KEY, OTHER_KEY)] == [True, True]
    assert len(snapshot.keys.accepted) == 2
    assert snapshot.enqueue_key
    assert snapshot.enqueue_key.secret == SECRET_KEY.encode()


def test_keys_are_replaced_without_anything_else() -> None:
    before = compiled_snapshot(settings=VERIFY, keys={**KEYS, "api_key": "not-a-real-key"})
    after = before.with_keys({"secret_key": OTHER_KEY, "api_key": "another-fake-key"})

    assert after.keys.sign("text") == mac("text", OTHER_KEY)
    assert after.service_keys.api_key == "another-fake-key"
    assert after.integrations is before.integrations
    with pytest.raises(InvalidSnapshot, match="api_key is missing"):
        before.with_keys(KEYS)


@pytest.mark.parametrize("keys", [{}, {"secret_key": ""}, {"previous_secret_key": OTHER_KEY}])
def test_without_a_secret_key_there_is_no_snapshot(keys: Any) -> None:
    with pytest.raises(InvalidSnapshot, match="secret_key is missing"):
        compile_snapshot(snapshot_document(), keys)


@pytest.mark.parametrize("format_", [2, 0, "1", None, []])
def test_an_unknown_format_is_named_in_the_error(format_: Any) -> None:
    with pytest.raises(UnknownSnapshotFormat, match=r"snapshot format .* is not 1"):
        compile_snapshot(snapshot_document(format=format_), KEYS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"customer_id": None}, "customer_id is not letters, digits, hyphens and underscores"),
        ({"customer_id": ""}, "customer_id is not letters, digits, hyphens and underscores"),
        ({"customer_id": 5}, "customer_id is not letters, digits, hyphens and underscores"),
        ({"customer_id": "a/b"}, "customer_id is not letters, digits, hyphens and underscores"),
        ({"published_at": None}, "published_at is not in whole Unix seconds"),
        ({"published_at": True}, "published_at is not in whole Unix seconds"),
        ({"published_at": 1.5}, "published_at is not in whole Unix seconds"),
        ({"source": "elsewhere"}, "source is not one of schedule, publish, apply, operator"),
        ({"source": None}, "source is not one of schedule, publish, apply, operator"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(changes: Any, message: str) -> None:
    with pytest.raises(InvalidSnapshot, match=f"^invalid snapshot: {message}"):
        compile_snapshot(snapshot_document(**changes), KEYS)


@pytest.mark.parametrize("document", [None, [], "text", 5])
def test_what_is_no_object_is_no_snapshot(document: Any) -> None:
    with pytest.raises(InvalidSnapshot, match="it is not an object"):
        compile_snapshot(document, KEYS)


def test_what_is_wrong_inside_is_told_by_the_part_it_is_in() -> None:
    with pytest.raises(InvalidIntegrationConfig):
        compile_snapshot(snapshot_document(integration_config=None), KEYS)
    with pytest.raises(InvalidSettings):
        compile_snapshot(snapshot_document(settings={"enabled": "no"}), KEYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"integration_config": {"Version": 0}},
        {"settings": {"enabled": 0}},
        {"customer_id": "a b"},
        {"format": 2},
        {"settings": VERIFY},
    ],
)
def test_no_error_holds_a_key(changes: Any) -> None:
    with pytest.raises(ValueError) as error:  # any of the errors above
        compile_snapshot(snapshot_document(**changes), KEYS)

    assert SECRET_KEY not in f"{error.value!r}{error.value}"


@pytest.mark.parametrize(
    ("settings", "key", "setting"), [(VERIFY, "api_key", "verify"), (DIRECT_PASS, "proxy_key", "direct_pass")]
)
@pytest.mark.parametrize("value", [None, "", "with space", "line\nbreak", "é"])
def test_a_setting_whose_key_is_missing_or_cannot_be_sent_is_refused(
    settings: dict[str, Any], key: str, setting: str, value: str | None
) -> None:
    with pytest.raises(InvalidSnapshot) as refused:
        compiled_snapshot(settings=settings, keys={**ALL_KEYS, key: value})

    assert f"{key} is missing" in str(refused.value)
    assert f'the setting "{setting}" needs it' in str(refused.value)
    assert not value or value not in str(refused.value)


def test_a_key_that_no_setting_needs_may_be_missing_or_anything() -> None:
    assert compiled_snapshot().service_keys == ServiceKeys()
    off = {"enqueue_token": {"enabled": False}}
    assert compiled_snapshot(settings=off, keys={**KEYS, "api_key": "with space"}).needs_services is False


@pytest.mark.parametrize("settings", [VERIFY, DIRECT_PASS, {}])
def test_a_snapshot_says_whether_anything_is_asked_outside(settings: dict[str, Any]) -> None:
    assert compiled_snapshot(settings=settings, keys=ALL_KEYS).needs_services is True


def test_no_key_is_in_a_snapshots_text() -> None:
    text = repr(compiled_snapshot(settings=VERIFY | DIRECT_PASS, keys=ALL_KEYS))

    assert "not-a-real" not in text
