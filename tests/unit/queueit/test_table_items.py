"""The table's items that edges read."""

import base64
from typing import Any

import pytest

from queueit.errors import InvalidTableItem
from queueit.table_items import (
    READ_UNIT_BYTES,
    Current,
    current_item,
    item_bytes,
    read_current,
    read_snapshot,
    snapshot_item,
    snapshot_keys,
)

DIGEST = "ab" * 32
CURRENT = Current(
    DIGEST,
    7,
    9,
    1_790_000_000,
    {"secret_key": "not-a-real-key", "api_key": "not-a-real-api-key"},
    1_780_000_000,
    copies=3,
    is_held=True,
    revision=12,
)


def test_the_pointer_comes_back_as_it_went_in() -> None:
    assert read_current(current_item(CURRENT)) == CURRENT
    with_body = CURRENT._replace(body=b"\x00body", is_held=False)
    assert read_current(current_item(with_body)) == with_body


def test_bytes_are_read_as_an_sdk_gives_them_and_as_dynamodbs_json_does() -> None:
    item = current_item(CURRENT._replace(body=b"body"))
    item["body"] = {"B": base64.b64encode(b"body").decode()}

    assert read_current(item).body == b"body"
    assert read_snapshot({"body": {"B": "Ym9keQ=="}}) == b"body"
    with pytest.raises(InvalidTableItem, match='"body" is not base64'):
        read_snapshot({"body": {"B": "§"}})


def test_a_body_is_in_the_pointer_as_long_as_that_is_one_read_unit() -> None:
    largest = READ_UNIT_BYTES - item_bytes(current_item(CURRENT)) - len("body")

    assert item_bytes(current_item(CURRENT._replace(body=bytes(largest)))) == READ_UNIT_BYTES
    assert current_item(CURRENT._replace(body=bytes(largest + 1))) == current_item(CURRENT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"snapshot": {"S": "../current"}}, "digest is not a SHA-256"),
        ({"snapshot": {"S": DIGEST.upper()}}, "digest is not a SHA-256"),
        ({"snapshot": {"N": "5"}}, 'no attribute "snapshot" of type S'),
        ({"snapshot": "text"}, 'no attribute "snapshot" of type S'),
        ({"copies": {"N": "0"}}, "has 0 copies, not 1 to 100"),
        ({"copies": {"N": "101"}}, "has 101 copies, not 1 to 100"),
        ({"copies": {"N": "-1"}}, '"copies" is not a whole number'),
        ({"version": {"N": "1e3"}}, '"version" is not a whole number'),
        ({"revision": {"N": "9" * 30}}, '"revision" is not a whole number'),
        ({"keys": {"M": {}}}, "no secret key among the keys"),
        ({"keys": {"M": {"secret_key": {"S": ""}}}}, "no secret key among the keys"),
        ({"keys": {"M": {"secret_key": {"S": "not-a-real"}, "api_key": 5}}}, '"api_key" of type S'),
        ({"held": {"S": "true"}}, 'no attribute "held" of type BOOL'),
        ({"body": {"S": "text"}}, 'no attribute "body" of type B'),
    ],
)
def test_a_malformed_pointer_is_refused_without_showing_its_keys(change: Any, message: str) -> None:
    with pytest.raises(InvalidTableItem, match=message) as refused:
        read_current({**current_item(CURRENT), **change})
    assert "not-a-real" not in str(refused.value)


@pytest.mark.parametrize("name", [name for name in current_item(CURRENT) if name != "pk"])
def test_each_attribute_of_the_pointer_is_needed(name: str) -> None:
    item = current_item(CURRENT)
    del item[name]

    with pytest.raises(InvalidTableItem, match=f'no attribute "{name}"'):
        read_current(item)


def test_keys_of_a_later_connector_are_left_alone() -> None:
    item = current_item(CURRENT)
    item["keys"]["M"]["later"] = {"N": "1"}

    assert read_current(item) == CURRENT


def test_no_key_is_in_a_pointers_text() -> None:
    assert "not-a-real" not in f"{CURRENT!r} {CURRENT}"


def test_copies_are_counted_and_a_single_one_is_not() -> None:
    assert snapshot_keys(DIGEST, 1) == [f"snapshot#{DIGEST}"]
    assert snapshot_keys(DIGEST, 2) == [f"snapshot#{DIGEST}#1", f"snapshot#{DIGEST}#2"]


def test_the_item_of_a_snapshot_in_force_never_goes() -> None:
    item = snapshot_item("snapshot#x", b"body")

    assert read_snapshot(item) == b"body"
    assert "expires_at" not in item
