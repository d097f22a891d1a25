"""`python -m tests.fuzz`: look for a request that raises, or that passes without a genuine proof."""

import argparse
import secrets
import sys
import time

from tests.fuzz.campaign import Campaign, read_corpus, write_corpus


def main() -> int:
    """The exit status: 0 without a finding, 1 with one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="of all choices (default: a new one, printed)")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the cases that reach a line first in tests/fuzz/corpus.json",
    )
    arguments = parser.parse_args()
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    campaign = Campaign(seed, read_corpus())
    end = time.monotonic() + arguments.seconds
    campaign.run(lambda: time.monotonic() < end)
    print(campaign.report())
    if arguments.write:
        write_corpus(campaign.reached_lines)
    return 1 if campaign.findings else 0


if __name__ == "__main__":
    sys.exit(main())
