"""The simulation of an on-sale: its small cases, and that its table and plot say what came of them."""

import random
import xml.etree.ElementTree as ET
from pathlib import Path

from benchmarks.on_sale import THREE_REPLICAS, Case, World, simulate
from benchmarks.on_sale_report import BEGIN, END, plot, tables

PAGE = Path(__file__).parents[3] / "docs" / "scale.md"


def test_at_a_small_opening_no_decision_is_wrong_and_every_worker_has_read_the_table() -> None:
    result = simulate(Case("small", 50, THREE_REPLICAS, workers_per_region=5))
    assert (result.workers, result.wrong) == (65, 0)
    assert result.read_units >= 0.5 * result.workers
    assert 0 < result.longest_wait < 3


def test_two_seconds_of_throttling_make_no_decision_wrong() -> None:
    result = simulate(Case("throttled", 5, workers_per_region=5, outage=2, trouble="throttles"))
    assert result.wrong == 0
    assert result.longest_wait > 1


def test_a_partition_gives_3000_read_units_a_second_in_each_region() -> None:
    world = World(Case("one second", 5), random.Random(1))
    taken = [world.takes("us-east-1", "current", 0.5) for _ in range(7000)]
    assert (sum(taken), world.throttled) == (6000, 1000)
    assert world.takes("us-east-1", "snapshot#1", 0.5)
    assert world.takes("eu-west-1", "current", 0.5)
    world.now += 1
    assert world.takes("us-east-1", "current", 3000)


def test_while_a_table_is_gone_new_workers_decide_by_the_failure_mode() -> None:
    gone = simulate(Case("gone", 5, workers_per_region=5, outage=20, trouble="black hole"))
    assert gone.wrong > 0


def test_the_same_seed_gives_the_same_result() -> None:
    case = Case("small", 5, workers_per_region=3)
    assert simulate(case) == simulate(case)


def test_the_table_and_the_plot_say_the_results() -> None:
    results = [
        simulate(Case(f"{count} integrations, {words}", count, replicas, workers_per_region=2))
        for count in (1, 20)
        for words, replicas in (("no replica", ()), ("three replicas", THREE_REPLICAS))
    ]
    written = tables(PAGE.read_text(), results)
    assert written.count(BEGIN) == written.count(END) == 1
    assert f"| {results[0].visitors:,} | 0 |" in written
    drawing = ET.fromstring(plot(results))
    assert len([one for one in drawing if one.tag.endswith("polyline")]) == 2
