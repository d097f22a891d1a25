"""A connector's table and secret in moto, and a platform that answers as a test tells it to."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from config_refresh import handler
from config_refresh.platform import PassingFailure

API_KEY = "not-a-real-api-key"
SECRET_KEY = "not-a-real-secret-key"
NOW = 1_790_000_000


class Run:
    """One connector; `answers` are what the platform says, the last one for ever."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        session: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "not-a-real-key", region_name="us-east-1")
        self._clients = {
            "dynamodb": session.client("dynamodb"),
            "secretsmanager": session.client("secretsmanager"),
        }
        self.table: Any = self._clients["dynamodb"]
        self.secrets: Any = self._clients["secretsmanager"]
        self.table.create_table(
            TableName="shop",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        secret = {"secret_key": SECRET_KEY, "api_key": API_KEY}
        self.secret_arn = self.secrets.create_secret(Name="shop", SecretString=json.dumps(secret))["ARN"]
        self.environ = {
            "AWS_LAMBDA_FUNCTION_NAME": "shop-config-refresh",
            "QUEUEIT_CUSTOMER_ID": "example",
            "QUEUEIT_SECRET_ARN": self.secret_arn,
            "QUEUEIT_SETTINGS": "{}",
        }
        self.answers: list[tuple[int, bytes] | Exception] = []
        self.platform_has(configuration)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.lines: list[str] = []
        self.now = NOW

    def platform_has(self, configuration: Any) -> None:
        self.answers = [(200, json.dumps(configuration).encode())]

    def platform_fails(self) -> None:
        self.answers = [PassingFailure("ConnectTimeoutError")]

    def store_secret(self, document: Any) -> None:
        text = document if isinstance(document, str) else json.dumps(document)
        self.secrets.put_secret_value(SecretId=self.secret_arn, SecretString=text)

    def __call__(self, **event: Any) -> dict[str, Any]:
        return handler.run(
            event,
            self.environ,
            client=self._clients.__getitem__,
            fetch=self._fetch,
            clock=lambda: self.now,
            sleep=lambda seconds: None,
            print_line=self.lines.append,
        )

    def _fetch(self, url: str, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
        self.requests.append((url, headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def item(self, key: str) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self.table.get_item(TableName="shop", Key={"pk": {"S": key}}).get(
            "Item"
        )
        return item

    def everything(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.table.scan(TableName="shop")["Items"]
        return sorted(items, key=lambda item: str(item["pk"]["S"]))


@pytest.fixture
def run(build: Any) -> Iterator[Run]:
    with mock_aws():
        yield Run(build.integration_config(version=7))
