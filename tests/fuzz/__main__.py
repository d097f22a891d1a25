"""`python -m tests.fuzz`: look for a request that raises, or that passes without a genuine proof."""

import argparse
import os
import secrets
import sys
import time
from importlib.util import find_spec


def _own_loop(seed: int, processes: int, seconds: float, events: int) -> int:
    from tests.fuzz.processes import campaigns

    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6,.0f} s: {line}", flush=True)

    figures = campaigns(seed, processes, seconds, events, tell)
    print(figures.report())
    return 1 if figures.findings else 0


def _write(seed: int, seconds: float) -> int:
    from tests.fuzz.campaign import Campaign, read_corpus, write_corpus

    campaign, end = Campaign(seed, read_corpus()), time.monotonic() + seconds
    campaign.run(lambda: time.monotonic() < end)
    write_corpus(campaign.reached_lines)
    return 0


def main() -> int:
    """The exit status: 0 without a finding, 1 with one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long at most (default: %(default)s)")
    parser.add_argument(
        "--events", type=int, default=sys.maxsize, help="how many at most (default: no limit)"
    )
    parser.add_argument(
        "--seed", type=int, help="the first of those that make all choices (default: a new one)"
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="side by side (default: one a core)"
    )
    parser.add_argument(
        "--engine",
        choices=["own", "atheris"],
        default="own",
        help="what chooses the cases; atheris takes one process, and no --events (default: %(default)s)",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the cases that reach a line first in tests/fuzz/corpus.json, and report nothing",
    )
    arguments = parser.parse_args()
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    if arguments.write:
        return _write(seed, arguments.seconds)
    uses_atheris = arguments.engine == "atheris" and find_spec("atheris") is not None
    if arguments.engine == "atheris" and not uses_atheris:
        print("atheris is not installed (`make fuzz ENGINE=atheris` tries to): the own loop runs")
    python = ".".join(map(str, sys.version_info[:3]))
    if uses_atheris:
        print(f"atheris, seed {seed}, Python {python}", flush=True)
        from tests.fuzz.under_atheris import fuzz

        return fuzz(seed, arguments.seconds)
    print(f"own loop, seed {seed}, {arguments.processes} processes, Python {python}", flush=True)
    return _own_loop(seed, arguments.processes, arguments.seconds, arguments.events)


if __name__ == "__main__":
    sys.exit(main())
