"""`queueit status` and `explain --name` against the connector's table in moto."""

import io
import json
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from queueit.stored_snapshot import pack
from queueit.table_items import Current, current_item, snapshot_item, snapshot_keys
from tests.builders import NOW, SECRET_KEY, integration_config, snapshot_document
from tests.command_line import Ran, queueit
from tests.functional.cli.aws import client
from workbench.demo.aws_stand_in import create_table

HOME, REPLICA = "us-east-1", "eu-central-1"


class DescribedTable:
    """A DynamoDB client whose table has the replicas that moto cannot have."""

    def __init__(self, client: Any, replicas: dict[str, str] | None) -> None:
        self._client = client
        self._replicas = replicas

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_table(self, **arguments: Any) -> Any:
        if self._replicas is None:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeTable")
        described = self._client.describe_table(**arguments)
        described["Table"]["Replicas"] = [
            {"RegionName": region, "ReplicaStatus": status} for region, status in self._replicas.items()
        ]
        return described


class NoFunction:
    """Lambda, for somebody who may not invoke anything."""

    def invoke(self, **_: Any) -> NoReturn:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")


class Function:
    """Lambda, with a history to tell."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def invoke(self, **_: Any) -> dict[str, Any]:
        return {"Payload": io.BytesIO(json.dumps(self._answer).encode())}


class Shop:
    """The connector "shop" with its tables by region."""

    def __init__(self) -> None:
        self.replicas: dict[str, str] | None = {}
        self.function: Any = NoFunction()
        self.now = NOW + 3700
        create_table(client("dynamodb", HOME), "shop")

    def publish(
        self,
        region: str = HOME,
        *,
        version: int = 7,
        keys: dict[str, str] | None = None,
        copies: int = 1,
        **changes: Any,
    ) -> str:
        config = integration_config(version=version)
        digest, body = pack(snapshot_document(**{"integration_config": config, **changes}))
        in_force = keys or {"secret_key": SECRET_KEY}
        current = Current(digest, version, version, NOW, in_force, NOW, copies)
        items = [snapshot_item(key, body) for key in snapshot_keys(digest, copies)]
        table = client("dynamodb", region)
        for item in [*items, current_item(current)]:
            table.put_item(TableName="shop", Item=item)
        return digest

    def client(self, service: str, region: str) -> Any:
        if service == "lambda":
            return self.function
        return DescribedTable(client(service, region), self.replicas)

    def __call__(self, *arguments: str) -> Ran:
        environ = {"QUEUEIT_CONNECTOR": "shop"}
        return queueit(*arguments, environ=environ, client=self.client, now=self.now)

    def status(self) -> dict[str, Any]:
        return self("status", "--json").document


@pytest.fixture
def shop() -> Iterator[Shop]:
    with mock_aws():
        yield Shop()


def test_status_shows_what_is_served_and_since_when_but_no_secret(shop: Shop) -> None:
    digest = shop.publish(settings={"poll_interval_seconds": 10})
    ran = shop("status")
    assert ran.status == 0
    assert ran.out.splitlines()[:5] == [
        "connector shop",
        f"  snapshot      {digest}",
        "  version       7 of customer example, 1 integration",
        "  published     2026-09-21 14:13:20 UTC, 1 h 1 min ago, by schedule",
        "  connector is  on",
    ]
    assert SECRET_KEY not in ran.out + shop("status", "--json").out
    found = shop.status()
    assert (found["ok"], found["version"], found["age_seconds"]) == (True, 7, 3700)
    assert found["integrations"] == [{"name": "Tickets", "action": "Queue", "event": "tickets"}]


def test_a_connector_that_is_off_and_a_rotation_are_shown(shop: Shop) -> None:
    keys = {"secret_key": "a-fake-key", "previous_secret_key": "an-older-fake-key"}
    shop.publish(settings={"enabled": False}, keys=keys)
    text = shop("status").out
    assert "connector is  OFF: every request passes without queueing" in text
    assert "the previous key is accepted too" in text
    assert "fake-key" not in text
    shop.publish(keys={**keys, "session_secret_key": "an-older-fake-key"})
    assert "and signs session cookies until every edge knows the new one" in shop("status").out
    assert shop.status()["session_cookies_signed_with_secret_key"] is False
    shop.publish(keys={"secret_key": "a-fake-key", "next_secret_key": "a-fake-key-to-come"})
    assert "the next key is accepted too; the platform does not hold it yet" in shop("status").out
    assert shop.status()["secret_keys"] == ["secret_key", "next_secret_key"]


def test_somebody_who_may_not_invoke_the_function_still_sees_what_is_served(shop: Shop) -> None:
    shop.publish()
    ran = shop("status")
    assert ran.status == 0
    assert "switches      unknown: these credentials may not invoke shop-config-refresh" in ran.out
    assert shop.status()["operator"] is None


def test_what_operators_have_switched_is_part_of_the_status(shop: Shop) -> None:
    record = {"at": shop.now, "actor": "somebody", "reason": None}
    shop.function = Function(
        {"held": False, "freeze": record, "override": None, "current": None, "entries": []}
    )
    shop.publish()
    assert "FROZEN since 2026-09-21 15:15:00 UTC by somebody" in shop("status").out
    operator = shop.status()["operator"]
    assert (operator["held"], operator["freeze"], operator["override"]) == (False, record, None)


def test_a_hold_is_shown_with_who_and_why(shop: Shop) -> None:
    hold = {"at": shop.now, "actor": "ada", "reason": "a wrong trigger"}
    current = {"highest_version": 8}
    shop.function = Function({"held": True, "hold": hold, "current": current, "entries": []})
    shop.publish()
    ran = shop("status")
    assert "HELD after a rollback since 2026-09-21 15:15:00 UTC by ada: a wrong trigger: only" in ran.out


@pytest.mark.parametrize(
    ("last_run", "line", "problem"),
    [
        ({"outcome": "unchanged"}, "1 min ago: unchanged", None),
        (
            {"error": "PlatformError", "message": "the platform answered 401"},
            "1 min ago: FAILED: the platform answered 401",
            "the last run of shop-config-refresh failed: the platform answered 401",
        ),
    ],
)
def test_how_the_last_run_ended_is_shown_and_a_failure_is_a_problem(
    shop: Shop, last_run: dict[str, Any], line: str, problem: str | None
) -> None:
    shop.function = Function(
        {"last_run": {"at": shop.now - 60, "action": "refresh", **last_run}, "entries": []}
    )
    shop.publish()
    ran = shop("status")
    assert (ran.status, line in ran.out) == (1 if problem else 0, True)
    assert shop.status()["problems"] == ([problem] if problem else [])
    assert line in shop("history").out


def test_a_run_that_is_overdue_is_a_problem(shop: Shop) -> None:
    shop.function = Function({"last_run": {"at": shop.now - 3600, "outcome": "unchanged"}, "entries": []})
    shop.publish()
    assert shop("status").status == 1
    assert "shop-config-refresh has not run for 1 h" in shop.status()["problems"][0]


def test_a_connector_that_an_operator_switched_off_is_a_problem(shop: Shop) -> None:
    record = {"at": shop.now, "actor": "somebody", "reason": "an outage"}
    shop.function = Function({"override": record, "entries": []})
    shop.publish(settings={"enabled": False})
    ran = shop("status")
    assert ran.status == 1
    assert "SWITCHED OFF since 2026-09-21 15:15:00 UTC by somebody: an outage" in ran.out
    assert "problem  the connector is switched off until somebody switches it on" in ran.out


def test_a_replica_that_serves_the_same_is_up_to_date(shop: Shop) -> None:
    settings = {"replica_regions": [REPLICA]}
    shop.publish(settings=settings)
    create_table(client("dynamodb", REPLICA), "shop")
    shop.publish(REPLICA, settings=settings)
    shop.replicas = {REPLICA: "ACTIVE"}
    ran = shop("status")
    assert (ran.status, f"replica       {REPLICA}: up to date" in ran.out) == (0, True)


@pytest.mark.parametrize(
    ("replicas", "wanted", "served", "problem"),
    [
        (
            {REPLICA: "ACTIVE"},
            [REPLICA],
            6,
            "is behind by 1 h 1 min at most: it serves version 6; ask again in a few seconds",
        ),
        ({REPLICA: "ACTIVE"}, [REPLICA], None, "has nothing yet; replication takes a second or two"),
        ({REPLICA: "CREATING"}, [REPLICA], 7, "is CREATING, not ACTIVE"),
        ({}, [REPLICA], None, "does not exist, though the settings name it: apply Terraform again"),
        (
            {REPLICA: "ACTIVE"},
            [],
            7,
            "is not in the settings' replica_regions, so no edge reads it: apply Terraform again",
        ),
    ],
)
def test_a_replica_that_is_not_as_it_should_be_is_a_problem(
    shop: Shop, replicas: dict[str, str], wanted: list[str], served: int | None, problem: str
) -> None:
    settings = {"replica_regions": wanted}
    shop.publish(settings=settings)
    create_table(client("dynamodb", REPLICA), "shop")
    if served is not None:
        shop.publish(REPLICA, version=served, settings=settings)
    shop.replicas = replicas
    found = shop.status()
    assert found["ok"] is False
    assert found["problems"] == [f"the replica in {REPLICA} {problem}"]


def test_replicas_are_unknown_to_somebody_who_may_not_describe_the_table(shop: Shop) -> None:
    shop.publish()
    shop.replicas = None
    ran = shop("status")
    assert (ran.status, "replicas      unknown: these credentials may not describe the table" in ran.out) == (
        0,
        True,
    )


@pytest.mark.parametrize(("copies", "key"), [(1, ""), (3, "#2")])
def test_a_snapshot_that_lacks_a_copy_is_a_problem_with_a_remedy(shop: Shop, copies: int, key: str) -> None:
    digest = shop.publish(copies=copies)
    client("dynamodb", HOME).delete_item(TableName="shop", Key={"pk": {"S": f"snapshot#{digest}{key}"}})
    ran = shop("status")
    assert ran.status == 1
    assert "the snapshot in force is missing or damaged" in ran.out
    assert "queueit publish --name shop" in ran.out


def test_a_connector_that_has_published_nothing_fails_with_what_to_do(shop: Shop) -> None:
    ran = shop("status")
    assert ran.status == 1
    assert "the connector shop has published nothing" in ran.err
    assert shop("explain", "https://a.b/").err == (
        "queueit explain: the connector shop has published nothing yet; see: queueit publish --name shop\n"
    )


def test_a_table_that_does_not_exist_fails_with_what_to_check(shop: Shop) -> None:
    ran = shop("status", "--name", "nobody")
    assert ran.status == 1
    assert (
        "there is no table nobody in us-east-1 of this account; check --name and the credentials" in ran.err
    )


def test_explain_decides_by_what_the_connector_serves(shop: Shop) -> None:
    shop.publish(version=12)
    ran = shop("explain", "https://shop.example.com/tickets")
    assert ran.status == 0
    assert "decided by  connector shop, version 12" in ran.out
    assert "The edge answers 302 itself (queue)" in ran.out
    assert "No secret key" not in ran.out
    assert SECRET_KEY not in ran.out
