"""The run's Terraform stack, in a copy of the module that stays as it was when the run began."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workbench.acceptance.probe import write_zip
from workbench.terraform_validate import ROOT, copy_module, plugin_directory

_STACK: Final = "workbench/acceptance/stack"
_VARIABLES: Final = "run.auto.tfvars.json"
_STATE: Final = "terraform.tfstate"
_TAIL: Final = 4_000


class TerraformFailed(Exception):
    """A command of Terraform failed; the text is the end of what it printed."""


class Stack:
    """Terraform in `directory`, with `environment` as its process's."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._copy = directory / "module"
        self._path = self._copy / _STACK
        self._log = directory / "terraform.log"
        self._environment = {**environment, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}

    def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Make the stack, or what is missing of it; what the program asks it for. Raises TerraformFailed."""
        self._lay(variables)
        self._run("apply", "-input=false", "-no-color", "-auto-approve")
        state = json.loads((self._path / _STATE).read_text(encoding="utf-8"))
        found: dict[str, Any] = state["outputs"]["found"]["value"]
        return found

    def destroy(self) -> None:
        """Destroy all of it. Raises TerraformFailed where something is left."""
        if (self._path / _STATE).exists():
            self._run("destroy", "-input=false", "-no-color", "-auto-approve")

    def _lay(self, variables: Mapping[str, Any]) -> None:
        if not self._copy.exists():
            unfinished = self._copy.with_name("unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            copy_module(unfinished)
            shutil.copytree(ROOT / _STACK, unfinished / _STACK, ignore=shutil.ignore_patterns(".terraform*"))
            write_zip(unfinished / _STACK / "probe.zip")
            unfinished.rename(self._copy)
        (self._path / _VARIABLES).write_text(json.dumps(variables), encoding="utf-8")
        mirror = plugin_directory()
        chosen = [f"-plugin-dir={mirror}"] if mirror else []
        self._run("init", "-input=false", "-no-color", *chosen)

    def _run(self, *arguments: str) -> None:
        with self._log.open("a+", encoding="utf-8") as log:
            log.write(f"$ terraform {' '.join(arguments)}\n")
            log.flush()
            before = log.tell()
            try:
                process = subprocess.Popen(
                    ["terraform", *arguments],
                    cwd=self._path,
                    env=self._environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            except FileNotFoundError:
                raise TerraformFailed(
                    "there is no terraform on the PATH; get 1.11 or later from "
                    "https://developer.hashicorp.com/terraform/install"
                ) from None
            try:
                status = process.wait()
            except KeyboardInterrupt:
                process.wait()  # it was interrupted too, and has its state to write
                raise
            log.seek(before)
            printed = log.read()
        if status:
            raise TerraformFailed(f"terraform {arguments[0]} failed:\n{printed[-_TAIL:]}")
