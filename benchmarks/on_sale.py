"""The minute an on-sale opens, simulated: `python -m benchmarks.on_sale [--full] [--write]`.

Workers of Lambda@Edge start within seconds in many regions, read the table, and decide on visitors. The reader, the
codec and the decision are the real ones, on a clock of the simulation's; what AWS does is a model with the parameters
below. Said for each case: visitors decided wrong (all of them are for the waiting room), the longest that one waited,
and how many functions ran at once compared with a table that is well. `--write` puts the tables and the plot into
docs/scale.md.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks import scenarios
from benchmarks.on_sale_report import plot, tables
from config_refresh.publication import publication
from edge.event_handling import handle
from edge.regions import HOME_REGION, distance_km
from edge.snapshot_reader import SnapshotReader
from edge.steps import READABLE, Deadline, Pause, Readiness, Steps, Wait
from edge.table import Item, TableBusy, TableError
from queueit.snapshot import Snapshot
from queueit.stored_snapshot import load
from queueit.table_items import Current, current_item, item_bytes, snapshot_keys
from tests.builders import SECRET_KEY

EDGE_REGIONS: Final = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1",
    "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "sa-east-1",
)  # fmt: skip
"""Where regional edge caches are, which is where Lambda@Edge runs (CloudFront's documentation)."""

WORKERS_PER_REGION: Final = 1000
"""Lambda's default quota of concurrent executions in a region."""

START_SECONDS: Final = 10.0
"""1,000 new environments every 10 s, for each function in each region (Lambda's scaling rate)."""

READ_UNITS_PER_SECOND: Final = 3000
"""Of one partition of DynamoDB, so of one key, in each region that has the table (DynamoDB's documentation)."""

THREE_REPLICAS: Final = ("us-west-2", "eu-west-1", "ap-northeast-1")

IMPORT_SECONDS: Final = 0.15
"""Of a cold start before the table is read: start of the runtime, import, TLS context (measured, with a margin)."""

SERVICE_SECONDS: Final = 0.003
"""DynamoDB's own time for a read (single-digit milliseconds by its documentation)."""

ROUND_TRIP_PER_KM: Final = 1.4 / 100_000
"""Light in fibre there and back, 10 µs a km, and two fifths more for the way that cables take."""

BYTES_PER_SECOND: Final = 5_000_000
"""Of a single new connection."""

HANDLING_SECONDS: Final = 0.02
"""Of a request that does not wait: 1.4 ms of CPU at a fourteenth of its speed (measured)."""

NEAR_LOAD_SECONDS: Final = 0.05
"""Of loading from a table nearby that is well."""

ENDED_SECONDS: Final = 8.0
"""How long a worker is watched."""


class Case(NamedTuple):
    """What is simulated. An outage ends `outage` seconds after the on-sale began, `trouble` says of which kind."""

    name: str
    integrations: int
    replicas: tuple[str, ...] = THREE_REPLICAS
    workers_per_region: int = WORKERS_PER_REGION
    outage: float = 0.0
    trouble: str = ""
    is_published_meanwhile: bool = False
    visits_per_second: float = 1.0


class Result(NamedTuple):
    """What came of a case; times in seconds. `concurrency` is how many functions run at once, as a ratio."""

    case: Case
    workers: int
    visitors: int
    wrong: int
    longest_wait: float
    read_units: float
    throttled: int
    concurrency: float


class World:
    """A clock, and DynamoDB in each region that has the table."""

    def __init__(self, case: Case, randomness: random.Random) -> None:
        self.case = case
        self.now = 0.0
        self.read_units = 0.0
        self.throttled = 0
        self._random = randomness
        self._regions = {HOME_REGION, *case.replicas}
        self._left: dict[tuple[str, str], tuple[float, float]] = {}
        self._items: dict[str, list[tuple[float, str, Item]]] = defaultdict(list)

    def publish(self, at: float, version: int) -> None:
        """Put a snapshot into every region: at home now, elsewhere some time later, item by item."""
        config = sale_config(self.case.integrations) | {"Version": version}
        document = scenarios.snapshot_document(config, {"replica_regions": list(self.case.replicas)})
        made = publication(document)
        keys = {"secret_key": SECRET_KEY}
        current = Current(made.digest, version, version, 0, keys, 0, copies=made.copies, body=made.body)
        items = {"current": current_item(current)}
        items |= {key: {"body": {"B": made.body}} for key in snapshot_keys(made.digest, made.copies)}
        for region in self._regions:
            for key, item in items.items():
                lag = 0.0 if region == HOME_REGION or at < 0 else self._random.uniform(0.3, 2.5)
                self._items[key].append((at + lag, region, item))

    def item(self, region: str, key: str) -> Item | None:
        """The newest item of that key that is in the region by now."""
        found = [(at, item) for at, place, item in self._items[key] if place == region and at <= self.now]
        return max(found, key=lambda one: one[0])[1] if found else None

    def has(self, region: str) -> bool:
        """Whether the table is in the region."""
        return region in self._regions

    def takes(self, region: str, key: str, units: float) -> bool:
        """Whether the region's partition has that many read units left of this second's."""
        left, at = self._left.get((region, key), (float(READ_UNITS_PER_SECOND), self.now))
        left = min(float(READ_UNITS_PER_SECOND), left + (self.now - at) * READ_UNITS_PER_SECOND)
        is_enough = left >= units
        if is_enough:
            left -= units
            self.read_units += units
        else:
            self.throttled += 1
        self._left[region, key] = (left, self.now)
        return is_enough


class SimulatedTable:
    """The table as one worker reads it."""

    name = "shop"

    def __init__(self, world: World, region: str, randomness: random.Random) -> None:
        self._world = world
        self._region = region
        self._random = randomness
        self._connected = ("", float("-inf"))

    def read(
        self, region: str, key: str, deadline: Deadline, *, consistent: bool = False
    ) -> Steps[Item | None]:
        """See `edge.table.Table.read`."""
        world, case = self._world, self._world.case
        round_trip = distance_km(self._region, region) * ROUND_TRIP_PER_KM + 0.001
        if case.trouble == "black hole" and world.now < case.outage:
            waiting = deadline.of_one_wait()
            self.close()
            while True:
                try:
                    left = waiting.remaining()
                except TimeoutError as error:
                    raise TableError(str(error)) from None
                yield Readiness(None, READABLE, left)
        place, used_at = self._connected
        is_new = place != region or world.now - used_at >= 50
        # Connecting, TLS 1.3, and the request: a round trip each.
        took = round_trip * (3 if is_new else 1) + SERVICE_SECONDS * self._random.uniform(0.6, 3)
        yield from self._pass(took)
        self._connected = (region, world.now)
        if not world.has(region):
            raise TableError("DynamoDB answered 400 ResourceNotFoundException")
        item = world.item(region, key)
        units = 0.5 if item is None else -(-item_bytes(item) // 4096) / 2
        is_throttled = case.trouble == "throttles" and world.now < case.outage
        if is_throttled or not world.takes(region, key, units * (2 if consistent else 1)):
            raise TableBusy("DynamoDB answered 400 ThrottlingException")
        if item is not None:
            yield from self._pass(item_bytes(item) / BYTES_PER_SECOND)
        return item

    def _pass(self, seconds: float) -> Steps[None]:
        ends_at = self._world.now + seconds
        while self._world.now < ends_at:
            yield Readiness(None, READABLE, ends_at - self._world.now)

    def close(self) -> None:
        """Forget the connection."""
        self._connected = ("", float("-inf"))


def sale_config(count: int) -> dict[str, Any]:
    """A configuration of `count` integrations, of which the last is that of the on-sale."""
    others = [scenarios.integration(number, f"/other-page-{number}/") for number in range(2, count + 1)]
    return scenarios.config([*others, scenarios.integration(1, "/tickets/")])


class _Shared:
    """What each worker would make for itself alike: snapshots and decisions by them, each made once."""

    def __init__(self) -> None:
        self._snapshots: dict[str, Snapshot] = {}
        self._is_queued: dict[int, bool] = {}

    def load(self, digest: str, body: bytes, keys: Mapping[str, str]) -> Snapshot:
        if digest not in self._snapshots:
            self._snapshots[digest] = load(digest, body, keys)
        return self._snapshots[digest]

    def is_queued(self, snapshot: Snapshot) -> bool:
        """Whether a visitor of the on-sale's page goes to the waiting room, which is right."""
        if id(snapshot) not in self._is_queued:
            import json

            answer = handle(json.loads(scenarios.event()), snapshot, 1_790_000_000.0)
            self._is_queued[id(snapshot)] = "queue-it" in str(answer.get("headers", {}).get("location"))
        return self._is_queued[id(snapshot)]


class _Tally:
    def __init__(self) -> None:
        self.visitors = self.wrong = 0
        self.longest_wait = 0.0
        self.busy = self.well = 0.0  # seconds that functions ran, and would have with a table that is well


_Life = Generator[float, None, None]
"""A worker: yields when it goes on."""


def _goes_on_at(world: World, wait: Wait, seconds: float) -> float:
    """When who waits goes on; a pause of the reader's own is waited for too."""
    if not isinstance(wait, (Readiness, Pause)):
        raise TypeError("the reader waits for something that is not simulated")
    return world.now + min(seconds, wait.seconds)


def _worker(
    world: World, region: str, starts_at: float, shared: _Shared, tally: _Tally, randomness: random.Random
) -> _Life:
    reader = SnapshotReader(
        SimulatedTable(world, region, randomness),
        region,
        load=shared.load,
        clock=lambda: world.now,
        wall_clock=lambda: world.now,
        uniform=randomness.random,
        log=lambda _line: None,
    )
    arrived_at = world.now
    yield world.now + IMPORT_SECONDS
    for wait, seconds in reader.loading():
        yield _goes_on_at(world, wait, seconds)
    between = 1 / world.case.visits_per_second - HANDLING_SECONDS
    is_first = True
    while True:
        for wait, seconds in reader.deciding(5.0):
            yield _goes_on_at(world, wait, seconds)
        snapshot = reader.snapshot
        waited = world.now - arrived_at
        tally.visitors += 1
        tally.wrong += snapshot is None or not shared.is_queued(snapshot)
        tally.longest_wait = max(tally.longest_wait, waited)
        tally.busy += waited + HANDLING_SECONDS
        tally.well += HANDLING_SECONDS + (IMPORT_SECONDS + NEAR_LOAD_SECONDS if is_first else 0.0)
        is_first = False
        if world.now - starts_at > max(ENDED_SECONDS, world.case.outage - starts_at):
            return
        arrived_at = world.now + HANDLING_SECONDS + randomness.uniform(0, 2) * between
        yield arrived_at


def simulate(case: Case, seed: int = 1) -> Result:
    """Run one case."""
    randomness = random.Random(seed)
    world, shared, tally = World(case, randomness), _Shared(), _Tally()
    world.publish(-1.0, 1)
    if case.is_published_meanwhile:
        world.publish(START_SECONDS / 2, 2)
    order: Iterator[int] = itertools.count()
    queue: list[tuple[float, int, _Life]] = []
    for region in EDGE_REGIONS:
        for _ in range(case.workers_per_region):
            starts_at = randomness.uniform(0, START_SECONDS)
            life = _worker(world, region, starts_at, shared, tally, randomness)
            heapq.heappush(queue, (starts_at, next(order), life))
    workers = len(queue)
    while queue:
        world.now, _, life = heapq.heappop(queue)
        for at in life:
            heapq.heappush(queue, (at, next(order), life))
            break
    return Result(
        case, workers, tally.visitors, tally.wrong, tally.longest_wait, world.read_units, world.throttled,
        tally.busy / tally.well,
    )  # fmt: skip


def cases(*, is_full: bool) -> list[Case]:
    """Those of the table in docs/scale.md, or a few small ones."""
    if not is_full:
        return [
            Case("500 integrations, three replicas", 500, workers_per_region=20),
            Case("the same, throttled for 2 s", 500, workers_per_region=20, outage=2, trouble="throttles"),
            Case(
                "the same, a black hole for 20 s", 500, workers_per_region=20, outage=20, trouble="black hole"
            ),
        ]
    every = tuple(region for region in EDGE_REGIONS if region != HOME_REGION)
    sized = [
        Case(f"{count:,} integrations, {words}", count, replicas)
        for count in (5, 500, 2000)
        for words, replicas in (
            ("no replica", ()),
            ("three replicas", THREE_REPLICAS),
            ("every region", every),
        )
    ]
    # Lambda starts a worker because the others are busy.
    busy = Case("", 500, workers_per_region=20, visits_per_second=40)
    return [
        *sized,
        Case("500, three replicas, published meanwhile", 500, is_published_meanwhile=True),
        Case("500, every region, 100,000 workers", 500, every, workers_per_region=7693),
        Case("500, three replicas, 2 s of throttles", 500, outage=2, trouble="throttles"),
        busy._replace(name="500, three replicas, throttled for 60 s", outage=60, trouble="throttles"),
        busy._replace(name="500, three replicas, a black hole for 60 s", outage=60, trouble="black hole"),
    ]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 1 when a visitor was decided wrong although the table was well."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_sale", description=__doc__)
    parser.add_argument("--full", action="store_true", help="all cases of docs/scale.md, for some minutes")
    parser.add_argument(
        "--write", action="store_true", help="write the tables and the plot into docs/scale.md"
    )
    options = parser.parse_args(arguments)
    results = []
    for case in cases(is_full=options.full or options.write):
        result = simulate(case)
        results.append(result)
        print(
            f"{case.name:<44}{result.visitors:>10,} visitors {result.wrong:>8,} wrong "
            f"{result.longest_wait:>7.2f} s {result.read_units:>11,.0f} units  concurrency {result.concurrency:.2f}",
            flush=True,
        )
    if options.write:
        docs = Path(__file__).parents[1] / "docs"
        (docs / "on-sale.svg").write_text(plot(results))
        page = docs / "scale.md"
        page.write_text(tables(page.read_text(), results))
    return int(any(result.wrong for result in results if not result.case.outage))


if __name__ == "__main__":
    sys.exit(main())
