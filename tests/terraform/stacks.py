"""The examples, and the module by itself, deployed: each planned, applied from that plan and planned again.

Most of the time Terraform waits, so all of them are deployed at once.
"""

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from tests.terraform.aws import Aws
from tests.terraform.waiting_rooms import NORTHLIGHT, PREVIOUS_SECRET_KEY, PROXY_KEY, SOUTHGATE, keys
from tests.terraform.workspace import Plan, Workspace, copy_module

MODULE = "module"
EXAMPLES = ("minimal", "existing_distribution", "many_distributions", "two_customers", "complete")

_MODULE_ALONE = """
provider "aws" {
  region = "us-east-1"
}
"""


class Stack(NamedTuple):
    """What became of one deployment."""

    workspace: Workspace
    plan: Plan
    applied: str
    exit_code_afterwards: int
    plan_afterwards: str


def existing_secret(aws: Aws) -> str:
    """The ARN of a secret that nobody's Terraform made."""
    text = json.dumps(keys(NORTHLIGHT))
    secret: str = aws.client("secretsmanager").create_secret(Name="queue-it", SecretString=text)["ARN"]
    return secret


def variables(stack: str, secret_arn: str) -> dict[str, Any]:
    """The variables of an example, or of the module by itself."""
    customer = {"customer_id": NORTHLIGHT.customer_id}
    choices: Mapping[str, dict[str, Any]] = {
        MODULE: {"name": "alone", "deletion_protection": False, **customer, **keys(NORTHLIGHT)},
        "minimal": {"queue_it": keys(NORTHLIGHT), **customer},
        "existing_distribution": {"secret_arn": secret_arn, **customer},
        "many_distributions": {"queue_it": keys(NORTHLIGHT), **customer},
        "two_customers": {
            "customers": {
                "north": {"customer_id": NORTHLIGHT.customer_id, "protected_paths": ["/north/*"]},
                "south": {"customer_id": SOUTHGATE.customer_id, "protected_paths": ["/south/*", "/tickets"]},
            },
            "queue_it": {"north": keys(NORTHLIGHT), "south": keys(SOUTHGATE)},
        },
        "complete": {
            "queue_it": {
                **keys(NORTHLIGHT),
                "previous_secret_key": PREVIOUS_SECRET_KEY,
                "proxy_key": PROXY_KEY,
            },
            **customer,
        },
    }
    return choices[stack]


def workspace(stack: str, copy: Path, aws: Aws, secret_arn: str, *, binary: str = "terraform") -> Workspace:
    """The workspace of an example, or of the module by itself, in a copy of the module."""
    directory = "." if stack == MODULE else f"examples/{stack}"
    if stack == MODULE:
        (copy / "provider.tf").write_text(_MODULE_ALONE, encoding="utf-8")
    return Workspace(copy, directory, aws.environment, variables(stack, secret_arn), binary=binary)


class Stacks:
    """All deployments, under way in the background; asking for one waits for it."""

    def __init__(self, directory: Path, aws: Aws, names: tuple[str, ...] = (MODULE, *EXAMPLES)) -> None:
        self.secret_arn = existing_secret(aws)
        self._pool = ThreadPoolExecutor(len(names))
        self._stacks: dict[str, Future[Stack]] = {}
        for name in names:
            copy = copy_module(directory / name)
            self._stacks[name] = self._pool.submit(self._deploy, workspace(name, copy, aws, self.secret_arn))

    @staticmethod
    def _deploy(place: Workspace) -> Stack:
        place.init()
        plan = place.plan()
        applied = place.apply_plan()
        return Stack(place, plan, applied, *place.exit_code_of_plan())

    def __getitem__(self, name: str) -> Stack:
        return self._stacks[name].result()

    def stop(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()
