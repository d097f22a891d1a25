import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
def conformance_cases() -> int:
    """How many cases to compare; the environment variable CONFORMANCE_CASES says another number."""
    return int(os.environ.get("CONFORMANCE_CASES", "200"))


@pytest.fixture(scope="session")
def conformance_seed() -> int:
    """Where the cases come from; the environment variable CONFORMANCE_SEED says another."""
    return int(os.environ.get("CONFORMANCE_SEED", "20261124"))


@pytest.fixture
def keep_report(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Keeps the comparison's report for the summary at the end of the test run."""

    def keep(report: str) -> None:
        pytestconfig.stash[REPORT] = report

    return keep
