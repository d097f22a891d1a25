"""Validates the Terraform code: the root module, each submodule and each example.

`python -m workbench.terraform_validate` does so in a copy, so that nothing is left behind.
Providers come from where `plugin_directory` says.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
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
_VARIABLE: Final = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)


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


def _as_modules(root: Path, folders: list[Path], place: Path) -> str:
    """A configuration that calls each directory, with inputs that Terraform cannot know."""
    blocks = ['variable "any" {\n  type = any\n}\n']
    for folder in folders:
        text = "\n".join([file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.tf"))])
        label = folder.relative_to(root).as_posix().replace("/", "-").replace(".", "root")
        arguments = [f'source = "./{os.path.relpath(folder, place)}"'] + [
            f"{name} = var.any"
            for name, body in _VARIABLE.findall(text)
            if not re.search(r"^  default +=", body, re.MULTILINE)
        ]
        inputs = "\n".join(arguments)
        blocks.append(f'module "{label}" {{\n{inputs}\n}}\n')
    return "\n".join(blocks)


def _each_once(told: str) -> str:
    """A problem of a module that several directories call is told for each of them."""
    problems = re.split(r"^(?=(?:Error|Warning): )", told, flags=re.MULTILINE)
    return "\n\n".join(dict.fromkeys([problem.strip() for problem in problems]))


def problems_of(root: Path) -> str:
    """What Terraform says against the code of the directories at `root`, a copy; empty without a problem.

    All are called by one configuration: to load the provider takes longer than to validate what needs it.
    """
    place = root / "validated"
    place.mkdir()
    (place / "main.tf").write_text(_as_modules(root, directories(root), place), encoding="utf-8")
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
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode:
            return _each_once(ended.stdout)
    if ended.stdout.strip() == "Success! The configuration is valid.":
        return ""
    return _each_once(ended.stdout)


def main() -> int:
    """The exit status: 0 where everything is valid, 1 otherwise."""
    with tempfile.TemporaryDirectory(prefix="terraform-validate-") as directory:
        copy = copy_module(Path(directory) / "copy")
        count = len(directories(copy))
        problems = problems_of(copy)
    print(problems or f"{count} directories are valid Terraform", file=sys.stderr if problems else sys.stdout)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
