"""Reads a connector's table in any region: which snapshot is in force there, and what it says."""

import hashlib
import json
import zlib
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from workbench.cli.command import CommandFailed, Context


class Pointer(NamedTuple):
    """What the table's `current` says; `published_at` is in Unix seconds."""

    snapshot: str
    version: int
    highest_version: int
    published_at: int


class ConnectorTable:
    """The table of one connector in one region. Every method raises CommandFailed when it cannot be read."""

    def __init__(self, name: str, region: str, context: Context) -> None:
        self._name = name
        self._region = region
        self._client = context.client("dynamodb", region)

    def pointer(self) -> Pointer | None:
        """The pointer to the snapshot in force, None before the first publication."""
        item = self._item("current")
        if item is None:
            return None
        version = int(item["version"]["N"])
        return Pointer(
            item["snapshot"]["S"],
            version,
            int(item.get("highest_version", {}).get("N", version)),
            int(item["published_at"]["N"]),
        )

    def document(self, digest: str) -> dict[str, Any] | None:
        """The snapshot document of that digest; None when there is none, or it is damaged."""
        item = self._item(f"snapshot#{digest}")
        try:
            text = zlib.decompress((item or {})["body"]["B"])
            document: dict[str, Any] = json.loads(text)
        except (KeyError, ValueError, zlib.error):
            return None
        return document if hashlib.sha256(text).hexdigest() == digest else None

    def replicas(self) -> dict[str, str] | None:
        """The status of each replica by region; None when these credentials may not ask."""
        try:
            described = self._client.describe_table(TableName=self._name)
        except (BotoCoreError, ClientError):
            return None
        return {
            one["RegionName"]: one.get("ReplicaStatus", "unknown")
            for one in described["Table"].get("Replicas") or []
        }

    def _item(self, key: str) -> dict[str, Any] | None:
        try:
            answer = self._client.get_item(TableName=self._name, Key={"pk": {"S": key}}, ConsistentRead=True)
        except ClientError as error:
            raise CommandFailed(self._said_by_aws(error.response.get("Error", {}).get("Code", ""))) from None
        except NoCredentialsError:
            raise CommandFailed("there are no AWS credentials; set AWS_PROFILE, or log in") from None
        except BotoCoreError as error:
            raise CommandFailed(
                f"DynamoDB in {self._region} could not be reached ({type(error).__name__}); try again"
            ) from None
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _said_by_aws(self, code: str) -> str:
        where = f"{self._name} in {self._region}"
        if code == "ResourceNotFoundException":
            return f"there is no table {where} of this account; check --name and the credentials"
        if code in ("AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"):
            return (
                f"these credentials may not read the table {where} ({code}); they need dynamodb:GetItem on it"
            )
        return f"the table {where} answered {code or 'with an error'}; try again"
