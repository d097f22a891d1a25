"""`python -m tests.conformance`: compare as many generated cases with the reference as one asks for."""

import argparse
import os
import secrets
import sys

from tests.conformance.comparison import run
from tests.conformance.oracle import install
from tests.npm_packages import missing_tool

ENOUGH_FOR_EVERY_DIMENSION = 5_000
"""Cases; fewer may miss a rare one."""


def main() -> int:
    """The exit status: 0 without a defect, 1 with one or with a dimension that many cases miss, 2 without Node."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the generator (default: a new one, printed)"
    )
    arguments = parser.parse_args()
    if missing := missing_tool():
        print(missing, file=sys.stderr)
        return 2
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    score = run(install(), arguments.cases, seed, os.cpu_count() or 1)
    print(score.report())
    if arguments.cases >= ENOUGH_FOR_EVERY_DIMENSION and score.unreached:
        print(f"no case reaches: {', '.join(score.unreached)}", file=sys.stderr)
        return 1
    return 1 if score.defects else 0


if __name__ == "__main__":
    sys.exit(main())
