"""The connector's table: snapshots, the pointer to the one in force, operators' decisions and the history."""

from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from config_refresh.aws_calls import AWS_ERRORS, attempted, code_of, reasons_of, trouble
from config_refresh.deadline import Deadline
from config_refresh.errors import Overtaken, StoreError
from config_refresh.history import History
from config_refresh.history import decoded as decoded_history
from config_refresh.operator_state import Decision, OperatorState
from config_refresh.operator_state import decode as decode_decision
from config_refresh.operator_state import encode as encode_decision
from config_refresh.publication import MAX_COPIES, Publication
from queueit.errors import QueueitError
from queueit.stored_snapshot import unpack
from queueit.table_items import (
    CURRENT_KEY,
    Current,
    current_item,
    read_current,
    read_snapshot,
    snapshot_item,
    snapshot_keys,
)

_ROLE: Final = "check that the function's role may read and write the table"
_ADVICE: Final = {
    "AccessDenied": _ROLE,
    "AccessDeniedException": _ROLE,
    "ResourceNotFoundException": "check that the table exists in this region, under this name",
}

UNUSED_SECONDS: Final = 24 * 60 * 60
"""How long a snapshot is kept that nothing points at yet."""

SOON_GONE_SECONDS: Final = 60 * 60
"""A stored snapshot with less than this left counts as gone: DynamoDB may delete it before something points at it."""


