"""The snapshot reader against DynamoDB as moto serves it: published, polled, replicated, broken."""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from edge.snapshot_reader import SnapshotReader, reader_from_environment, table_name
from edge.steps import Steps
from edge.table import Item, Table
from queueit.stored_snapshot import pack
from tests.builders import integration_config, snapshot_document
from tests.functional.edge.conftest import Clock, Store


class WatchedTable(Table):
    """A table that knows whether a read of it is under way."""

    is_being_read = False

    def read(self, *arguments: Any, **named: Any) -> Steps[Item | None]:
        self.is_being_read = True
        try:
            return (yield from super().read(*arguments, **named))
        finally:
            self.is_being_read = False


class Worker:
    """A reader in one region with its clock and what it logged; `now` of its polls is that clock."""

    def __init__(self, environ: dict[str, str], uniform: Callable[[], float] = lambda: 0.0) -> None:
        self.environ = environ
        self.clock = Clock()
        self.log: list[dict[str, Any]] = []
        self.table = WatchedTable("shop", environ, clock=self.clock)
        self.reader = SnapshotReader(
            self.table,
            environ["AWS_REGION"],
            clock=self.clock,
            wall_clock=self.clock,
            uniform=uniform,
            log=self.log.append,
        )

    def after(self, seconds: float) -> int | None:
        """The configuration version that decides `seconds` later, when a poll that is due has had its time."""
        self.clock.let_pass += seconds
        for _ in range(500):
            snapshot = self.reader.current(5.0)
            if not self.table.is_being_read:
                break
            time.sleep(0.01)
        return snapshot.version if snapshot else None

    def events(self) -> list[str]:
        return [message["event"] for message in self.log]


def document(version: int, **settings: Any) -> dict[str, Any]:
    return snapshot_document(settings=settings, integration_config=integration_config(version=version))


@pytest.fixture
def load() -> Iterator[Callable[..., Worker]]:
    """Starts a worker in an environment, and lets it load."""
    workers: list[Worker] = []

    def start(environ: dict[str, str], uniform: Callable[[], float] = lambda: 0.0) -> Worker:
        workers.append(Worker(environ, uniform))
        workers[-1].reader.load()
        return workers[-1]

    yield start
    for worker in workers:
        worker.reader.close()


@pytest.fixture
def loaded(store: Store, load: Callable[..., Worker]) -> Worker:
    """A worker that has loaded version 7 from the table in us-east-1."""
    store.create_table()
    store.publish(document(7))
    return load(store.environ())


def test_loads_the_published_snapshot_at_initialisation(store: Any, load: Any) -> None:
    store.create_table()
    digest = store.publish(document(7))
    worker = load(store.environ())
    assert worker.after(0) == 7
    assert worker.log == [
        {
            "level": "info",
            "event": "snapshot_loaded",
            "table": "shop",
            "region": "us-east-1",
            "snapshot": digest,
            "version": 7,
        }
    ]


