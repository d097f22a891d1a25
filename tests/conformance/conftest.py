import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.comparison import Score, run
from tests.conformance.oracle import Oracle, install
from tests.npm_packages import missing_tool

REPORT = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts of the comparison, also when it found no defect."""
    if report := config.stash.get(REPORT, ""):
        terminalreporter.section("conformance")
        terminalreporter.write_line(report)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The directory that the reference connector is in, installed on first use."""
    if missing := missing_tool():
        pytest.skip(missing)
    return install()


@pytest.fixture(scope="session")
def oracle(reference: Path) -> Iterator[Oracle]:
    """The reference connector, asked for the whole session."""
    with Oracle(reference) as running:
        yield running


@pytest.fixture(scope="session")
def score(reference: Path, is_full: bool, pytestconfig: pytest.Config) -> Score:
    """What comparing generated cases shows, also printed at the end of the test run.

    The environment variables CONFORMANCE_SEED and CONFORMANCE_CASES say from where and how many.
    """
    seed = int(os.environ.get("CONFORMANCE_SEED", "20261124"))
    cases = int(os.environ.get("CONFORMANCE_CASES", "1500" if is_full else "120"))
    score = run(reference, cases, seed, (os.cpu_count() or 1) if is_full else 1)
    pytestconfig.stash[REPORT] = f"CONFORMANCE_SEED={seed} CONFORMANCE_CASES={cases}\n{score.report()}"
    return score
