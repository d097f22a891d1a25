"""A worker that Lambda freezes in the middle of a read, at each of its waits, over TLS and without."""

import base64
import json
import socket
import time
from typing import Any

import pytest

from edge.snapshot_reader import POLL_SECONDS, SnapshotReader
from edge.table import Table
from edge.trust import Trust
from queueit.stored_snapshot import pack
from queueit.table_items import Current, current_item
from tests.builders import SECRET_KEY, integration_config, snapshot_document
from tests.functional.edge.conftest import CREDENTIALS, Clock, over_tls, response


class StandingClock(Clock):
    """Only the seconds that a test lets pass: on a busy machine no deadline passes meanwhile."""

    def __call__(self) -> float:
        return self.let_pass


class Server:
    """Answers with `current`, slowly: each part of an answer after a moment."""

    def __init__(self) -> None:
        self.parts = 1
        self.is_silent = False
        self.publish(7)

    def publish(self, version: int) -> None:
        digest, body = pack(snapshot_document(integration_config=integration_config(version=version)))
        item = current_item(Current(digest, version, version, 0, {"secret_key": SECRET_KEY}, 0, body=body))
        item["body"] = {"B": base64.b64encode(body).decode()}
        self.body = json.dumps({"Item": item}).encode()

    def answer(self, connection: socket.socket, _: bytes) -> bool:
        if self.is_silent:
            return True
        answer = response(self.body)
        size = -(-len(answer) // self.parts)
        for start in range(0, len(answer), size):
            if self.parts > 1:
                time.sleep(0.001)
            connection.sendall(answer[start : start + size])
        return True


def start(url: str, authority: Any, clock: Clock) -> SnapshotReader:
    trust = Trust(authority.client_context)
    table = Table("shop", {**CREDENTIALS, "AWS_ENDPOINT_URL": url}, trust=trust, clock=clock)
    return SnapshotReader(table, "us-east-1", clock=clock, uniform=lambda: 0.0, log=lambda _: None)


def version_of(reader: SnapshotReader) -> int | None:
    snapshot = reader.current(5.0)
    return snapshot.version if snapshot else None


@pytest.mark.parametrize("frozen_seconds", [0.5, 3.0, 40.0, 3600.0])
@pytest.mark.parametrize("is_tls", [True, False])
def test_a_worker_frozen_at_any_wait_of_a_poll_goes_on_from_there_or_begins_anew(
    serve: Any, authority: Any, is_tls: bool, frozen_seconds: float
) -> None:
    frozen_at = 0
    while True:
        script, clock = Server(), StandingClock()
        server = serve(script.answer, over_tls(authority.localhost) if is_tls else None)
        reader = start(server.url, authority, clock)
        reader.load()
        assert version_of(reader) == 7
        script.publish(8)
        script.parts = 5
        reader._table.close()  # so that the poll has every state: look-up, connecting, TLS, asking, reading
        clock.let_pass += 31
        steps = reader.deciding(5.0)
        waits = 0
        for wait, seconds in steps:
            if waits == frozen_at:
                break
            wait.wait(seconds)
            waits += 1
        was_whole = waits < frozen_at
        steps.close()
        time.sleep(0.02)  # what is on its way arrives while the worker is frozen
        clock.let_pass += frozen_seconds
        until = time.monotonic() + 10  # a busy machine may need another attempt
        while version_of(reader) != 8 and time.monotonic() < until:
            time.sleep(0.005)
            clock.let_pass += 0.02
        assert version_of(reader) == 8, f"frozen at wait {frozen_at}"
        assert reader.poll_failures <= 1
        reader.close()
        if was_whole:
            assert frozen_at >= 2
            return
        frozen_at += 1


def test_a_connection_that_died_silently_is_replaced_without_a_visitor_who_waits(
    serve: Any, authority: Any
) -> None:
    script, clock = Server(), Clock()
    server = serve(script.answer)
    reader = start(server.url, authority, clock)
    reader.load()
    script.is_silent = True
    clock.let_pass += 31
    slowest, began_at = 0.0, time.monotonic()
    assert version_of(reader) == 7
    script.is_silent = False
    script.publish(8)
    while version_of(reader) != 8:
        visit_at = time.monotonic()
        version_of(reader)
        slowest = max(slowest, time.monotonic() - visit_at)
        assert time.monotonic() - began_at < 3
        time.sleep(0.01)
    assert slowest < POLL_SECONDS + 0.05
    assert server.connections == 2
    reader.close()


def test_an_answer_byte_by_byte_arrives_and_makes_no_visitor_wait(serve: Any, authority: Any) -> None:
    script, clock = Server(), Clock()
    reader = start(serve(script.answer).url, authority, clock)
    reader.load()
    script.publish(8)
    script.parts = 10**6
    clock.let_pass += 31
    waited, began_at = 0.0, time.monotonic()
    while (version := version_of(reader)) != 8 and time.monotonic() - began_at < 20:
        visit_at = time.monotonic()
        reader.current(5.0)
        waited = max(waited, time.monotonic() - visit_at)
        time.sleep(0.05)
    assert version == 8
    assert waited < POLL_SECONDS + 0.05
    reader.close()


def test_a_name_look_up_is_collected_by_a_later_visitor(serve: Any, authority: Any) -> None:
    script, clock = Server(), Clock()
    server = serve(script.answer)
    asked = []

    def slow(*arguments: Any, **named: Any) -> Any:
        asked.append(arguments[0])
        time.sleep(0.2)
        return socket.getaddrinfo(*arguments, **named)

    table = Table("shop", {**CREDENTIALS, "AWS_ENDPOINT_URL": server.url}, resolve=slow, clock=clock)
    reader = SnapshotReader(table, "us-east-1", clock=clock, uniform=lambda: 0.0, log=lambda _: None)
    reader.load()
    reader._table.close()
    script.publish(8)
    clock.let_pass += 31
    first_at = time.monotonic()
    assert version_of(reader) == 7
    assert time.monotonic() - first_at < 0.1
    time.sleep(0.3)
    for _ in range(100):
        if version_of(reader) == 8:
            break
        time.sleep(0.01)
    assert version_of(reader) == 8
    assert len(asked) == 2
    reader.close()