def test_a_reader_made_from_the_environment_finds_the_table_by_the_functions_name(
    store: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store.create_table()
    store.publish(document(7))
    reader = reader_from_environment(store.environ())
    reader.load()
    snapshot = reader.current(5.0)
    reader.close()
    assert snapshot is not None
    assert snapshot.version == 7
    assert '"event": "snapshot_loaded"' in capsys.readouterr().out


def test_a_pointer_that_moves_back_is_followed(store: Any, load: Any) -> None:
    store.create_table()
    older = store.publish(document(7))
    store.publish(document(8))
    worker = load(store.environ())
    store.point_at(older)
    assert worker.after(31) == 7


def test_the_poll_interval_is_the_one_of_the_loaded_snapshot(store: Any, load: Any) -> None:
    store.create_table()
    store.publish(document(7, poll_interval_seconds=300))
    worker = load(store.environ())
    store.publish(document(8, poll_interval_seconds=5))
    assert worker.after(299) == 7
    assert worker.after(2) == 8
    store.publish(document(9))
    assert worker.after(5.1) == 9


def test_a_table_missing_in_the_own_region_is_read_in_us_east_1(store: Any, load: Any) -> None:
    store.create_table("us-east-1")
    store.publish(document(7))
    worker = load(store.environ("ap-southeast-2"))
    assert worker.after(0) == 7
    assert worker.log[-1]["region"] == "us-east-1"


def test_an_own_replica_that_is_empty_as_yet_is_no_obstacle(store: Any, load: Any) -> None:
    store.create_table("us-east-1")
    store.create_table("eu-west-1")
    store.publish(document(7))
    worker = load(store.environ("eu-west-1"))
    assert worker.after(0) == 7


def test_polls_go_to_the_nearest_replica_that_the_snapshot_names(store: Any, load: Any) -> None:
    replicas = ["eu-west-1", "ap-southeast-1"]
    for region in ("us-east-1", *replicas):
        store.create_table(region)
        store.publish(document(7, replica_regions=replicas), region)
    worker = load(store.environ("eu-central-1"))
    assert worker.log[-1]["region"] == "us-east-1"
    store.publish(document(8, replica_regions=replicas), "eu-west-1")
    assert worker.after(31) == 8
    assert worker.log[-1]["region"] == "eu-west-1"


def test_a_replica_that_fails_is_left_for_the_next_and_asked_again_after_five_minutes(
    store: Any, load: Any
) -> None:
    first = document(7, replica_regions=["eu-west-1"])
    for region in ("us-east-1", "eu-west-1"):
        store.create_table(region)
        store.publish(first, region)
    worker = load(store.environ("eu-west-1"))
    store.client("eu-west-1").delete_table(TableName="shop")
    store.publish(document(8, replica_regions=["eu-west-1"]), "us-east-1")
    assert worker.after(31) == 8
    store.create_table("eu-west-1")
    store.publish(document(9, replica_regions=["eu-west-1"]), "eu-west-1")
    assert worker.after(31) == 8
    assert worker.after(300) == 9


def test_a_snapshot_that_is_not_replicated_yet_is_asked_for_again_soon(store: Any, loaded: Any) -> None:
    text = b"late"
    digest = hashlib.sha256(text).hexdigest()
    store.point_at(digest)
    assert loaded.after(31) == 7
    assert "not here yet" in loaded.log[-1]["problem"]
    store.publish(document(8))
    assert loaded.after(1.0) == 7
    assert loaded.after(1.1) == 8


def stored(text: bytes) -> tuple[str, bytes]:
    """Lines that nobody would publish, under their right digest."""
    body = zlib.compress(text)
    return hashlib.sha256(body).hexdigest(), body


@pytest.mark.parametrize(
    ("digest", "body", "problem"),
    [
        ("ab" * 32, b"another body", "not those of their digest"),
        (hashlib.sha256(b"raw").hexdigest(), b"raw", "not zlib-compressed"),
        (hashlib.sha256(zlib.compress(b"{}")[:-3]).hexdigest(), zlib.compress(b"{}")[:-3], "are cut"),
        (*stored(bytes(8_000_001)), "more than 8000000 uncompressed"),
        (*stored(b"{"), "format None is not 1"),
        (*stored(b'{"format": 1}'), "KeyError"),
    ],
)
def test_a_corrupt_body_is_a_failed_poll_and_the_old_snapshot_stays(
    store: Any, loaded: Any, digest: str, body: bytes, problem: str
) -> None:
    store.put_body(digest, body)
    store.point_at(digest)
    assert loaded.after(31) == 7
    assert problem in loaded.log[-1]["problem"]
    store.publish(document(8))
    assert loaded.after(31) == 8


@pytest.mark.parametrize("change", [{"format": 2}, {"compiler": "9.9"}, {"settings": {"enabled": 1}}])
def test_a_snapshot_that_this_code_cannot_use_is_a_failure_of_each_poll_and_the_old_one_stays(
    store: Any, loaded: Any, change: dict[str, Any]
) -> None:
    config = {**document(8)["integration_config"], "Integrations": []}
    header = {**document(8), "integration_config": config, "texts": [["/TICKETS"]], **change}
    without_a_room = {"ActionType": "Queue"}
    digest, body = stored("\n".join(map(json.dumps, [header, without_a_room])).encode())
    store.put_body(digest, body)
    store.point_at(digest)
    assert [loaded.after(31) for _ in range(4)] == [7, 7, 7, 7]
    assert loaded.reader.poll_failures >= 3
    assert set(loaded.events()[1:]) == {"snapshot_poll_failed"}
    assert "cannot be used" in loaded.log[-1]["problem"]
    store.publish(document(9))
    assert loaded.after(31) == 9


def test_new_keys_are_taken_without_reading_the_snapshot_again(store: Any, load: Any) -> None:
    store.create_table()
    digest = store.publish(document(7))
    worker = load(store.environ())
    before = worker.reader.current(5.0)
    store.client("us-east-1").delete_item(TableName="shop", Key={"pk": {"S": f"snapshot#{digest}"}})
    store.point_at(digest, keys={"secret_key": "another-fake-key"}, revision=2)
    assert worker.after(31) == 7
    after = worker.reader.current(5.0)
    assert after.keys.current.key == b"another-fake-key"
    assert after.integrations is before.integrations


def test_new_keys_and_a_new_snapshot_are_taken_together_or_not_at_all(store: Any, loaded: Any) -> None:
    digest, body = pack(document(8))
    store.point_at(digest, keys={"secret_key": "another-fake-key"}, revision=2)
    assert loaded.after(31) == 7
    assert loaded.reader.current(5.0).keys.current.key == b"not-a-real-secret-key"
    store.put_body(digest, body)
    assert loaded.after(5) == 8
    assert loaded.reader.current(5.0).keys.current.key == b"another-fake-key"


def test_keys_without_the_one_that_a_setting_needs_are_not_taken(store: Any, load: Any) -> None:
    store.create_table()
    keys = {"secret_key": "a-fake-key", "api_key": "a-fake-key"}
    digest, body = pack(document(7, verify={"url": "https://verify.example.com"}))
    store.put_body(digest, body)
    store.point_at(digest, keys=keys)
    worker = load(store.environ())
    store.point_at(digest, keys={"secret_key": "another-fake-key"}, revision=2)
    assert worker.after(31) == 7
    assert "api_key is missing" in worker.log[-1]["problem"]
    assert worker.reader.current(5.0).keys.current.key == b"a-fake-key"


@pytest.mark.parametrize(("share", "copy"), [(0.0, 1), (0.5, 3), (0.99, 4)])
def test_one_of_several_copies_is_read(store: Any, load: Any, share: float, copy: int) -> None:
    store.create_table()
    digest, body = pack(document(7))
    store.put_body(f"{digest}#{copy}", body)
    store.point_at(digest, copies=4)
    worker = load(store.environ(), lambda: share)
    assert worker.after(0) == 7


@pytest.mark.parametrize("digest", ["", "AB" * 32, "ab" * 31, "../current"])
def test_a_pointer_that_is_not_a_digest_is_not_followed(store: Any, loaded: Any, digest: str) -> None:
    store.point_at(digest)
    assert loaded.after(31) == 7
    assert loaded.events()[-1] == "snapshot_poll_failed"


def test_a_deleted_table_keeps_the_loaded_snapshot_in_use(store: Any, loaded: Any) -> None:
    store.client("us-east-1").delete_table(TableName="shop")
    assert loaded.after(31) == 7
    assert "ResourceNotFoundException" in loaded.log[-1]["problem"]


@pytest.mark.parametrize(
    ("function", "table"),
    [
        ("us-east-1.shop-viewer-request", "shop"),
        ("shop-viewer-request", "shop"),
        ("us-east-1.my-shop-viewer-request-viewer-response", "my-shop-viewer-request"),
        ("us-east-1.us-east-1.shop-viewer-request", "us-east-1.shop"),
        ("something-else", "something-else"),
    ],
)
def test_the_functions_name_gives_the_table(function: str, table: str) -> None:
    assert table_name(function) == table
