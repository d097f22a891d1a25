"""When the reader asks the table, how long it lets a visitor wait, and what it does about trouble: by a clock of ours.

The table is simulated: each read takes the time that a test says, in which nothing goes on but the clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from edge.snapshot_reader import POLL_SECONDS, SnapshotReader, Timed
from edge.steps import Deadline, PassedTime, Pause, Steps
from edge.table import Item, TableBusy, TableError
from queueit.stored_snapshot import pack
from queueit.table_items import Current, current_item
from tests.builders import SECRET_KEY, integration_config, snapshot_document

THROTTLED = TableBusy("DynamoDB answered 400 ThrottlingException")
NEVER = float("inf")


class World:
    """A clock, and a table in it whose reads take `latency` seconds or raise `problem`; NEVER answers never."""

    name = "shop"

    def __init__(self) -> None:
        self.now = 1000.0
        self.latency = 0.005
        self.problem: Exception | None = None
        self.problems: list[Exception] = []
        self.items: dict[str, Item] = {}
        self.reads: list[tuple[float, str, str, bool]] = []

    def publish(self, version: int, *, is_stored: bool = True, **settings: Any) -> str:
        document = snapshot_document(
            settings=settings, integration_config=integration_config(version=version)
        )
        digest, body = pack(document)
        self.point_at(digest, body)
        if is_stored:
            self.items[f"snapshot#{digest}"] = {"body": {"B": body}}
        return digest

    def point_at(self, digest: str, body: bytes | None = None) -> None:
        pointer = Current(digest, 7, 7, 0, {"secret_key": SECRET_KEY}, 0, body=body)
        self.items["current"] = current_item(pointer)

    def read(
        self, region: str, key: str, deadline: Deadline, *, consistent: bool = False
    ) -> Steps[Item | None]:
        self.reads.append((self.now, region, key.partition("#")[0], consistent))
        latency = self.latency
        answers_at = self.now + latency
        waiting = deadline.of_one_wait()
        while self.now < answers_at:
            try:
                left = waiting.remaining()
            except TimeoutError as error:
                raise TableError(str(error)) from None
            yield Pending(min(left, answers_at - self.now))
        if self.problems:
            raise self.problems.pop(0)
        if self.problem:
            raise self.problem
        return self.items.get(key)

    def close(self) -> None:
        pass


class Pending:
    """A read under way."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def wait(self, seconds: float) -> None:
        raise AssertionError("no test waits for real")


class Visits:
    """A worker in the world, and what its visitors met: how long each waited, and by which version it was decided."""

    def __init__(self, region: str = "us-east-1", uniform: Callable[[], float] = lambda: 0.0) -> None:
        self.world = World()
        self.log: list[dict[str, Any]] = []
        self.reader = SnapshotReader(
            self.world,
            region,
            clock=lambda: self.world.now,
            wall_clock=lambda: self.world.now,
            uniform=uniform,
            log=self.log.append,
        )

    def _drive(self, steps: Timed) -> float:
        began_at = self.world.now
        for wait, seconds in steps:
            assert isinstance(wait, (Pending, Pause))
            self.world.now += min(seconds, wait.seconds)
        return self.world.now - began_at

    def load(self) -> float:
        """How long initialisation took."""
        return self._drive(self.reader.loading())

    def visit(self, after: float = 0.0, seconds_left: float = 5.0) -> tuple[float, int | None]:
        """How long a visitor waits who comes `after` seconds, and the version that decides, None without any."""
        self.world.now += after
        waited = self._drive(self.reader.deciding(seconds_left))
        snapshot = self.reader._snapshot
        return round(waited, 4), snapshot.version if snapshot else None

    def each_second(self, count: int) -> list[tuple[float, int | None]]:
        """A visitor a second."""
        return [self.visit(1.0) for _ in range(count)]


@pytest.fixture
def visits() -> Visits:
    """A worker that has loaded version 7."""
    visits = Visits()
    visits.world.publish(7)
    visits.load()
    return visits


def waits(met: list[tuple[float, int | None]]) -> list[float]:
    return [waited for waited, _ in met]


def test_one_round_trip_loads_a_small_snapshot(visits: Visits) -> None:
    assert visits.visit() == (0.0, 7)
    assert [key for _, _, key, _ in visits.world.reads] == ["current"]


@pytest.mark.parametrize("latency", [0.002, 0.3])
def test_a_visitor_waits_30_ms_at_most_for_a_poll_and_follows_within_the_interval_and_5_s(
    visits: Visits, latency: float
) -> None:
    visits.world.latency = latency
    visits.world.publish(8)
    met = visits.each_second(36)
    assert max(waits(met)) <= POLL_SECONDS
    assert [version for _, version in met].index(8) <= 34


def test_a_large_snapshot_is_followed_as_soon_and_read_once_while_the_pointer_stays(visits: Visits) -> None:
    visits.world.latency = 0.3
    digest = visits.world.publish(8)
    visits.world.point_at(digest)
    met = visits.each_second(120)
    assert max(waits(met)) <= POLL_SECONDS
    assert met[34][1] == 8
    assert [key for _, _, key, _ in visits.world.reads].count("snapshot") == 1


