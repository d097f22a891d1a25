"""The examples, and the module by itself, deployed: each planned, applied from that plan and planned again.

Most of the time Terraform waits, so all of them are deployed at once, each in a copy of the module of its own.
"""

import json
import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from tests.terraform.aws import Aws
from tests.terraform.waiting_rooms import NORTHLIGHT, PREVIOUS_SECRET_KEY, PROXY_KEY, SOUTHGATE, keys
from tests.terraform.workspace import ROOT, Plan, Workspace, copy_module

EVERYTHING = "module_with_everything"
EXAMPLES = ("minimal", "complete")
MORE_EXAMPLES = (
    "existing_distribution",
    "many_distributions",
    "two_customers",
)  # deployed by test-full alone
PLANNED = (EVERYTHING, "minimal")

_EXISTING_SECRET = "queue-it"
_PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
_US_KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-table"
_LOG_KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-logs"
_EU_KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-replica"
_SECRET_KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-secret"


class Deployment(NamedTuple):
    """What became of one stack: its first plan and apply, and the plan after it."""

    workspace: Workspace
    plan: Plan
    applied: str
    state: str
    exit_code_afterwards: int
    plan_afterwards: str


class Removal(NamedTuple):
    """How a connector was taken away from a distribution that stays."""

    detached: Plan
    removed: Plan
    log: str
    exit_code_afterwards: int


def existing_secret(aws: Aws) -> str:
    """The ARN of a secret that was there before any Terraform; it is made once."""
    secrets = aws.client("secretsmanager")
    known = [secret for secret in secrets.list_secrets()["SecretList"] if secret["Name"] == _EXISTING_SECRET]
    if known:
        return str(known[0]["ARN"])
    return str(secrets.create_secret(Name=_EXISTING_SECRET, SecretString=json.dumps(keys(NORTHLIGHT)))["ARN"])


def variables(stack: str, secret_arn: str) -> dict[str, Any]:
    """The variables of an example, or of the module by itself."""
    customer = {"customer_id": NORTHLIGHT.customer_id}
    choices: Mapping[str, dict[str, Any]] = {
        EVERYTHING: {
            "name": "everything",
            "credentials": {"secret_arn": secret_arn, "kms_key_arn": _SECRET_KEY},
            "include_body": True,
            "enabled": False,
            "settings": {"session_cookie": {"same_site": "Lax"}},
            "edge": {
                "failure_mode": "closed",
                "delete_timeout": "3h",
                "skip_destroy": True,
                "log_kms_key_arn": _LOG_KEY,
            },
            "config_refresh": {
                "interval_minutes": 5,
                "dead_letter_queue_arn": "arn:aws:sqs:us-east-1:123456789012:failed-runs",
                "log_kms_key_arn": _LOG_KEY,
            },
            "pinned_versions": {"viewer-request": "3", "viewer-response": "3"},
            "replica_regions": {"eu-west-1": {"kms_key_arn": _EU_KEY}},
            "kms_key_arn": _US_KEY,
            "permissions_boundary": "arn:aws:iam::123456789012:policy/boundary",
            "role_path": "/waiting-room/",
            "alarm_topic_arns": ["arn:aws:sns:us-east-1:123456789012:on-call"],
            "publish_endpoint": {},
            "log_retention": {"kms_key_arns": {"eu-west-1": _EU_KEY}},
            "tags": {"service": "waiting-room"},
            **customer,
        },
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
    return dict(choices[stack])


def workspace(
    stack: str, copy: Path, aws: Aws, *, source: Path = ROOT, binary: str = "terraform"
) -> Workspace:
    """The workspace of an example, or of the module by itself, in a copy of the module at `copy`, to be made."""
    copy_module(copy, source)
    alone = stack == EVERYTHING
    if alone:
        (copy / "provider.tf").write_text(_PROVIDER, encoding="utf-8")
    directory = "." if alone else f"examples/{stack}"
    return Workspace(copy, directory, aws.environment, variables(stack, existing_secret(aws)), binary=binary)


def deploy(place: Workspace) -> Deployment:
    """Init, plan, apply that plan, plan again."""
    place.init()
    plan = place.plan()
    applied = place.apply_plan()
    return Deployment(place, plan, applied, place.state(), *place.exit_code_of_plan())


def remove(place: Workspace) -> Removal:
    """Take the connector out of the example `existing_distribution` in the two steps that the documentation tells."""
    main = place.path / "main.tf"
    text = main.read_text(encoding="utf-8")
    text = re.sub(r"    # Waiting room\.\n    dynamic .*?\n    }\n", "", text, flags=re.DOTALL)
    text = text.replace(
        "  credentials = { secret_arn = var.secret_arn }\n",
        "  credentials = { secret_arn = var.secret_arn }\n  deletion_protection = false\n",
    )
    main.write_text(text, encoding="utf-8")
    detached = place.plan()
    log = place.apply_plan()

    text = re.sub(r'module "waiting_room" \{.*?\n\}\n', "", text, flags=re.DOTALL)
    main.write_text(text, encoding="utf-8")
    place.init()
    removed = place.plan()
    log += place.apply_plan()
    return Removal(detached, removed, log, place.exit_code_of_plan()[0])


class Stacks:
    """Deployments under way in the background; asking for one waits for it, and begins it where it was not begun."""

    def __init__(self, directory: Path, aws: Aws) -> None:
        """`directory` is where the copies of the module go."""
        self._directory = directory
        self._aws = aws
        self.secret_arn = existing_secret(aws)
        self._pool = ThreadPoolExecutor(len(EXAMPLES) + len(MORE_EXAMPLES))
        self._deployments: dict[str, Future[Deployment]] = {}

    def begin(self, *names: str) -> None:
        """Deploy these, all at once."""
        for name in names:
            if name not in self._deployments:
                place = workspace(name, self._directory / name, self._aws)
                self._deployments[name] = self._pool.submit(deploy, place)

    def __getitem__(self, name: str) -> Deployment:
        self.begin(name)
        return self._deployments[name].result()

    @cached_property
    def removal(self) -> Removal:
        """What became of the connector of `existing_distribution` afterwards."""
        return remove(self["existing_distribution"].workspace)

    def another_copy(self, name: str, of: str, *, binary: str = "terraform") -> Workspace:
        """A stack in another place, under another name of its directories, with the state it has now."""
        copy = self._directory / "elsewhere" / name / "and" / "deeper"
        other = workspace(of, copy, self._aws, source=self[of].workspace.copy, binary=binary)
        (other.path / "terraform.tfstate").write_text(self[of].workspace.state(), encoding="utf-8")
        return other

    def stop(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()
