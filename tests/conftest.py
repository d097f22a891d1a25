"""How every test runs: the profiles of property tests, and which worker takes which."""

from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

# Property tests try the same examples on every run, more of them where the long tests run too;
# `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("short", derandomize=True, database=None, deadline=None, max_examples=25)
settings.register_profile("full", settings.get_profile("short"), max_examples=100)
settings.register_profile("explore", deadline=None, max_examples=3000)

_read_model = cache(JSONFileLoader().load_file)


class ModelsReadOnce(JSONFileLoader):
    """Reads AWS's models of its services. moto gives each test a session, which would parse them anew."""

    def load_file(self, file_path: str) -> Any:
        """What the file of that path says; None where there is none."""
        return _read_model(file_path)


Loader.FILE_LOADER_CLASS = ModelsReadOnce


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile before the first property is read."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("full" if config.option.markexpr == "full or not full" else "short")


# Rooms whose tests wait long for Terraform or for polls: with several workers they begin first.
LONG = (
    "tests/acceptance",
    "tests/terraform",
    "tests/end_to_end/test_publish",
    "tests/end_to_end",
    "tests/conformance",
)


# Files of the Terraform tests that share a deployment; the others of that room have one, or none, of their own.
SHARED = {
    "a life": ("life", "deployer_policy"),
    "examples": (
        "dashboard",
        "deployments",
        "ends",
        "later_plans",
        "newer_terraform",
        "permissions",
        "plans",
        "secrets",
        "visits",
    ),
}
_SHARING = {f"tests/terraform/test_{file}.py": what for what, files in SHARED.items() for file in files}


class OneWorkerPerFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file's tests to one worker, and files that share what Terraform deployed to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return _SHARING.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Called by pytest-xdist where there are several workers."""
    config.option.loadscopereorder = False
    return OneWorkerPerFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long tests where there are several workers."""

    def turn(item: pytest.Item) -> int:
        return next((turn for turn, room in enumerate(LONG) if item.nodeid.startswith(room)), len(LONG))

    if hasattr(config, "workerinput"):
        items.sort(key=turn)
