"""Campaigns side by side: each of a number of events and from a seed of its own, their figures added up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from tests.fuzz.campaign import Campaign, Figures, read_corpus

EVENTS_PER_SEED = 50_000


def _campaign_of(seed: int, events: int, end: float) -> Figures:
    """The figures of one seed's campaign, which `end`, a `time.time()`, may cut short."""
    campaign = Campaign(seed, read_corpus())
    campaign.run(lambda: campaign.events < events and time.time() < end)
    for shown in campaign.figures.findings.values():
        shown["seed"] = seed
    return campaign.figures


def campaigns(
    first_seed: int,
    processes: int,
    seconds: float,
    events: int,
    tell: Callable[[str], None],
    each: int = EVENTS_PER_SEED,
) -> Figures:
    """The figures of the seeds from `first_seed` on, until the time is up or so many events were judged.

    Each seed's campaign has `each` events, so it is the same again whatever runs beside it. `tell` gets a line for each
    seed that is done.
    """
    total = Figures(Counter(), Counter(), {}, set())
    end, seed = time.time() + seconds, first_seed
    running: set[Future[Figures]] = set()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        while running or seed == first_seed:
            while (
                len(running) < processes
                and time.time() < end
                and total.counts["events"] + len(running) * each < events
            ):
                running.add(pool.submit(_campaign_of, seed, each, end))
                seed += 1
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                total = total.with_those_of(future.result())
                tell(total.line())
    return total
