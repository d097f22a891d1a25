"""The dashboard's own plan tests, run by Terraform in a copy of the module."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[2] / "modules" / "dashboard"
PROVIDER = Path("registry.terraform.io") / "hashicorp" / "aws"
MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins")


def plugin_directory() -> str | None:
    """Where providers come from: QUEUEIT_TF_PLUGIN_DIR, else a mirror in a usual place, else None, the registry."""
    if chosen := os.environ.get("QUEUEIT_TF_PLUGIN_DIR"):
        return chosen
    below_opt = [folder.parent for folder in sorted(Path("/opt").glob("*/registry.terraform.io"))]
    candidates = [*[Path(mirror).expanduser() for mirror in MIRRORS], *below_opt]
    return next((str(folder) for folder in candidates if (folder / PROVIDER).is_dir()), None)


@pytest.mark.skipif(
    shutil.which("terraform") is None,
    reason="no terraform on the PATH; get 1.11 or later from https://developer.hashicorp.com/terraform/install",
)
def test_the_dashboard_shows_what_it_should_and_refuses_inputs_that_cannot_be_meant(tmp_path: Path) -> None:
    copy = tmp_path / "dashboard"
    shutil.copytree(MODULE, copy, ignore=shutil.ignore_patterns(".terraform*"))
    mirror = plugin_directory()
    commands = [
        ["init", "-input=false", "-no-color", *([f"-plugin-dir={mirror}"] if mirror else [])],
        ["test", "-no-color"],
    ]
    for command in commands:
        done = subprocess.run(
            ["terraform", *command],
            cwd=copy,
            env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed, 0 failed" in done.stdout
