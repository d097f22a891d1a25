"""Reads a connector's table in any region: which snapshot is in force there, and what it says."""

from typing import Any

from queueit.errors import QueueitError
from queueit.stored_snapshot import unpack
from queueit.table_items import CURRENT_KEY, Current, read_current, read_snapshot, snapshot_keys
from workbench.cli.aws_errors import AwsErrors, code_of, failed
from workbench.cli.command import CommandFailed, Context


class ConnectorTable:
    """The table of one connector in one region. Every method raises CommandFailed when it cannot be read."""

    def __init__(self, name: str, region: str, context: Context) -> None:
        self._name = name
        self._region = region
        self._client = context.client("dynamodb", region)

    def current(self) -> Current | None:
        """What is in force, None before the first publication."""
        item = self._item(CURRENT_KEY)
        try:
            return read_current(item) if item else None
        except QueueitError as error:
            raise CommandFailed(
                f"the item {CURRENT_KEY} of the table {self._name} cannot be used: {error}"
            ) from None

    def document(self, current: Current) -> dict[str, Any] | None:
        """The snapshot document in force; None when a worker could not be sure to get it: missing or damaged."""
        document = None
        for key in snapshot_keys(current.snapshot, current.copies):
            try:
                document = unpack(current.snapshot, read_snapshot(self._item(key) or {}))
            except QueueitError:
                return None
        return document

    def replicas(self) -> dict[str, str] | None:
        """The status of each replica by region; None when these credentials may not ask."""
        try:
            described = self._client.describe_table(TableName=self._name)
        except AwsErrors:
            return None
        return {
            one["RegionName"]: one.get("ReplicaStatus", "unknown")
            for one in described["Table"].get("Replicas") or []
        }

    def _item(self, key: str) -> dict[str, Any] | None:
        try:
            answer = self._client.get_item(TableName=self._name, Key={"pk": {"S": key}}, ConsistentRead=True)
        except AwsErrors as error:
            raise self._said_by_aws(error) from None
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _said_by_aws(self, error: Exception) -> CommandFailed:
        where = f"{self._name} in {self._region}"
        code = code_of(error)
        if code == "ResourceNotFoundException":
            return CommandFailed(
                f"there is no table {where} of this account; check --name and the credentials"
            )
        if code == "AccessDeniedException":
            return CommandFailed(
                f"these credentials may not read the table {where} ({code}); they need dynamodb:GetItem on it"
            )
        return failed(error, f"the table {where} cannot be read")
