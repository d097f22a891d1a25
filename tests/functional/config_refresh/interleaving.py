"""A connector whose actors take turns at every call to the table, and what may never be seen there.

The table is in memory and does what DynamoDB's transactions do, as far as config_refresh uses them; each call waits for
its turn, so that any order of the calls of several actors can be played.
"""

import json
import threading
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

from config_refresh import handler, publish_endpoint
from config_refresh.credentials import CachedCredentials, Credentials
from config_refresh.errors import RefreshError
from queueit.stored_snapshot import unpack
from queueit.table_items import read_current, snapshot_keys
from tests import builders
from tests.builders import NOW, SECRET_KEY
from tests.functional.config_refresh.conftest import pushed

Item = dict[str, Any]


class Table:
    """DynamoDB in memory: each call is one moment. `turn` is waited for before it."""

    def __init__(self, turn: Callable[[], None], written: Callable[[dict[str, Item]], None]) -> None:
        self.items: dict[str, Item] = {}
        self._turn = turn
        self._written = written

    def get_item(self, *, Key: Item, **_: Any) -> Item:  # noqa: N803
        self._turn()
        return {"Item": deepcopy(self.items.get(Key["pk"]["S"], {}))}

    def transact_get_items(self, *, TransactItems: list[Item]) -> Item:  # noqa: N803
        self._turn()
        keys = [one["Get"]["Key"]["pk"]["S"] for one in TransactItems]
        return {
            "Responses": [{"Item": deepcopy(self.items[key])} if key in self.items else {} for key in keys]
        }

    def put_item(self, *, Item: Item, **_: Any) -> None:  # noqa: N803
        self._turn()
        self.items[Item["pk"]["S"]] = deepcopy(Item)

    def transact_write_items(self, *, TransactItems: list[Item], ClientRequestToken: str) -> None:  # noqa: N803
        self._turn()
        if not all([self._holds(action) for action in TransactItems]):
            reasons = [
                {"Code": "None" if self._holds(action) else "ConditionalCheckFailed"}
                for action in TransactItems
            ]
            response: Any = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": reasons,
            }
            raise ClientError(response, "TransactWriteItems")
        before = deepcopy(self.items)
        for action in TransactItems:
            if put := action.get("Put"):
                self.items[put["Item"]["pk"]["S"]] = deepcopy(put["Item"])
            else:
                update = action["Update"]
                assert update["UpdateExpression"] == "SET expires_at = :at"
                item = self.items.setdefault(update["Key"]["pk"]["S"], dict(update["Key"]))
                item["expires_at"] = update["ExpressionAttributeValues"][":at"]
        self._written(before)

    def _holds(self, action: Item) -> bool:
        put = action.get("Put", {})
        item = self.items.get(put["Item"]["pk"]["S"]) if put else None
        match put.get("ConditionExpression"):
            case None:
                return True
            case "attribute_not_exists(pk)":
                return item is None
            case "revision = :revision":
                return item is not None and item["revision"] == put["ExpressionAttributeValues"][":revision"]
        raise AssertionError(f"a condition that this table does not know: {put}")


class Actor:
    """A run of a function in a thread of its own, which goes on to its next call to the table with each `step`."""

    def __init__(self, action: str, run: Callable[[], Any]) -> None:
        self.action = action
        self.result: Any = None
        self.error: Exception | None = None
        self.commits = 0
        self.is_done = False
        self._may_go, self._has_stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, args=(run,), daemon=True)
        self._thread.start()
        self._has_stopped.acquire()

    def _run(self, run: Callable[[], Any]) -> None:
        _now_running.actor = self
        try:
            self.result = run()
        except Exception as error:
            self.error = error
        self.is_done = True
        self._has_stopped.release()

    def turn(self) -> None:
        """Called in the actor's thread: wait for the next step."""
        self._has_stopped.release()
        self._may_go.acquire()

    def step(self) -> None:
        """Let it make one call to the table, and go on to the next."""
        self._may_go.release()
        self._has_stopped.acquire()


_now_running = threading.local()


