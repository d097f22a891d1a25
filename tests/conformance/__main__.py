"""`python -m tests.conformance`: compare as many generated cases with the reference as one asks for."""

import argparse
import os
import secrets
import sys

from tests.conformance.comparison import run
from tests.conformance.oracle import install
from tests.npm_packages import missing_tool


def main() -> int:
    """The exit status: 0 without a defect, 1 with one, 2 where there is no Node."""
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
    return 1 if score.defects else 0


if __name__ == "__main__":
    sys.exit(main())
