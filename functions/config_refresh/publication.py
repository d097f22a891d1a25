"""Writes snapshots to the connector's table, the snapshot first and then the pointer (design: the table)."""

import hashlib
import json
import zlib
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from config_refresh.errors import PublicationRefused, RefreshError

MAX_ITEM_BYTES: Final = 400 * 1024
"""DynamoDB's limit for an item, names of attributes included."""

_SECONDS_PER_DAY = 24 * 60 * 60


class Current(NamedTuple):
    """The pointer: the digest in force, its configuration's version, and the highest version that ever was in force."""

    snapshot: str
    version: int
    highest_version: int


class Publication(NamedTuple):
    """A snapshot as it is stored: `body` is compressed, `digest` is of the JSON before compression."""

    digest: str
    body: bytes
    version: int


def encode(document: dict[str, Any]) -> Publication:
    """The stored form of a snapshot document; the same document always gives the same digest.

    Raises PublicationRefused when it is too large for an item.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    data = text.encode("utf-8", "surrogatepass")
    digest, body = hashlib.sha256(data).hexdigest(), zlib.compress(data, 9)
    size = len(body) + len("pk") + len("snapshot#") + len(digest) + len("body") + len("expires_at") + 21
    if size > MAX_ITEM_BYTES:
        raise PublicationRefused(
            f"the snapshot takes {size} bytes compressed, more than the {MAX_ITEM_BYTES} of a table's item; remove "
            "integrations or triggers that are no longer needed. The last good snapshot stays"
        )
    return Publication(digest, body, document["integration_config"]["Version"])


class Store:
    """The connector's table, through a boto3 DynamoDB client. Every method raises RefreshError when it fails."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(TableName=self._table, **arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown error")
            if code == "ConditionalCheckFailedException":
                raise PublicationRefused(
                    "another publication was faster; nothing is lost, the next run looks again"
                ) from None
            raise RefreshError(
                f"the table {self._table} answered {code}; check that it exists and the role"
            ) from None
        except BotoCoreError as error:
            raise RefreshError(
                f"the table {self._table} could not be reached: {type(error).__name__}"
            ) from None

    def current(self) -> Current | None:
        """The pointer, None before the first publication."""
        item = self._call("get_item", Key={"pk": {"S": "current"}}, ConsistentRead=True).get("Item")
        if not item:
            return None
        version = int(item["version"]["N"])
        return Current(item["snapshot"]["S"], version, int(item.get("highest_version", item["version"])["N"]))

    def document(self, digest: str) -> dict[str, Any] | None:
        """The snapshot document of that digest, None when there is none or it is damaged."""
        item = self._call("get_item", Key={"pk": {"S": f"snapshot#{digest}"}}, ConsistentRead=True).get(
            "Item"
        )
        if not item:
            return None
        try:
            data = zlib.decompress(item["body"]["B"])
            if hashlib.sha256(data).hexdigest() != digest:
                return None
            document: dict[str, Any] = json.loads(data)
            return document
        except (KeyError, ValueError, zlib.error):
            return None

    def put_snapshot(self, publication: Publication) -> None:
        """Store a snapshot, without an expiry."""
        item = {"pk": {"S": f"snapshot#{publication.digest}"}, "body": {"B": publication.body}}
        self._call("put_item", Item=item)

    def keep_snapshot(self, digest: str) -> None:
        """Take the expiry off a snapshot that is about to be in force again."""
        self._call(
            "update_item",
            Key={"pk": {"S": f"snapshot#{digest}"}},
            UpdateExpression="REMOVE expires_at",
            ConditionExpression="attribute_exists(pk)",
        )

    def move_current(self, to: Current, previous: Current | None, now: int) -> None:
        """Point at `to`, on condition that the pointer is still where `previous` says."""
        item = {
            "pk": {"S": "current"},
            "snapshot": {"S": to.snapshot},
            "version": {"N": str(to.version)},
            "published_at": {"N": str(now)},
            "highest_version": {"N": str(to.highest_version)},
        }
        if previous is None:
            self._call("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")
        else:
            self._call(
                "put_item",
                Item=item,
                ConditionExpression="#snapshot = :snapshot AND #version = :version",
                ExpressionAttributeNames={"#snapshot": "snapshot", "#version": "version"},
                ExpressionAttributeValues={
                    ":snapshot": {"S": previous.snapshot},
                    ":version": {"N": str(previous.version)},
                },
            )

    def expire_snapshot(self, digest: str, now: int, retention_days: int) -> None:
        """Let a snapshot that is no longer in force go after some days."""
        self._call(
            "update_item",
            Key={"pk": {"S": f"snapshot#{digest}"}},
            UpdateExpression="SET expires_at = :at",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":at": {"N": str(now + retention_days * _SECONDS_PER_DAY)}},
        )
