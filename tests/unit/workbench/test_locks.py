"""The locks in requirements/ hold what pyproject.toml asks for, each with its hashes, from any registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMMAND_LINE = PROJECT["project"]["dependencies"]
DEMO = PROJECT["project"]["optional-dependencies"]["demo"]
GROUPS = PROJECT["dependency-groups"]

ASKED_FOR = {
    "queueit": [*COMMAND_LINE, *GROUPS["install"]],
    "demo": [*COMMAND_LINE, *DEMO, *GROUPS["install"]],
    "dev": [*COMMAND_LINE, *DEMO, *GROUPS["dev"], *GROUPS["install"]],
    "checkov": GROUPS["checkov"],
    "newer-terraform": GROUPS["newer-terraform"],
    "atheris": GROUPS["atheris"],
    "runtime": GROUPS["runtime"],
}


def lock(layer: str) -> str:
    return (ROOT / "requirements" / f"{layer}.txt").read_text(encoding="utf-8")


def locked(layer: str) -> set[tuple[str, str]]:
    """Each package with its locked version: one may have several, for different Pythons."""
    return set(re.findall(r"^([a-z0-9-]+)==(\S+)", lock(layer), re.MULTILINE))


def test_every_lock_is_one_that_is_checked() -> None:
    assert {path.stem for path in (ROOT / "requirements").iterdir()} == ASKED_FOR.keys()


@pytest.mark.parametrize("layer", ASKED_FOR)
def test_every_package_that_the_project_asks_for_is_locked(layer: str) -> None:
    for requirement in map(Requirement, ASKED_FOR[layer]):
        versions = [version for name, version in locked(layer) if name == requirement.name]
        assert any(version in requirement.specifier for version in versions), "run `make lock`"


@pytest.mark.parametrize("layer", ASKED_FOR)
def test_every_package_has_a_hash_and_none_says_where_it_comes_from(layer: str) -> None:
    text = lock(layer)
    packages = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())

    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"https?:|file:|--index|--find-links", text)


@pytest.mark.parametrize("layer", ["queueit", "demo"])
def test_a_smaller_layer_has_the_versions_of_the_whole(layer: str) -> None:
    assert locked(layer) <= locked("dev")
