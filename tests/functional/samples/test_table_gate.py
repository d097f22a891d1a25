"""What stands between the edge's workers and the table: it tells who reads, and makes trouble."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.http_server import Handler, serving
from workbench.control_room.activity import TableRead
from workbench.demo.table_gate import SLOW_SECONDS, THROTTLED_READS, TableGate
from workbench.local_edge.function_code import FAKE_SESSION_TOKEN


class Table(Handler):
    """Answers every request with what it was asked."""

    def respond(self) -> None:
        self.answer(200, self.body())


class Gate(NamedTuple):
    """A gate before a table, and the reads it told of."""

    gate: TableGate
    reads: list[TableRead]

    def read(self, worker: int | None = None, key: str = "current") -> tuple[int, bytes]:
        """Status and body; raises OSError or HTTPException where there is no answer."""
        token = FAKE_SESSION_TOKEN if worker is None else f"{FAKE_SESSION_TOKEN}-{worker}"
        connection = http.client.HTTPConnection(self.gate.url.removeprefix("http://"), timeout=10)
        try:
            body = json.dumps({"Key": {"pk": {"S": key}}})
            connection.request("POST", "/", body, {"X-Amz-Security-Token": token})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture
def gate() -> Iterator[Gate]:
    reads: list[TableRead] = []
    with serving(Table) as url:
        made = TableGate(urlsplit(url).port or 0, reads.append)
        yield Gate(made, reads)
        made.stop()


def test_a_read_passes_and_is_told_with_the_worker_and_the_key(gate: Gate) -> None:
    assert gate.read(3, "snapshot#1") == (200, b'{"Key": {"pk": {"S": "snapshot#1"}}}')
    gate.read()

    assert [(one.worker, one.key, one.status) for one in gate.reads] == [
        (3, "snapshot#1", 200),
        (None, "current", 200),
    ]


def test_a_slow_table_answers_late(gate: Gate) -> None:
    gate.gate.make_trouble("slow")
    began_at = time.monotonic()

    assert gate.read(1)[0] == 200
    assert time.monotonic() - began_at >= SLOW_SECONDS
    assert gate.reads[0].duration_ms >= SLOW_SECONDS * 1000


def test_a_table_that_is_gone_refuses_connections_and_comes_back_at_its_address(gate: Gate) -> None:
    url = gate.gate.url
    gate.gate.make_trouble("gone")
    with pytest.raises(ConnectionRefusedError):
        gate.read(1)
    gate.gate.make_trouble("none")

    assert (gate.gate.url, gate.read(1)[0]) == (url, 200)


def test_the_first_reads_of_each_worker_are_throttled_while_cold_starts_are(gate: Gate) -> None:
    gate.gate.make_trouble("busy at cold starts")
    statuses = [gate.read(1)[0] for _ in range(THROTTLED_READS + 1)]
    other_status, other_body = gate.read(2)

    assert statuses == [*[400] * THROTTLED_READS, 200]
    assert (other_status, json.loads(other_body)["__type"].rpartition("#")[2]) == (
        400,
        "ProvisionedThroughputExceededException",
    )
    gate.gate.new_edge()
    assert gate.read(1)[0] == 400, "the workers of another edge are new ones"
    assert gate.read()[0] == 200, "who is no worker reads undisturbed"


def test_a_table_that_does_not_answer_cuts_the_connection() -> None:
    reads: list[TableRead] = []
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gate = TableGate(port, reads.append)
    try:
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            Gate(gate, reads).read(1)
        assert [one.status for one in reads] == [0]
    finally:
        gate.stop()
