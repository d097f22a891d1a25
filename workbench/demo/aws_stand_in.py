"""DynamoDB and Secrets Manager on this machine: moto's server, with the connector's table and secret."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from queueit.errors import QueueitError
from queueit.stored_snapshot import unpack
from queueit.table_items import CURRENT_KEY, read_current, read_snapshot, snapshot_keys
from workbench.demo.web_server import free_port_or
from workbench.moto_process import MotoProcess

REGION = "us-east-1"

FAKE_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "demo-access-key-not-real",
    "AWS_SECRET_ACCESS_KEY": "demo-secret-access-key-not-real",
    "AWS_SESSION_TOKEN": "demo-session-token-not-real",
}


def create_table(dynamodb: Any, name: str) -> None:
    """Create a connector's table, empty, as modules/config_store does."""
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


class AwsStandIn:
    """One server on two ports, so that DynamoDB can be taken away by itself."""

    def __init__(self, name: str, *, dynamodb_port: int = 0, secrets_port: int = 0) -> None:
        """`name` is the connector's, and so its table's. Raises PortTaken."""
        self._name = name
        self.dynamodb_port = free_port_or(dynamodb_port)
        self._secrets_port = free_port_or(secrets_port)
        self._moto: MotoProcess | None = None
        self.secret_arn = ""

    @property
    def dynamodb_url(self) -> str:
        """The endpoint of DynamoDB, the same while it is away."""
        return f"http://127.0.0.1:{self.dynamodb_port}"

    @property
    def secrets_url(self) -> str:
        """The endpoint of Secrets Manager."""
        return f"http://127.0.0.1:{self._secrets_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make an AWS SDK use this server."""
        return {
            **FAKE_CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.secrets_url,
        }

    def start(self, secret: dict[str, str]) -> None:
        """Start the server, create the table and store `secret`."""
        self._moto = MotoProcess()
        self._moto.serve(self._secrets_port)
        self._moto.serve(self.dynamodb_port)
        create_table(self.dynamodb(), self._name)
        created = self._client("secretsmanager", self.secrets_url).create_secret(
            Name=f"{self._name}-credentials", SecretString=json.dumps(secret)
        )
        self.secret_arn = created["ARN"]

    def store_secret(self, secret: dict[str, str]) -> None:
        """Replace the secret's value."""
        self._client("secretsmanager", self.secrets_url).put_secret_value(
            SecretId=self.secret_arn, SecretString=json.dumps(secret)
        )

    def start_dynamodb(self) -> None:
        """Bring DynamoDB back with the items it had."""
        if self._moto:
            self._moto.serve(self.dynamodb_port)

    def stop_dynamodb(self) -> None:
        """Take DynamoDB away: connections are refused."""
        if self._moto:
            self._moto.withdraw(self.dynamodb_port)

    def in_force(self) -> tuple[str, dict[str, Any], Mapping[str, str]] | None:
        """What the table has in force: the snapshot's digest and document, and the keys; None if it cannot be read."""
        client = self.dynamodb()

        def item(key: str) -> Any:
            return client.get_item(TableName=self._name, Key={"pk": {"S": key}}).get("Item", {})

        try:
            current = read_current(item(CURRENT_KEY))
            stored = read_snapshot(item(snapshot_keys(current.snapshot, current.copies)[0]))
            return current.snapshot, unpack(current.snapshot, stored), current.keys
        except (QueueitError, BotoCoreError, ClientError):
            return None

    def stop(self) -> None:
        """Stop the server; the table and the secret go with it."""
        if self._moto:
            self._moto.stop()
            self._moto = None

    def dynamodb(self) -> Any:
        """A client of DynamoDB."""
        return self._client("dynamodb", self.dynamodb_url)

    def _client(self, service: str, url: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=REGION,
            endpoint_url=url,
            aws_access_key_id=FAKE_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=FAKE_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=15),
        )
