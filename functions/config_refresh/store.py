"""The connector's table: snapshots, the pointer to the one in force, operators' decisions and the history."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from config_refresh.aws_calls import AWS_ERRORS, attempted, code_of, reasons_of, trouble
from config_refresh.deadline import Deadline
from config_refresh.errors import Overtaken, StoreError
from config_refresh.history import History
from config_refresh.history import decoded as decode_history
from config_refresh.operator_state import OperatorState
from config_refresh.operator_state import decode as decode_operator
from config_refresh.operator_state import encode as encode_operator
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

_OPERATOR_KEY: Final = "operator"
_HISTORY_KEY: Final = "history"
_LAST_RUN_KEY: Final = "last_run"


class Stored(NamedTuple):
    """The connector's state as one: all of it is read at one moment, and changes with one revision, `current`'s.

    `current` is None before the first publication.
    """

    current: Current | None
    operator: OperatorState
    history: History


class Store:
    """The connector's table, through a boto3 DynamoDB client that makes one attempt a call.

    Every method raises StoreError when it fails, and OutOfTime.
    """

    def __init__(self, client: Any, table: str, deadline: Deadline) -> None:
        self._client = client
        self._table = table
        self._deadline = deadline

    def _call(self, operation: str, **arguments: Any) -> Any:
        """What the table answers. Raises Overtaken, StoreError and OutOfTime."""
        call = getattr(self._client, operation)
        try:
            return attempted(lambda: call(**arguments), self._deadline, f"the table {self._table}")
        except AWS_ERRORS as error:
            if isinstance(error, ClientError) and _is_overtaken(error):
                raise Overtaken(
                    "somebody else changed the connector's state at the same time, again and again; nothing is lost, "
                    "do it once more"
                ) from None
            raise StoreError(f"the table {self._table} {trouble(error, _ADVICE)}") from None

    def _item(self, key: str) -> dict[str, Any]:
        answer = self._call("get_item", TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item") or {}
        return item

    def read(self) -> Stored:
        """The state, in one call. Raises StoreError when nobody can read the pointer."""
        keys = (CURRENT_KEY, _OPERATOR_KEY, _HISTORY_KEY)
        gets = [{"Get": {"TableName": self._table, "Key": {"pk": {"S": key}}}} for key in keys]
        answer = self._call("transact_get_items", TransactItems=gets)
        current, operator, history = [one.get("Item") or {} for one in answer["Responses"]]
        try:
            pointer = read_current(current) if current else None
        except QueueitError as error:
            raise StoreError(
                f'the item "{CURRENT_KEY}" of the table {self._table} cannot be used: {error}; delete the item, the '
                "next refresh writes it anew"
            ) from None
        return Stored(pointer, decode_operator(_texts(operator)), decode_history(_texts(history)["entries"]))

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

    def write(
        self, before: Stored, after: Stored, publication: Publication | None, *, expires_at: int
    ) -> None:
        """Change the state from `before` to `after`, which has a pointer; all or nothing.

        `publication` is the snapshot that it points at, where that is not stored yet; the one before goes at
        `expires_at` (Unix seconds). Raises Overtaken when the state is no longer `before`.
        """
        if after.current is None:
            raise ValueError("a state that is written has a pointer")
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if before.current:
            condition = {
                "ConditionExpression": "revision = :revision",
                "ExpressionAttributeValues": {":revision": {"N": str(before.current.revision)}},
            }
        actions = [self._put(current_item(after.current), **condition)]
        new = snapshot_keys(after.current.snapshot, after.current.copies)
        old = snapshot_keys(before.current.snapshot, before.current.copies) if before.current else []
        if publication:
            actions += [self._put(snapshot_item(key, publication.body)) for key in new]
        actions += [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": {"pk": {"S": key}},
                    "UpdateExpression": "SET expires_at = :at",
                    "ExpressionAttributeValues": {":at": {"N": str(expires_at)}},
                }
            }
            for key in old
            if key not in new
        ]
        if after.operator != before.operator:
            actions.append(self._put(_item_of_texts(_OPERATOR_KEY, encode_operator(after.operator))))
        actions.append(self._put(_item_of_texts(_HISTORY_KEY, {"entries": after.history.encoded()})))
        # The token makes an attempt that came through, though its answer was lost, the same as the next one.
        self._call("transact_write_items", TransactItems=actions, ClientRequestToken=str(uuid.uuid4()))

    def _put(self, item: dict[str, Any], **condition: Any) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def note_run(self, ended: dict[str, Any]) -> None:
        """Keep how the last run ended, outside of the state: it changes nothing that anybody decides by."""
        item = _item_of_texts(_LAST_RUN_KEY, {"ended": json.dumps(ended, ensure_ascii=True)})
        self._call("put_item", TableName=self._table, Item=item)

    def last_run(self) -> dict[str, Any] | None:
        """How the last run ended; None before the first one."""
        try:
            ended: dict[str, Any] = json.loads(_texts(self._item(_LAST_RUN_KEY))["ended"])
        except ValueError:
            return None
        return ended


def _texts(item: Mapping[str, Any]) -> defaultdict[str, str]:
    """An item's attributes that are text; a missing one is empty."""
    return defaultdict(
        str, {name: typed["S"] for name, typed in item.items() if "S" in typed and name != "pk"}
    )


def _item_of_texts(key: str, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"pk": {"S": key}, **{name: {"S": text} for name, text in texts.items()}}


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
