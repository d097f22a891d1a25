"""What the table's errors mean: somebody else was faster, or there is trouble."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from config_refresh.deadline import Deadline
from config_refresh.errors import Overtaken, RefreshError
from config_refresh.history import History
from config_refresh.operator_state import OperatorState
from config_refresh.store import Store, Stored
from queueit.table_items import Current

NOTHING = Stored(None, OperatorState(), History())
FIRST = Current("a" * 64, 1, 1, 1, {"secret_key": "not-a-real-key"}, 1)


def write(store: Store) -> None:
    store.write(NOTHING, NOTHING._replace(current=FIRST), None, expires_at=9)


class Failing:
    """A client whose every call fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _operation: str) -> Any:
        def fail(**_: Any) -> Any:
            raise self._error

        return fail


def a_store(client: Any) -> Store:
    return Store(client, "shop", Deadline(60, lambda: 0, lambda seconds: None))


def cancelled(*reasons: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "…"},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(response, "TransactWriteItems")


@pytest.mark.parametrize(
    "error",
    [
        cancelled("None", "ConditionalCheckFailed", "None"),
        cancelled("TransactionConflict"),
        ClientError({"Error": {"Code": "TransactionConflictException"}}, "PutItem"),
    ],
)
def test_a_write_that_met_another_one_was_overtaken(error: ClientError) -> None:
    with pytest.raises(Overtaken, match="somebody else changed the connector's state at the same time"):
        write(a_store(Failing(error)))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            cancelled("None", "ProvisionedThroughputExceeded"),
            r"TransactionCanceledException \(ProvisionedThroughputExceeded\); that passes as a rule",
        ),
        (
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem"),
            "AccessDeniedException; check that the function's role",
        ),
    ],
)
def test_any_other_refusal_is_a_failure_and_is_named(error: ClientError, code: str) -> None:
    with pytest.raises(RefreshError, match=f"the table shop answered {code}") as raised:
        write(a_store(Failing(error)))
    assert not isinstance(raised.value, Overtaken)


def test_a_table_that_cannot_be_reached_is_named() -> None:
    store = a_store(Failing(ConnectTimeoutError(endpoint_url="https://example")))
    with pytest.raises(
        RefreshError, match=r"the table shop could not be reached \(ConnectTimeoutError\); that passes"
    ):
        store.read()