@pytest.mark.parametrize(
    ("latency", "problem"), [(NEVER, None), (0.001, TableError("ConnectionRefusedError")), (0.01, THROTTLED)]
)
def test_while_the_table_is_in_trouble_no_visitor_of_a_warm_worker_waits_over_30_ms(
    visits: Visits, latency: float, problem: Exception | None
) -> None:
    visits.world.latency, visits.world.problem = latency, problem
    met = visits.each_second(900)
    assert max(waits(met)) <= POLL_SECONDS
    assert {version for _, version in met} == {7}
    visits.world.publish(8, enabled=False)
    visits.world.latency, visits.world.problem = 0.005, None
    assert visits.each_second(65)[-1][1] == 8


def test_after_failures_polls_get_rarer_up_to_a_minute_and_go_back_to_the_interval(visits: Visits) -> None:
    visits.world.problem = TableError("DynamoDB answered 400 AccessDeniedException")
    visits.each_second(600)
    at = [at for at, _, _, _ in visits.world.reads]
    between = [round(later - earlier) for earlier, later in itertools.pairwise(at)]
    assert between[:8] == [30, 2, 4, 8, 16, 32, 60, 60]
    assert visits.reader.poll_failures == len(at) - 1
    visits.world.problem = None
    visits.each_second(61)
    count = len(visits.world.reads)
    visits.each_second(60)
    assert len(visits.world.reads) - count == 2


@pytest.mark.parametrize(("uniform", "seconds"), [(0.0, 30), (0.999, 25)])
def test_an_interval_is_shortened_by_up_to_a_fifth_and_never_lengthened(uniform: float, seconds: int) -> None:
    visits = Visits(uniform=lambda: uniform)
    visits.world.publish(7)
    visits.load()
    visits.each_second(seconds - 1)
    assert len(visits.world.reads) == 1
    visits.each_second(2)
    assert len(visits.world.reads) == 2


def test_a_worker_that_slept_waits_up_to_a_second_for_what_is_in_force_now(visits: Visits) -> None:
    visits.world.latency = 0.4
    visits.world.publish(8)
    assert visits.visit(3600) == (0.4, 8)


def test_a_worker_that_slept_waits_that_long_once_while_the_table_is_in_trouble(visits: Visits) -> None:
    visits.world.latency = NEVER
    met = [visits.visit(70) for _ in range(4)]
    assert met[0] == (1.0, 7)
    assert max(waits(met[1:])) <= POLL_SECONDS
    assert visits.reader.poll_failures >= 1


def test_a_visit_that_has_no_second_to_spare_does_not_wait_one(visits: Visits) -> None:
    visits.world.latency = NEVER
    assert visits.visit(3600, seconds_left=1.5)[0] <= POLL_SECONDS


@pytest.mark.parametrize("gap", [0.05, 1.0, 4.0, 20.0, 55.0])
def test_an_answer_that_came_while_the_worker_was_frozen_counts_as_of_when_it_was_asked_for(
    visits: Visits, gap: float
) -> None:
    visits.world.latency = 0.04
    visits.visit(31)
    asked_at = visits.world.reads[-1][0]
    visits.visit(gap)
    assert visits.reader.confirmed_at == asked_at


def test_a_read_that_a_long_sleep_interrupted_begins_anew_and_is_no_failure(visits: Visits) -> None:
    visits.world.latency = NEVER
    visits.visit(31)
    visits.world.latency = 0.002
    visits.world.publish(8)
    assert visits.visit(20) == (0.002, 8)
    assert visits.reader.poll_failures == 0


def test_a_refused_snapshot_is_a_failure_of_each_poll_and_does_not_make_the_old_one_young(
    visits: Visits,
) -> None:
    confirmed_at = visits.reader.confirmed_at
    digest, body = pack(snapshot_document() | {"format": 99})
    visits.world.point_at(digest, body)
    visits.each_second(200)
    failures = visits.reader.poll_failures
    assert failures >= 6
    assert visits.reader.confirmed_at == confirmed_at
    visits.each_second(61)
    assert visits.reader.poll_failures > failures


@pytest.mark.parametrize(
    "problem",
    [
        THROTTLED,
        TableBusy("DynamoDB answered 500 InternalServerError"),
        TableBusy("ConnectionResetError: the server closed the connection"),
        TableError("ConnectionRefusedError: [Errno 111] Connection refused"),
        TableError("DynamoDB answered 400 UnrecognizedClientException"),
    ],
)
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_any_single_fault_at_a_cold_start_is_followed_by_another_attempt(
    problem: Exception, region: str
) -> None:
    visits = Visits(region)
    visits.world.publish(7)
    visits.world.problems = [problem]
    assert visits.load() < 0.5
    assert visits.visit() == (0.0, 7)


def test_a_lost_answer_at_a_cold_start_is_followed_by_another_attempt() -> None:
    visits = Visits()
    visits.world.publish(7)
    visits.world.latency = NEVER
    steps = visits.reader.loading()
    wait, seconds = next(steps)
    assert isinstance(wait, Pending)
    visits.world.now += min(wait.seconds, seconds)
    visits.world.latency = 0.01
    visits._drive(steps)
    assert visits.visit() == (0.0, 7)


