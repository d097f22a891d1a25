"""A connector's table and secret in moto, and a platform that answers as a test tells it to."""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import product
from typing import Any, NamedTuple

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.secretsmanager.models import secretsmanager_backends

from config_refresh import handler, publish_endpoint
from config_refresh.credentials import CachedCredentials, Credentials, read_credentials
from config_refresh.deadline import Deadline
from config_refresh.errors import PassingFailure, RefreshError
from tests.builders import NOW, SECRET_KEY, integration_config, mac
from workbench.demo.aws_stand_in import create_table

API_KEY = "not-a-real-api-key"
USUAL = {"warnings": [], "enabled": True, "frozen": False, "held": False, "integrations": 1}
"""What a run tells of one integration and no decision of an operator."""

SESSION: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "not-a-real-key", region_name="us-east-1")
CLIENTS = {name: SESSION.client(name) for name in ("dynamodb", "secretsmanager")}
"""Ones for all tests: they take long to make, and moto stands in for AWS behind any."""


def _copied(client: Any) -> Any:
    """The client again: what a test puts in place of its methods is gone with the test."""
    copied = object.__new__(type(client))
    vars(copied).update(vars(client))
    return copied


def pushed(configuration: Any, key: str = SECRET_KEY) -> str:
    """The body of a push, signed with `key`."""
    hex_text = json.dumps(configuration).encode().hex()
    return json.dumps({"integrationInfo": hex_text, "hash": mac(hex_text, key)})


def combinations(*axes: Iterable[str | int]) -> list[Any]:
    """All of them; each value of the first axis, and each combination of the others, is in `make test` too."""
    first, *others = [list(axis) for axis in axes]
    rest = list(product(*others))
    always = {(first[i % len(first)], *rest[i % len(rest)]) for i in range(max(len(first), len(rest)))}
    return [pytest.param(*case, marks=() if case in always else pytest.mark.full) for case in product(*axes)]


class Run:
    """One connector; `answers` are what the platform says, the last one for ever."""

    def __init__(self, configuration: dict[str, Any], secret_arn: str) -> None:
        self.clients = {name: _copied(client) for name, client in CLIENTS.items()}
        self.table: Any = self.clients["dynamodb"]
        self.secrets: Any = self.clients["secretsmanager"]
        self.secret_arn = secret_arn
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
        self.seconds = 60.0
        self.sleep: Callable[[float], None] = lambda seconds: None
        self.monotonic: Callable[[], float] = lambda: 0.0
        self.secret_reads = 0
        self.endpoint_credentials = CachedCredentials(self._read_credentials, lambda: self.now)

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
            client=self.clients.__getitem__,
            fetch=self._fetch,
            clock=lambda: self.now,
            sleep=self.sleep,
            monotonic=self.monotonic,
            seconds=self.seconds,
            print_line=self.lines.append,
        )

    def operate(self, action: str, **event: Any) -> dict[str, Any]:
        """Do what an operator asks for, as Ada."""
        return self(**{"action": action, "actor": "ada@example.com", **event})

    def refused(self, match: str, action: str = "refresh", **event: Any) -> None:
        """Expect a failure that says `match` and changes nothing."""
        before = self.everything()
        with pytest.raises(RefreshError, match=match):
            self.operate(action, **event)
        assert self.everything() == before

    def push(self, configuration: Any, key: str = SECRET_KEY, **changes: Any) -> dict[str, Any]:
        """Send the publish endpoint what the platform would; `changes` are to the event."""
        return self.request(pushed(configuration, key), **changes)

    def request(self, body: str | None, **changes: Any) -> dict[str, Any]:
        """Send the publish endpoint a PUT with this body, from the one worker there is."""
        event = {"requestContext": {"http": {"method": "PUT"}}, "body": body, "isBase64Encoded": False}
        answer = publish_endpoint.run(
            event | changes,
            self.environ | {"AWS_LAMBDA_FUNCTION_NAME": "shop-publish"},
            self.endpoint_credentials,
            client=self.clients.__getitem__,
            clock=lambda: self.now,
            sleep=lambda seconds: None,
            print_line=self.lines.append,
        )
        return publish_endpoint.response(answer)

    def _read_credentials(self, deadline: Deadline) -> Credentials:
        self.secret_reads += 1
        return read_credentials(self.secrets, self.secret_arn, deadline)

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

    def digest(self) -> str:
        """That of the snapshot in force."""
        current = self.item("current")
        assert current
        return str(current["snapshot"]["S"])

    def everything(self) -> list[dict[str, Any]]:
        """All items but the one that says how the last run ended."""
        items: list[dict[str, Any]] = self.table.scan(TableName="shop")["Items"]
        items = [item for item in items if item["pk"] != {"S": "last_run"}]
        return sorted(items, key=lambda item: str(item["pk"]["S"]))


Stored = list[dict[str, Any]]
"""What moto's DynamoDB and Secrets Manager hold."""


def _services() -> Stored:
    backends = (dynamodb_backends, secretsmanager_backends)
    return [vars(services[DEFAULT_ACCOUNT_ID]["us-east-1"]) for services in backends]


class Beginnings(NamedTuple):
    """What AWS holds where the table is empty, and after the first refresh."""

    secret_arn: str
    empty: Stored
    refreshed: Stored


@pytest.fixture(scope="module")
def beginnings(moto: None) -> Beginnings:
    """Made once a file: it takes longer than most tests."""
    create_table(CLIENTS["dynamodb"], "shop")
    secret = json.dumps({"secret_key": SECRET_KEY, "api_key": API_KEY})
    arn = CLIENTS["secretsmanager"].create_secret(Name="shop", SecretString=secret)["ARN"]
    empty = deepcopy(_services())
    Run(integration_config(version=7), arn)()
    return Beginnings(arn, empty, deepcopy(_services()))


@pytest.fixture
def run(beginnings: Beginnings, request: pytest.FixtureRequest) -> Run:
    """A connector with an empty table, or `ready` where the test asks for that too."""
    stored = beginnings.refreshed if "ready" in request.fixturenames else beginnings.empty
    for service, held in zip(_services(), stored, strict=True):
        service.update(deepcopy(held))
    return Run(integration_config(version=7), beginnings.secret_arn)


@pytest.fixture
def ready(run: Run) -> Run:
    """A connector with version 7 in force."""
    return run


@pytest.fixture
def two(ready: Run) -> tuple[str, str]:
    """The digests of two publications, versions 7 and 8, a minute apart."""
    first = ready.digest()
    ready.platform_has(integration_config(version=8))
    ready.now += 60
    return first, ready()["snapshot"]
