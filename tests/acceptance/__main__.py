"""`make acceptance LOCAL=1`: the acceptance run against the stand-ins on this machine."""

import shutil
import sys
from pathlib import Path

from tests.acceptance.stand_ins import stand_ins
from workbench.acceptance.__main__ import go

RUNS = Path("build/acceptance-local")

if __name__ == "__main__":
    with stand_ins() as account:
        # A run that was interrupted cannot go on: its account went with it.
        shutil.rmtree(RUNS, ignore_errors=True)
        sys.exit(go(account, RUNS, yes=True))
