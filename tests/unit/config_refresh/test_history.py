"""The history's list: bounded, and what becomes of snapshots."""

from typing import Any

from config_refresh.history import MAX_BYTES, MAX_ENTRIES, Cause, History, decoded, entry
from config_refresh.operator_state import OperatorDecision


def made(number: int, **changes: Any) -> dict[str, Any]:
    cause = Cause("refresh", "schedule")
    return entry(cause, number, snapshot=f"{number:064d}", previous_snapshot=None, version=number) | changes


def test_an_entry_says_who_did_what_and_why() -> None:
    cause = Cause("kill", "operator", OperatorDecision(5, "ada", "the shop is empty"))

    assert entry(
        cause, 5, snapshot="a", previous_snapshot="b", version=3, size=900, difference=["setting enabled …"]
    ) == {
        "at": 5,
        "action": "kill",
        "source": "operator",
        "actor": "ada",
        "reason": "the shop is empty",
        "snapshot": "a",
        "previous_snapshot": "b",
        "version": 3,
        "size": 900,
        "difference": ["setting enabled …"],
        "expires_at": None,
    }


def test_the_newest_entries_stay() -> None:
    history = History()
    for number in range(MAX_ENTRIES + 5):
        history = history.with_entry(made(number))

    assert [one["at"] for one in history.entries] == list(range(MAX_ENTRIES + 4, 4, -1))


def test_a_history_never_outgrows_an_item_of_the_table() -> None:
    history = History()
    for number in range(MAX_ENTRIES):
        history = history.with_entry(made(number, difference=["é" * 160] * 20))

    assert 10 < len(history.entries) < MAX_ENTRIES
    assert len(history.encoded().encode()) <= MAX_BYTES


def test_an_expiry_is_that_of_a_snapshot_wherever_it_was_in_force() -> None:
    history = History((made(2), made(1), made(2))).with_expiry(f"{2:064d}", 99)

    assert [one["expires_at"] for one in history.entries] == [99, None, 99]
    assert history.with_expiry(f"{2:064d}", None).entries[0]["expires_at"] is None


def test_a_history_survives_being_stored() -> None:
    history = History().with_entry(made(1, reason="Grüße \ud800"))

    again = decoded(history.encoded())
    assert again.entries[0] | {"reason": ""} == made(1, reason="")
