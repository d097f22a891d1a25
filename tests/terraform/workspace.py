"""Runs Terraform in a copy of this module.

A copy, so that nothing is left behind in the repository, and so that a test may change the module or move it elsewhere.
"""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.terraform.provider import attach
from workbench.terraform_validate import ROOT as ROOT
from workbench.terraform_validate import copy_module as copy_module
from workbench.terraform_validate import plugin_directory as plugin_directory

VARIABLES = "tests.auto.tfvars.json"


def missing_terraform() -> str | None:
    """What to do where there is no Terraform; None where there is."""
    if shutil.which("terraform"):
        return None
    return (
        "no terraform on the PATH; get 1.11 or later from https://developer.hashicorp.com/terraform/install"
    )


def change_code(copy: Path, name: str) -> None:
    """Put another file into a zip, as another version of the connector would."""
    with zipfile.ZipFile(copy / "functions" / "dist" / name, "a") as archive:
        archive.writestr("queueit/later.py", '"""Something new."""\n')


def git(directory: Path, *arguments: str) -> None:
    """Run git there, without this machine's settings."""
    author = ("-c", "user.name=tests", "-c", "user.email=tests@example.com")
    subprocess.run(
        ["git", *author, *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        check=True,
        capture_output=True,
    )


class TerraformError(Exception):
    """A command failed; the message is all that it printed."""


class Plan(NamedTuple):
    """A plan: what Terraform printed, and the document of `terraform show -json`."""

    text: str
    document: dict[str, Any]

    @property
    def changes(self) -> dict[str, tuple[str, ...]]:
        """What is done to each resource that changes, by address."""
        return {
            change["address"]: tuple(change["change"]["actions"])
            for change in self.document.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def change(self, address: str) -> dict[str, Any]:
        """The change of one resource: `before`, `after`, `after_unknown`, `actions`."""
        found = [one for one in self.document["resource_changes"] if one["address"] == address]
        assert found, f"the plan has no {address}"
        change: dict[str, Any] = found[0]["change"]
        return change

    def planned(self, address: str) -> dict[str, Any]:
        """The planned values of one resource; what is known after the apply only is left out."""
        after: dict[str, Any] = self.change(address)["after"]
        return after


class Workspace:
    """One directory of a copy of the module, with its variables and its state."""

    def __init__(
        self,
        copy: Path,
        directory: str,
        environment: Mapping[str, str],
        variables: Mapping[str, Any],
        *,
        binary: str = "terraform",
    ) -> None:
        """`directory` is relative to the copy; `environment` is what Terraform gets beside PATH and HOME."""
        self.copy = copy
        self.path = copy / directory
        self.set(variables)
        self._binary = binary
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "TF_CLI_CONFIG_FILE": "/dev/null",
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            # A plan is short and holds the provider's schema: to collect its garbage would take longer.
            "GOGC": "400",
            **environment,
        }

    def set(self, variables: Mapping[str, Any]) -> None:
        """Replace the variables."""
        (self.path / VARIABLES).write_text(json.dumps(variables), encoding="utf-8")

    @contextmanager
    def edited(self, file: str, old: str, new: str) -> Iterator[None]:
        """Have one piece of text in a file of the directory replaced for a while."""
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is not exactly once in {path}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")

    def attempt(self, command: str, *arguments: str) -> tuple[int, str]:
        """The exit status of a command, and what it prints."""
        done = subprocess.run(
            [self._binary, command, *arguments],
            cwd=self.path,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def run(self, command: str, *arguments: str) -> str:
        """What the command prints. Raises TerraformError, with all of that, when it fails."""
        status, printed = self.attempt(command, *arguments)
        if status:
            raise TerraformError(f"terraform {command} failed:\n{printed}")
        return printed

    def init(self) -> None:
        """Install modules and the provider, and keep that running for the commands to come."""
        mirror = plugin_directory()
        chosen = [f"-plugin-dir={mirror}"] if mirror else []
        self.run("init", "-input=false", "-no-color", *chosen)
        if "TF_REATTACH_PROVIDERS" in self._environment:
            return
        for binary in self.path.glob(".terraform/providers/*/*/aws/*/*/terraform-provider-aws*"):
            self._environment |= attach(self, binary, self.path, self._environment, self.copy)

    def plan(self, *options: str, read: bool = True) -> Plan:
        """Plan, keep the plan for `apply_plan` and read it; without `read` the document is empty."""
        text = self.run("plan", "-input=false", "-no-color", "-out=tfplan", *options)
        return Plan(text, json.loads(self.run("show", "-json", "tfplan")) if read else {})

    def changes(self, *options: str) -> dict[str, str]:
        """Plan, keep the plan for `apply_plan` and say what is done to each resource that changes, by address.

        That is told while it plans; the document of `plan` takes as long again.
        """
        told = self.run("plan", "-input=false", "-json", "-out=tfplan", *options).splitlines()
        events = [json.loads(line) for line in told if '"planned_change"' in line]
        changes = [event["change"] for event in events if event["type"] == "planned_change"]
        return {
            change["resource"]["addr"]: change["action"]
            for change in changes
            if change["action"] not in ("noop", "read")
        }

    def exit_code_of_plan(self) -> tuple[int, str]:
        """What `plan -detailed-exitcode` says: 0 for no change, 2 for some; and what it printed."""
        return self.attempt("plan", "-input=false", "-no-color", "-detailed-exitcode")

    def apply_plan(self) -> str:
        """Apply the plan that was made last."""
        return self.run("apply", "-input=false", "-no-color", "tfplan")

    def apply(self) -> str:
        """Plan and apply at once."""
        return self.run("apply", "-input=false", "-no-color", "-auto-approve")

    def destroy(self) -> str:
        """Destroy everything."""
        return self.run("destroy", "-input=false", "-no-color", "-auto-approve")

    def state(self) -> str:
        """The state file."""
        return (self.path / "terraform.tfstate").read_text(encoding="utf-8")

    def outputs(self) -> dict[str, Any]:
        """The values of the outputs."""
        return {name: output["value"] for name, output in json.loads(self.state())["outputs"].items()}
