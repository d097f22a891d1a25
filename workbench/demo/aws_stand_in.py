"""DynamoDB and Secrets Manager on this machine: moto's server, with the connector's table and secret."""

import json
import logging
from typing import Any

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from workbench.demo.web_server import free_port_or

REGION = "us-east-1"

FAKE_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "demo-access-key-not-real",
    "AWS_SECRET_ACCESS_KEY": "demo-secret-access-key-not-real",
    "AWS_SESSION_TOKEN": "demo-session-token-not-real",
}


class AwsStandIn:
    """Two servers over the same state, so that DynamoDB alone can be taken away."""

    def __init__(self, name: str, *, dynamodb_port: int = 0, secrets_port: int = 0) -> None:
        """`name` is that of the connector, and so of its table."""
        self._name = name
        self._dynamodb_port = free_port_or(dynamodb_port)
        self._dynamodb: ThreadedMotoServer | None = None
        self._secrets_port = free_port_or(secrets_port)
        self._secrets = self._server(self._secrets_port)
        self.secret_arn = ""

    @property
    def dynamodb_url(self) -> str:
        """The endpoint of DynamoDB, also while it is away."""
        return f"http://127.0.0.1:{self._dynamodb_port}"

    @property
    def secrets_url(self) -> str:
        """The endpoint of Secrets Manager."""
        return f"http://127.0.0.1:{self._secrets_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes an AWS SDK use these servers."""
        return {
            **FAKE_CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.secrets_url,
        }

    def start(self, secret: dict[str, str]) -> None:
        """Start both, create the table and store `secret`."""
        # moto's server would write a line a request.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._secrets.start()
        self.start_dynamodb()
        self.dynamodb().create_table(
            TableName=self._name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        created = self._client("secretsmanager", self.secrets_url).create_secret(
            Name=f"{self._name}-credentials", SecretString=json.dumps(secret)
        )
        self.secret_arn = created["ARN"]

    def start_dynamodb(self) -> None:
        """Bring DynamoDB (back) with the items it had; nothing to do while it is there."""
        if self._dynamodb is None:
            self._dynamodb = self._server(self._dynamodb_port)
            self._dynamodb.start()

    def stop_dynamodb(self) -> None:
        """Take DynamoDB away: connections are refused."""
        if self._dynamodb:
            self._dynamodb.stop()
            self._dynamodb = None

    def stop(self) -> None:
        """Forget the table and the secret, and stop both servers."""
        if self.secret_arn:
            self.start_dynamodb()
            self.dynamodb().delete_table(TableName=self._name)
            self._client("secretsmanager", self.secrets_url).delete_secret(
                SecretId=self.secret_arn, ForceDeleteWithoutRecovery=True
            )
            self.secret_arn = ""
        self.stop_dynamodb()
        self._secrets.stop()

    def dynamodb(self) -> Any:
        """A client of the table's service."""
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

    @staticmethod
    def _server(port: int) -> ThreadedMotoServer:
        return ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
