"""Validates the Terraform code: the root module, each submodule and each example, every one by itself.

`python -m workbench.terraform_validate` does so in a copy, so that nothing is left behind, several directories at once.
Providers come from where `plugin_directory` says.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

_PROVIDER: Final = Path("registry.terraform.io") / "hashicorp" / "aws"
_MIRRORS: Final = (
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
_LEFT_BEHIND: Final = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*tfplan", "*.auto.tfvars*")


def plugin_directory(environ: Mapping[str, str] = os.environ) -> str | None:
    """Where providers come from: QUEUEIT_TF_PLUGIN_DIR, else a mirror in a usual place, else None, the registry."""
    if chosen := environ.get("QUEUEIT_TF_PLUGIN_DIR"):
        return chosen
    usual = [Path(mirror).expanduser() for mirror in _MIRRORS]
    below_opt = sorted(Path("/opt").glob("*/registry.terraform.io"))
    candidates = [*usual, *[folder.parent for folder in below_opt]]
    return next((str(folder) for folder in candidates if (folder / _PROVIDER).is_dir()), None)


def directories(root: Path) -> list[Path]:
    """The root module, then its submodules and examples."""
    parts = [path for folder in ("modules", "examples") for path in sorted((root / folder).iterdir())]
    return [root, *[path for path in parts if [*path.glob("*.tf")]]]


def copy_module(target: Path, source: Path = ROOT) -> Path:
    """Copy what a user of the module gets, and its examples, to a directory that does not exist yet."""
    target.mkdir(parents=True)
    for file in source.glob("*.tf"):
        shutil.copy(file, target)
    for folder in ("modules", "examples", "functions/dist"):
        shutil.copytree(source / folder, target / folder, ignore=_LEFT_BEHIND)
    return target


def problems_of(directory: Path) -> str:
    """What Terraform says against the code in a directory; empty without a problem."""
    mirror = plugin_directory()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "GOGC": "400",  # what runs so short ends before its garbage is worth collecting
        "AWS_REGION": "us-east-1",
    }
    steps = [
        ["init", "-backend=false", "-input=false", *([f"-plugin-dir={mirror}"] if mirror else [])],
        ["validate"],
    ]
    for step in steps:
        ended = subprocess.run(
            ["terraform", *step, "-no-color"],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode:
            return ended.stdout
    return "" if "Success! The configuration is valid.\n" in ended.stdout else ended.stdout


def validate(root: Path) -> Iterable[tuple[str, str]]:
    """The name of each directory and what is wrong with it, empty where nothing is."""
    found = directories(root)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for directory, problems in zip(found, pool.map(problems_of, found), strict=True):
            yield directory.relative_to(root).as_posix(), problems


def main() -> int:
    """The exit status: 0 where everything is valid, 1 otherwise."""
    with tempfile.TemporaryDirectory(prefix="terraform-validate-") as directory:
        results = dict(validate(copy_module(Path(directory) / "copy")))
    wrong = {name: problems for name, problems in results.items() if problems}
    for name, problems in wrong.items():
        print(f"{name}:\n{problems}", file=sys.stderr)
    print(f"{len(results) - len(wrong)} of {len(results)} directories are valid Terraform")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