class Connector:
    """The connector and its actors; `broken` are the invariants that were seen broken."""

    def __init__(self) -> None:
        self.table = Table(lambda: _now_running.actor.turn(), self._look_at_the_change)
        self.actors: list[Actor] = []
        self.finished: list[Actor] = []
        self.broken: list[str] = []
        self.changes = 0
        self.now = NOW
        self.platform_version = 1
        self.settings: dict[str, Any] = {}
        self.credentials = Credentials("api", {"secret_key": SECRET_KEY, "api_key": "api"})

    def configuration(self, version: int) -> dict[str, Any]:
        """That of a version; two versions in a row say the same under different numbers."""
        integration = builders.queue_integration(Name=f"Tickets {version // 2}")
        return dict(builders.integration_config(integration, version=version))

    def start(self, action: str, **event: Any) -> None:
        """Begin an action; `push` is the publish endpoint's."""
        self.now += 1
        now, settings, version = self.now, json.dumps(self.settings), self.platform_version
        environ = {
            "AWS_LAMBDA_FUNCTION_NAME": "shop-config-refresh",
            "QUEUEIT_CUSTOMER_ID": "example",
            "QUEUEIT_SECRET_ARN": "arn",
            "QUEUEIT_SETTINGS": settings,
        }
        secret = {"SecretString": json.dumps(self.credentials.document)}
        secrets = type("Secrets", (), {"get_secret_value": staticmethod(lambda **_: secret)})
        clients: dict[str, Any] = {"dynamodb": self.table, "secretsmanager": secrets}
        shared: dict[str, Any] = {
            "client": clients.__getitem__,
            "clock": lambda: now,
            "monotonic": lambda: 0.0,
            "sleep": lambda seconds: None,
            "print_line": lambda line: None,
        }
        if action == "push":
            body = pushed(self.configuration(event["version"]))
            request = {"requestContext": {"http": {"method": "PUT"}}, "body": body}
            cached = CachedCredentials(lambda _: self.credentials, lambda: 0.0)

            def run() -> Any:
                return publish_endpoint.run(
                    request, environ | {"AWS_LAMBDA_FUNCTION_NAME": "shop-publish"}, cached, **shared
                )
        else:
            answer = json.dumps(self.configuration(version)).encode()

            def run() -> Any:
                whole = {"action": action, "actor": "ada", **event}
                return handler.run(whole, environ, fetch=lambda *_: (200, answer), **shared)

        self.actors.append(Actor(action, run))

    def step(self, number: int) -> None:
        """Let an actor make a call; one that has ended is looked at."""
        actor = self.actors[number]
        if not actor.is_done:
            actor.step()
        if actor.is_done:
            self.actors.remove(actor)
            self.finished.append(actor)
            self._look_at_the_end(actor)

    def finish(self) -> None:
        """Let every actor go on to its end."""
        while self.actors:
            self.step(0)

    def digests(self) -> list[str]:
        """The snapshots that the history names."""
        return [entry["snapshot"] for entry in self._history(self.table.items)]

    def _history(self, items: dict[str, Item]) -> list[dict[str, Any]]:
        return list(json.loads(items["history"]["entries"]["S"])) if "history" in items else []

    def _check(self, holds: bool, invariant: str) -> None:
        if not holds:
            self.broken.append(invariant)

    def _look_at_the_change(self, before: dict[str, Item]) -> None:
        actor: Actor = _now_running.actor
        actor.commits += 1
        self.changes += 1
        items, history = self.table.items, self._history(self.table.items)
        current = read_current(items["current"])
        previous = read_current(before["current"]) if "current" in before else None
        self._check(current.revision == self.changes, "every change raises the revision by one")
        pointed_at = snapshot_keys(current.snapshot, current.copies)
        stored = [items.get(key, {}) for key in pointed_at]
        self._check(all("body" in one for one in stored), "the pointer names a snapshot that is there")
        self._check(not any("expires_at" in one for one in stored), "the snapshot in force does not expire")
        for one in stored:
            document = unpack(current.snapshot, one["body"]["B"])
            self._check(
                document["integration_config"]["Version"] == current.version, "the version is the snapshot's"
            )
            killed = "override" in items.get("operator", {})
            self._check(not killed or document["settings"].get("enabled") is False, "a kill in force is out")
        self._check(
            all(
                "expires_at" in one
                for key, one in items.items()
                if key[:9] == "snapshot#" and key not in pointed_at
            ),
            "every snapshot that is not in force expires",
        )
        version_before = previous.version if previous else 0
        self._check(
            current.version >= version_before or actor.action in ("rollback", "force"),
            "versions go back by rollback or force alone",
        )
        frozen = "freeze" in before.get("operator", {})
        self._check(
            not frozen or current.version == version_before or actor.action == "rollback",
            "nothing is published under a freeze",
        )
        newest = history[0]
        self._check((history[1:] and len(history)) or len(history) == 1, "the history only grows")  # type: ignore[arg-type]
        self._check(len(history) == min(self.changes, 200), "every change has one entry in the history")
        self._check(
            (newest["action"], newest["snapshot"], newest["version"], newest["previous_snapshot"])
            == (actor.action, current.snapshot, current.version, previous.snapshot if previous else None),
            "the entry says what happened",
        )
        for entry in history:
            in_force = entry["snapshot"] == current.snapshot
            self._check((entry["expires_at"] is None) == in_force, "the history says which snapshots go")

    def _look_at_the_end(self, actor: Actor) -> None:
        if actor.error is not None:
            self._check(
                isinstance(actor.error, RefreshError), f"a run fails as such, not with {actor.error!r}"
            )
            return
        word = actor.result.word if actor.action == "push" else actor.result["outcome"]
        done = word in ("published", "rolled_back", "frozen", "unfrozen", "killed", "enabled")
        if actor.action in ("freeze", "unfreeze", "kill", "enable", "rollback", "force"):
            self._check(
                actor.commits == int(done), f"{actor.action} that answered {word} changed the state once"
            )
        self._check(actor.commits <= 1, "no run changes the state twice")
