"""How every test runs: the profiles of property tests, and which worker takes which."""

import gc
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from _pytest.runner import runtestprotocol
from botocore.loaders import create_loader
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.chromium import browser, chromium

__all__ = ["browser", "chromium"]  # fixtures

# Property tests try the same examples on every run, more of them where the long tests run too;
# `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("short", derandomize=True, database=None, deadline=None, max_examples=15)
settings.register_profile("full", settings.get_profile("short"), max_examples=100)
settings.register_profile("explore", deadline=None, max_examples=3000)

# moto gives each test a session, which would look for AWS's models of its services and parse them anew.
botocore.session.create_loader = cache(create_loader)


def _runs_all(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "full or not full")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile before the first property is read."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("full" if _runs_all(config) else "short")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is collected to no collection of garbage, as all of it lasts; what comes later is rarely looked at."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """From a worker send a third of the messages: nothing of a set-up that passes, unless `--durations` shows it."""
    if not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed or report.duration > 0.005:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.fixture(scope="session")
def is_full(pytestconfig: pytest.Config) -> bool:
    """Whether the long tests run too; where they do not, some tests try fewer cases."""
    return _runs_all(pytestconfig)


@pytest.fixture(scope="module")
def moto() -> Iterator[None]:
    """moto in place of AWS, begun once a file, as that takes as long as a test; a test resets what it uses."""
    from moto import mock_aws

    with mock_aws():
        yield


# Rooms whose tests wait long for Terraform or for polls: with several workers they begin first.
LONG = (
    "tests/acceptance",
    "tests/terraform",
    "tests/end_to_end/test_publish_and",
    "tests/end_to_end",
    "tests/pages",
    "tests/conformance",
)


# Files that share what is dear to start: a deployment, a system with all its processes, a browser. Any other file has
# a worker to itself.
SHARED = {
    "a life": ("terraform/test_life", "terraform/test_deployer_policy"),
    "examples": (
        "terraform/test_dashboard",
        "terraform/test_deployments",
        "terraform/test_ends",
        "terraform/test_later_plans",
        "terraform/test_newer_terraform",
        "terraform/test_permissions",
        "terraform/test_plans",
        "terraform/test_secrets",
        "terraform/test_visits",
    ),
    "demo": (
        "end_to_end/test_changes",
        "end_to_end/test_command_line",
        "end_to_end/test_decision_log",
        "end_to_end/test_documented_commands",
        "end_to_end/test_optional_features",
        "end_to_end/test_refused_credentials",
        "end_to_end/test_visits",
    ),
    "browser": (
        "end_to_end/test_browser",
        "end_to_end/test_control_room",
        "end_to_end/test_control_room_page",
        "end_to_end/test_demo_walk",
        "end_to_end/test_publish_endpoint",
        "pages/test_fail_closed_page",
        "pages/test_publish_page",
    ),
}
_SHARING = {f"tests/{file}.py": what for what, files in SHARED.items() for file in files}


class OneWorkerPerFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file's tests to one worker, and files that share something to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return _SHARING.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Called by pytest-xdist where there are several workers."""
    config.option.loadscopereorder = False
    return OneWorkerPerFile(config, log)


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long tests where there are several workers, then have some wait while others work."""
    if not hasattr(config, "workerinput"):
        return
    files = [*dict.fromkeys(map(_file_of, items))]
    long = reversed([*enumerate(LONG)])  # the first of those that a file's name begins with counts
    turns = {file: float(turn) for turn, room in long for file in files if file.startswith(room)}
    rest = [file for file in files if file not in turns]
    waiting = [file for file in reversed(rest) if file.startswith("tests/functional")]
    for some in (waiting, [file for file in rest if file not in waiting]):
        turns |= {file: len(LONG) + place / len(some) for place, file in enumerate(some)}
    items.sort(key=lambda item: turns[_file_of(item)])
