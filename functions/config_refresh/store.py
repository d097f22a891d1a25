"""The connector's table: snapshots, the pointer to the one in force, operators' decisions and the history."""

from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from config_refresh.errors import Overtaken, RefreshError
from config_refresh.history import History
from config_refresh.history import decoded as decoded_history
from config_refresh.operator_state import Decision, OperatorState
from config_refresh.operator_state import decode as decode_decision
from config_refresh.operator_state import encode as encode_decision
from config_refresh.publication import Publication, decode


class Current(NamedTuple):
    """The pointer: the digest in force, its configuration's version, and the highest version that ever was in force.

    `is_held` after a rollback, until there is a version above the highest; `published_at` in Unix seconds.
    """

    snapshot: str
    version: int
    highest_version: int
    published_at: int
    is_held: bool = False


class Store:
    """The connector's table, through a boto3 DynamoDB client. Every method raises RefreshError when it fails."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(**arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown error")
            if _is_overtaken(code, error.response):
                raise Overtaken(
                    "another publication was faster; nothing is lost, the next run looks again"
                ) from None
            raise RefreshError(
                f"the table {self._table} answered {code}; check that it exists and the role"
            ) from None
        except BotoCoreError as error:
            raise RefreshError(
                f"the table {self._table} could not be reached: {type(error).__name__}"
            ) from None

    def _item(self, key: str) -> dict[str, Any]:
        answer = self._call("get_item", TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item") or {}
        return item

    def current(self) -> Current | None:
        """The pointer, None before the first publication."""
        item = self._item("current")
        if not item:
            return None
        version = int(item["version"]["N"])
        highest = int(item.get("highest_version", item["version"])["N"])
        is_held = item.get("held", {}).get("BOOL", highest > version)
        return Current(item["snapshot"]["S"], version, highest, int(item["published_at"]["N"]), is_held)

    def document(self, digest: str) -> dict[str, Any] | None:
        """The snapshot document of that digest, None when there is none or it is damaged."""
        item = self._item(f"snapshot#{digest}")
        return decode(digest, item["body"]["B"]) if "body" in item else None

    def operator_state(self) -> OperatorState:
        """What operators have decided; nothing before the first decision."""
        item = self._item("operator")
        decisions = {name: decode_decision(item[name]["S"]) for name in OperatorState._fields if name in item}
        return OperatorState(**decisions)

    def decide(self, name: str, made: Decision | None) -> None:
        """Keep a decision, `freeze` or `override`; None lifts it."""
        change = "SET #name = :made" if made else "REMOVE #name"
        values = {"ExpressionAttributeValues": {":made": {"S": encode_decision(made)}}} if made else {}
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

    def put_snapshot(self, publication: Publication) -> None:
        """Store a snapshot, without an expiry."""
        item = {"pk": {"S": f"snapshot#{publication.digest}"}, "body": {"B": publication.body}}
        self._call("put_item", TableName=self._table, Item=item)

    def move_current(
        self,
        to: Current,
        previous: Current | None,
        *,
        expires_at: int,
        history: History,
        entry: dict[str, Any],
    ) -> None:
        """Point at `to`, whose snapshot is stored, and let the previous one go at `expires_at`; all or nothing.

        On condition that the pointer is still where `previous` says. Raises Overtaken when it is not.
        """
        actions = [
            _put_if_unchanged(self._table, _pointer(to), "snapshot", previous and {"S": previous.snapshot}),
            {
                "Update": {
                    "TableName": self._table,
                    "Key": {"pk": {"S": f"snapshot#{to.snapshot}"}},
                    "UpdateExpression": "REMOVE expires_at",
                    "ConditionExpression": "attribute_exists(body)",
                }
            },
        ]
        after = history.with_expiry(to.snapshot, None)
        if previous and previous.snapshot != to.snapshot:
            after = after.with_expiry(previous.snapshot, expires_at)
            actions.append(
                {
                    "Update": {
                        "TableName": self._table,
                        "Key": {"pk": {"S": f"snapshot#{previous.snapshot}"}},
                        "UpdateExpression": "SET expires_at = :at",
                        "ExpressionAttributeValues": {":at": {"N": str(expires_at)}},
                    }
                }
            )
        actions.append(self._history_write(history, after.with_entry(entry)))
        self._call("transact_write_items", TransactItems=actions)

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


def _is_overtaken(code: str, response: Any) -> bool:
    """Whether another writer was there first, or is there at this moment."""
    reasons = {reason.get("Code") for reason in response.get("CancellationReasons") or []}
    return code == "TransactionConflictException" or bool(
        reasons & {"ConditionalCheckFailed", "TransactionConflict"}
    )


def _pointer(to: Current) -> dict[str, Any]:
    item: dict[str, Any] = {
        "pk": {"S": "current"},
        "snapshot": {"S": to.snapshot},
        "version": {"N": str(to.version)},
        "published_at": {"N": str(to.published_at)},
        "highest_version": {"N": str(to.highest_version)},
    }
    return {**item, "held": {"BOOL": True}} if to.is_held else item


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
