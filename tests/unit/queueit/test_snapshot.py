"""The snapshot document: what compiles, and what is refused without a word of its credentials."""

from typing import Any

import pytest

from queueit.errors import InvalidIntegrationConfig, InvalidSettings, InvalidSnapshot, UnknownSnapshotFormat
from queueit.snapshot import compile_snapshot
from tests.builders import NOW, OTHER_KEY, SECRET_KEY, mac, snapshot_document


def test_a_document_compiles_to_all_that_a_decision_needs() -> None:
    snapshot = compile_snapshot(snapshot_document(settings={"poll_interval_seconds": 60}))

    assert (snapshot.customer_id, snapshot.version, snapshot.published_at) == ("example", 7, NOW)
    assert snapshot.settings.poll_interval_seconds == 60
    assert [integration.name for integration in snapshot.integrations] == ["Tickets"]
    assert snapshot.by_required_text == (("/TICKETS", snapshot.integrations[0]),)


def test_the_account_of_the_snapshot_outweighs_that_of_the_configuration() -> None:
    snapshot = compile_snapshot(snapshot_document(customer_id="other"))

    assert snapshot.integrations[0].query.startswith("c=other&")


def test_a_rotation_is_two_keys() -> None:
    credentials = {"secret_key": SECRET_KEY, "previous_secret_key": OTHER_KEY}
    keys = compile_snapshot(snapshot_document(credentials=credentials)).keys

    assert keys.sign("text") == mac("text", SECRET_KEY)
    assert keys.verify("text", mac("text", OTHER_KEY))


def test_credentials_that_the_edge_does_not_know_are_left_alone() -> None:
    credentials = {"secret_key": SECRET_KEY, "api_key": "x", "later": 1}

    assert compile_snapshot(snapshot_document(credentials=credentials))


@pytest.mark.parametrize("format_", [2, 0, "1", None, []])
def test_another_format_is_told_as_such(format_: Any) -> None:
    with pytest.raises(UnknownSnapshotFormat, match=r"snapshot format .* is not 1"):
        compile_snapshot(snapshot_document(format=format_))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"customer_id": None}, "customer_id is missing or not text"),
        ({"customer_id": ""}, "customer_id is missing or not text"),
        ({"customer_id": 5}, "customer_id is missing or not text"),
        ({"customer_id": "a/b"}, "customer_id is not letters, digits, hyphens and underscores"),
        ({"credentials": None}, "credentials is not an object"),
        ({"credentials": {}}, r"credentials\.secret_key is missing or not text"),
        ({"credentials": {"secret_key": ""}}, r"credentials\.secret_key is missing or not text"),
        (
            {"credentials": {"secret_key": "k", "previous_secret_key": 5}},
            r"credentials\.previous_secret_key is missing or not text",
        ),
        ({"published_at": None}, "published_at is not in whole Unix seconds"),
        ({"published_at": True}, "published_at is not in whole Unix seconds"),
        ({"published_at": 1.5}, "published_at is not in whole Unix seconds"),
        ({"source": "elsewhere"}, "source is not one of schedule, publish, apply"),
        ({"source": None}, "source is not one of schedule, publish, apply"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(changes: Any, message: str) -> None:
    with pytest.raises(InvalidSnapshot, match=f"^invalid snapshot: {message}"):
        compile_snapshot(snapshot_document(**changes))


@pytest.mark.parametrize("document", [None, [], "text", 5])
def test_what_is_no_object_is_no_snapshot(document: Any) -> None:
    with pytest.raises(InvalidSnapshot, match="it is not an object"):
        compile_snapshot(document)


def test_what_is_wrong_inside_is_told_by_the_part_it_is_in() -> None:
    with pytest.raises(InvalidIntegrationConfig):
        compile_snapshot(snapshot_document(integration_config=None))
    with pytest.raises(InvalidSettings):
        compile_snapshot(snapshot_document(settings={"enabled": "no"}))


@pytest.mark.parametrize(
    "changes",
    [
        {"integration_config": {"Version": 0}},
        {"settings": {"enabled": 0}},
        {"customer_id": "a b"},
        {"format": 2},
        {"credentials": {"secret_key": SECRET_KEY, "previous_secret_key": [SECRET_KEY]}},
    ],
)
def test_no_error_holds_a_credential(changes: Any) -> None:
    with pytest.raises(ValueError) as error:  # any of the errors above
        compile_snapshot(snapshot_document(**changes))

    assert SECRET_KEY not in f"{error.value!r}{error.value}"
