"""The tests that come with the module, tests/*.tftest.hcl: validations, what is sent, and the shape of the outputs."""

import re
import shutil

import pytest

from tests.terraform.workspace import ROOT, Workspace, copy_module


@pytest.fixture(scope="module")
def module_with_tests(terraform: None, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The module as it lies in the repository, initialised."""
    copy = copy_module(tmp_path_factory.mktemp("own_tests") / "copy")
    for folder in ("inputs", "mocks"):
        shutil.copytree(ROOT / "tests" / folder, copy / "tests" / folder, symlinks=True)
    for file in (ROOT / "tests").glob("*.tftest.hcl"):
        shutil.copy(file, copy / "tests")
    place = Workspace(copy, ".", {}, {})
    place.init()
    return place


def test_they_pass_with_a_plain_terraform_test_and_without_aws(module_with_tests: Workspace) -> None:
    printed = module_with_tests.run("test", "-no-color")
    passed = re.search(r"Success! (\d+) passed, 0 failed", printed)
    assert passed, printed
    runs = sum(
        len(re.findall(r"^run ", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (ROOT / "tests").glob("*.tftest.hcl")
    )
    assert int(passed[1]) == runs


def test_every_validation_of_every_input_has_a_run_that_it_refuses() -> None:
    variables = (ROOT / "variables.tf").read_text(encoding="utf-8")
    runs = (ROOT / "tests" / "inputs.tftest.hcl").read_text(encoding="utf-8")
    for name, body in re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', variables, re.DOTALL | re.MULTILINE):
        validations = body.count("  validation {")
        refusals = len(re.findall(rf"expect_failures = \[.*\bvar\.{name}\b.*\]", runs))
        assert refusals >= validations, f"{name} has {validations} validations and {refusals} refusals"


def test_every_refusal_says_what_to_write() -> None:
    variables = (ROOT / "variables.tf").read_text(encoding="utf-8")
    messages = re.findall(r"error_message = (.*)", variables)
    assert messages
    for message in messages:
        assert re.search(r"\b(write|keep|put)\b", message), message