def test_a_snapshot_that_is_not_there_yet_is_asked_for_again_consistently() -> None:
    visits = Visits()
    digest = visits.world.publish(7, is_stored=False)
    visits.world.point_at(digest)
    steps = visits.reader.loading()
    for wait, seconds in steps:
        assert isinstance(wait, (Pending, Pause))
        visits.world.now += min(seconds, wait.seconds)
        if len(visits.world.reads) == 6:
            visits.world.publish(7)
    assert visits.visit()[1] == 7
    assert [(key, is_consistent) for _, _, key, is_consistent in visits.world.reads[:3]] == [
        ("current", False),
        ("snapshot", False),
        ("snapshot", True),
    ]


@pytest.mark.parametrize("uniform", [0.0, 0.5, 0.999])
def test_after_two_seconds_of_nothing_but_throttles_nobody_was_decided_without_a_snapshot(
    uniform: float,
) -> None:
    visits = Visits(uniform=lambda: uniform)
    visits.world.publish(7)
    visits.world.problem = THROTTLED
    ends_at = visits.world.now + 2
    for wait, seconds in visits.reader.loading():
        assert isinstance(wait, (Pending, Pause))
        visits.world.now += min(seconds, wait.seconds)
        if visits.world.now >= ends_at:
            visits.world.problem = None
    assert visits.visit()[1] == 7


def test_throttles_are_waited_for_until_the_budget_is_spent_which_comes_back_slowly() -> None:
    visits = Visits()
    visits.world.publish(7)
    visits.world.problem = THROTTLED
    assert visits.load() == pytest.approx(3.0, abs=0.6)
    first, _ = visits.visit()
    assert first == pytest.approx(3.0 / 0.9, abs=0.1)  # some comes back meanwhile
    met = visits.each_second(60)
    assert sum(waits(met)) <= 60 * 0.1 * 1.5 + 0.5
    visits.world.problem = None
    assert visits.visit(3.1)[1] == 7


def test_a_visitor_is_never_held_beyond_the_time_that_lambda_leaves() -> None:
    visits = Visits()
    visits.world.problem = THROTTLED
    visits.load()
    waited, _ = visits.visit(seconds_left=1.8)
    assert waited <= 0.8


def test_a_table_that_never_answers_delays_hardly_any_visitor_and_is_read_soon_after_it_does() -> None:
    visits = Visits("eu-west-1")
    visits.world.publish(7)
    visits.world.latency = NEVER
    assert visits.load() == pytest.approx(3.0)
    assert [region for _, region, _, _ in visits.world.reads] == ["eu-west-1", "us-east-1"]
    met = visits.each_second(60)
    assert len([waited for waited in waits(met) if waited > 0.1]) / 60 < 0.02
    visits.world.latency = 0.05
    assert visits.each_second(15)[-1][1] == 7


def test_refused_connections_hold_a_visitor_half_a_second_in_all() -> None:
    visits = Visits()
    visits.world.problem = TableError("ConnectionRefusedError")
    visits.world.latency = 0.001
    assert visits.load() < 1
    met = visits.each_second(60)
    assert sum([waited for waited in waits(met) if waited > POLL_SECONDS]) <= 0.5


def test_a_snapshot_that_this_code_cannot_use_is_not_waited_for() -> None:
    visits = Visits()
    document = snapshot_document() | {"format": 99}
    digest, body = pack(document)
    visits.world.point_at(digest, body)
    assert visits.load() < 0.1
    assert max(waits(visits.each_second(30))) <= POLL_SECONDS


def test_failures_are_logged_twice_a_minute_at_most(visits: Visits) -> None:
    visits.log.clear()
    visits.world.problem = THROTTLED
    visits.each_second(600)
    assert 2 <= len(visits.log) <= 20
    assert visits.log[-1]["failures"] == visits.reader.poll_failures


def test_a_defect_is_logged_by_its_kind_alone_and_never_raised_even_if_it_cannot_be_logged() -> None:
    log: list[dict[str, Any]] = []

    def broken_log(message: dict[str, Any]) -> None:
        log.append(message)
        raise OSError("no space left")

    world = World()
    world.latency, world.problem = 0, ZeroDivisionError("secret")
    reader = SnapshotReader(world, "us-east-1", log=broken_log)
    reader.load()
    assert reader.current(5.0) is None
    assert log[0]["problem"] == "defect: ZeroDivisionError"


@pytest.mark.parametrize("step", [-1e6, 1e6])
def test_a_clock_that_jumps_neither_stops_polling_nor_makes_it_endless(step: float) -> None:
    world = World()
    wall = [5000.0]
    clock = PassedTime(lambda: world.now, lambda: wall[0])
    reader = SnapshotReader(world, "us-east-1", clock=clock, wall_clock=lambda: wall[0], log=lambda _: None)
    world.publish(7)
    world.latency = 0
    reader.load()
    wall[0] += step
    for _ in range(120):
        world.now += 1
        wall[0] += 1
        reader.current(5.0)
    assert 4 <= len(world.reads) <= 6
