"""The tests that come with the modules, *.tftest.hcl, each folder by itself: they need no AWS, and most no provider."""

import re
import shutil
from pathlib import Path

import pytest

from tests.terraform.workspace import ROOT, VARIABLES, Workspace, copy_module

FOLDERS = {
    ".": "tests/*.tftest.hcl",
    "tests/inputs": "*.tftest.hcl",
    "modules/options": "tests/*.tftest.hcl",
    "modules/behavior_association": "tests/*.tftest.hcl",
    "modules/behavior_association/tests/inputs": "*.tftest.hcl",
}
INPUTS = {
    ".": "tests/inputs/inputs.tftest.hcl",
    "modules/options": "modules/options/tests/options.tftest.hcl",
}


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
    files = [file.read_text(encoding="utf-8") for file in place.path.glob(FOLDERS[folder])]
    runs = sum(len(re.findall(r"^run ", file, re.MULTILINE)) for file in files)
    assert f"Success! {runs} passed, 0 failed" in printed, printed
    assert runs


def variables(folder: str) -> str:
    """The declarations of a module's inputs."""
    return "\n".join([file.read_text(encoding="utf-8") for file in (ROOT / folder).glob("variables*.tf")])


@pytest.mark.parametrize("folder", INPUTS)
def test_every_validation_of_every_input_has_a_run_that_it_refuses(folder: str) -> None:
    runs = (ROOT / INPUTS[folder]).read_text(encoding="utf-8")
    found = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', variables(folder), re.DOTALL | re.MULTILINE)
    assert found
    for name, body in found:
        validations = body.count("  validation {")
        refusals = len(re.findall(rf"expect_failures = \[.*\bvar\.{name}\b.*\]", runs))
        assert refusals >= validations, f"{name} has {validations} validations and {refusals} refusals"


@pytest.mark.parametrize("folder", INPUTS)
def test_every_refusal_says_what_to_write(folder: str) -> None:
    messages = re.findall(
        r"error_message = (join\(.*?^    \]\)|.*?$)", variables(folder), re.DOTALL | re.MULTILINE
    )
    assert len(messages) > 10
    for message in messages:
        assert re.search(r"\b(write|keep|put)\b", message), message
