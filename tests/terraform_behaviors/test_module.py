"""The module's own tests, which need no account: each validation, the role's policy, the invocations' input."""

from pathlib import Path

import pytest

from tests.terraform.workspace import VARIABLES, Workspace, copy_module

pytestmark = pytest.mark.timeout(900)  # for Terraform on a busy machine


def test_the_modules_own_tests_pass(tmp_path: Path) -> None:
    copy_module(tmp_path / "copy")
    workspace = Workspace(tmp_path / "copy", "modules/behavior_association", {}, {})
    (workspace.path / VARIABLES).unlink()
    workspace.init()

    printed = workspace.run("test", "-no-color")

    assert "Success! 20 passed, 0 failed." in printed
