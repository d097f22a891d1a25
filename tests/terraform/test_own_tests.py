"""The tests that come with the modules, each folder by itself: they need no AWS, and most no provider."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.workspace import ROOT, VARIABLES, Workspace, copy_module

FOLDERS = {
    ".": "tests",
    "tests/inputs": ".",
    "modules/options": "tests",
    "modules/behavior_association": "tests",
    "modules/behavior_association/tests/inputs": ".",
}
"""The modules, and where in each the tests are."""

INPUTS = {
    ".": "tests/inputs/inputs.tftest.json",
    "modules/options": "modules/options/tests/inputs.tftest.json",
}


def inputs_runs(file: Path) -> dict[str, dict[str, Any]]:
    """The runs of a file of tests that is JSON."""
    runs: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["run"]
    return runs


@pytest.fixture(scope="module")
def copy(terraform: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module as it lies in the repository, with its tests."""
    target = copy_module(tmp_path_factory.mktemp("own_tests") / "copy")
    for folder in ("inputs", "mocks"):
        shutil.copytree(ROOT / "tests" / folder, target / "tests" / folder, symlinks=True)
    for file in (ROOT / "tests").glob("*.tftest.hcl"):
        shutil.copy(file, target / "tests")
    return target


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_of_them_pass_without_aws(folder: str, copy: Path) -> None:
    place = Workspace(copy, folder, {}, {})
    (place.path / VARIABLES).unlink()
    place.init()
    printed = place.run("test", "-no-color")
    tests = place.path / FOLDERS[folder]
    runs = sum(
        len(re.findall(r"^run ", file.read_text(), re.MULTILINE)) for file in tests.glob("*.tftest.hcl")
    )
    runs += sum(len(inputs_runs(file)) for file in tests.glob("*.tftest.json"))
    assert f"Success! {runs} passed, 0 failed" in printed, printed
    assert runs


def variables(folder: str) -> str:
    """The declarations of a module's inputs."""
    return "\n".join([file.read_text(encoding="utf-8") for file in (ROOT / folder).glob("variables*.tf")])


@pytest.mark.parametrize("folder", INPUTS)
def test_every_validation_of_every_input_has_a_run_that_it_refuses(folder: str) -> None:
    runs = inputs_runs(ROOT / INPUTS[folder]).values()
    found = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', variables(folder), re.DOTALL | re.MULTILINE)
    assert found
    for name, body in found:
        validations = body.count("  validation {")
        refusals = sum(f"var.{name}" in run.get("expect_failures", []) for run in runs)
        assert refusals >= validations, f"{name} has {validations} validations and {refusals} refusals"


@pytest.mark.parametrize("folder", INPUTS)
def test_every_refusal_says_what_to_write(folder: str) -> None:
    messages = re.findall(
        r"error_message = (join\(.*?^    \]\)|.*?$)", variables(folder), re.DOTALL | re.MULTILINE
    )
    assert len(messages) > 10
    for message in messages:
        assert re.search(r"\b(write|keep|put)\b", message), message