class Store:
    """The connector's table, through a boto3 DynamoDB client that makes one attempt a call.

    Every method raises StoreError when it fails, and OutOfTime.
    """

    def __init__(self, client: Any, table: str, deadline: Deadline) -> None:
        self._client = client
        self._table = table
        self._deadline = deadline

    def _call(self, operation: str, *, accepted: str = "", **arguments: Any) -> Any:
        """What the table answers; None when it refuses with the code `accepted`."""
        call = getattr(self._client, operation)
        try:
            return attempted(lambda: call(**arguments), self._deadline, f"the table {self._table}")
        except AWS_ERRORS as error:
            if isinstance(error, ClientError):
                if code_of(error) == accepted:
                    return None
                if _is_overtaken(error):
                    raise Overtaken(
                        "somebody else changed the connector's state at the same time, again and again; nothing is "
                        "lost, do it once more"
                    ) from None
            raise StoreError(f"the table {self._table} {trouble(error, _ADVICE)}") from None

    def _item(self, key: str) -> dict[str, Any]:
        answer = self._call("get_item", TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item") or {}
        return item

    def current(self) -> Current | None:
        """The pointer, None before the first publication. Raises StoreError when nobody can read it."""
        item = self._item(CURRENT_KEY)
        try:
            return read_current(item) if item else None
        except QueueitError as error:
            raise StoreError(
                f'the item "{CURRENT_KEY}" of the table {self._table} cannot be used: {error}; delete the item, the '
                "next refresh writes it anew"
            ) from None

    def document_in_force(self, current: Current) -> dict[str, Any] | None:
        """The snapshot document that `current` points at, None when it is missing or damaged."""
        if current.body is not None and (document := _document(current.snapshot, current.body)):
            return document
        return self._first_document(current.snapshot, snapshot_keys(current.snapshot, current.copies))

    def document(self, digest: str) -> dict[str, Any] | None:
        """The snapshot document of that digest, however many copies were kept; None when it is gone or damaged."""
        keys = [*snapshot_keys(digest, 1), *snapshot_keys(digest, MAX_COPIES)]
        return self._first_document(digest, keys)

    def _first_document(self, digest: str, keys: Iterable[str]) -> dict[str, Any] | None:
        for key in keys:
            try:
                body = read_snapshot(self._item(key))
            except QueueitError:
                continue
            if document := _document(digest, body):
                return document
        return None

    def operator_state(self) -> OperatorState:
        """What operators have decided; nothing before the first decision."""
        item = self._item("operator")
        decisions = {name: decode_decision(item[name]["S"]) for name in OperatorState._fields if name in item}
        return OperatorState(**decisions)

    def decide(self, name: str, made: Decision | None) -> None:
        """Keep a decision, `freeze` or `override`; None lifts it."""
        change = "SET #name = :made" if made else "REMOVE #name"
        values: dict[str, Any] = (
            {"ExpressionAttributeValues": {":made": {"S": encode_decision(made)}}} if made else {}
        )
        self._call(
            "update_item",
            TableName=self._table,
            Key={"pk": {"S": "operator"}},
            UpdateExpression=change,
            ExpressionAttributeNames={"#name": name},
            **values,
        )

    def history(self) -> History:
        """The history so far."""
        item = self._item("history")
        return decoded_history(item["entries"]["S"], int(item["revision"]["N"])) if item else History()

    def put_snapshot(self, publication: Publication, now: int) -> None:
        """Store a snapshot that nothing points at yet, where it is not stored already; `now` is in Unix seconds.

        It expires a day later unless `move_current` points at it before.
        """
        for key in snapshot_keys(publication.digest, publication.copies):
            self._call(
                "put_item",
                accepted="ConditionalCheckFailedException",
                TableName=self._table,
                Item=snapshot_item(key, publication.body, now + UNUSED_SECONDS),
                ConditionExpression="attribute_not_exists(body) OR expires_at < :soon",
                ExpressionAttributeValues={":soon": {"N": str(now + SOON_GONE_SECONDS)}},
            )

    def move_current(
        self,
        to: Current,
        previous: Current | None,
        *,
        expires_at: int,
        history: History,
        entry: dict[str, Any],
    ) -> None:
        """Write the pointer, and let the previous snapshot go at `expires_at`; all or nothing.

        On condition that the pointer still is `previous`, and that the snapshot it is to point at is stored. Raises
        Overtaken when that is not so.
        """
        revision = None if previous is None else {"N": str(previous.revision)}
        actions = [_put_if_unchanged(self._table, current_item(to), "revision", revision)]
        new = snapshot_keys(to.snapshot, to.copies)
        old = snapshot_keys(previous.snapshot, previous.copies) if previous else []
        after = history
        if new != old:
            actions += [
                self._update(key, "REMOVE expires_at", ConditionExpression="attribute_exists(body)")
                for key in new
            ]
            actions += [
                self._update(
                    key,
                    "SET expires_at = :at",
                    ExpressionAttributeValues={":at": {"N": str(expires_at)}},
                )
                for key in old
                if key not in new
            ]
            if previous and previous.snapshot != to.snapshot:
                after = after.with_expiry(previous.snapshot, expires_at)
            after = after.with_expiry(to.snapshot, None)
        actions.append(self._history_write(history, after.with_entry(entry)))
        self._call("transact_write_items", TransactItems=actions)

    def _update(self, key: str, change: str, **arguments: Any) -> dict[str, Any]:
        update = {"TableName": self._table, "Key": {"pk": {"S": key}}, "UpdateExpression": change}
        return {"Update": {**update, **arguments}}

    def record(self, history: History, entry: dict[str, Any]) -> None:
        """Add an entry to the history, on condition that nobody else has. Raises Overtaken when somebody has."""
        write = self._history_write(history, history.with_entry(entry))
        self._call("transact_write_items", TransactItems=[write])

    def _history_write(self, before: History, after: History) -> dict[str, Any]:
        item = {
            "pk": {"S": "history"},
            "entries": {"S": after.encoded()},
            "revision": {"N": str(after.revision)},
        }
        revision = None if before.revision is None else {"N": str(before.revision)}
        return _put_if_unchanged(self._table, item, "revision", revision)


def _is_overtaken(error: ClientError) -> bool:
    """Whether another writer was there first, or is there at this moment."""
    return code_of(error) == "TransactionConflictException" or bool(
        {"ConditionalCheckFailed", "TransactionConflict"}.intersection(reasons_of(error))
    )


def _document(digest: str, body: bytes) -> dict[str, Any] | None:
    try:
        return unpack(digest, body)
    except QueueitError:
        return None


def _put_if_unchanged(
    table: str, item: dict[str, Any], name: str, value: dict[str, Any] | None
) -> dict[str, Any]:
    """Put `item` on condition that its attribute `name` still has `value`; None: that it does not exist yet."""
    put: dict[str, Any] = {"TableName": table, "Item": item}
    if value is None:
        return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
    condition = {
        "ConditionExpression": "#name = :value",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": {":value": value},
    }
    return {"Put": {**put, **condition}}
