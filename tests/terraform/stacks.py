"""The examples, and the module by itself, deployed: each planned, applied from that plan and planned again.

Most of the time Terraform waits, so all of them are deployed at once, each with a copy of the module of its own. Those
of REPOSITORIES are deployed as an engineer has them: in a repository of its own that takes the module from git, by tag.
"""

import json
import re
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from tests.behavior_association.distributions import behavior, distribution
from tests.terraform.aws import Aws
from tests.terraform.ends import End, ended
from tests.terraform.waiting_rooms import NORTHLIGHT, PREVIOUS_SECRET_KEY, PROXY_KEY, SOUTHGATE, keys
from tests.terraform.workspace import ROOT, Plan, Workspace, copy_module, git

EVERYTHING = "module_with_everything"
EXAMPLES = ("minimal", "complete")
REPOSITORIES = (  # deployed by test-full alone
    "existing_distribution",
    "many_distributions",
    "two_customers",
    "behaviors_plain",
    "behaviors_cloudfront_module",
    "unmanaged_distribution",
)
PLANNED = (EVERYTHING, "minimal")
READ = (*EXAMPLES, "existing_distribution")  # tests look into the first plans of these

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


def existing_secret(aws: Aws) -> str:
    """The ARN of a secret that was there before any Terraform; it is made once."""
    secrets = aws.client("secretsmanager")
    known = [secret for secret in secrets.list_secrets()["SecretList"] if secret["Name"] == _EXISTING_SECRET]
    if known:
        return str(known[0]["ARN"])
    return str(secrets.create_secret(Name=_EXISTING_SECRET, SecretString=json.dumps(keys(NORTHLIGHT)))["ARN"])


def unmanaged_distribution(aws: Aws) -> str:
    """The id of a distribution that no Terraform made; it is made once."""
    cloudfront = aws.client("cloudfront")
    config = distribution(behavior("/tickets/*"), behavior("/static/*"))
    for item in cloudfront.list_distributions()["DistributionList"].get("Items", []):
        if item["Comment"] == config["Comment"]:
            return str(item["Id"])
    return str(cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"])


def variables(stack: str, aws: Aws) -> dict[str, Any]:
    """The variables of an example, or of the module by itself."""
    secret_arn = existing_secret(aws)
    customer = {"customer_id": NORTHLIGHT.customer_id}
    account = {"queue_it": keys(NORTHLIGHT), **customer}
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
        "minimal": account,
        "existing_distribution": {"secret_arn": secret_arn, **customer},
        "many_distributions": account,
        "behaviors_plain": account,
        "behaviors_cloudfront_module": account,
        "unmanaged_distribution": account,
        "two_customers": {
            "customers": {
                "north": {
                    "customer_id": NORTHLIGHT.customer_id,
                    "origin_domain_name": "north.example.com",
                    "protected_paths": ["/north/*"],
                },
                "south": {
                    "customer_id": SOUTHGATE.customer_id,
                    "origin_domain_name": "south.example.com",
                    "protected_paths": ["/south/*", "/tickets"],
                },
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
    extra = {"distribution_id": unmanaged_distribution(aws)} if stack == "unmanaged_distribution" else {}
    return {**choices[stack], **extra}


def repository(copy: Path, example: str) -> Path:
    """A copy of the example beside `copy`, which becomes the module's repository, with a tag for its version."""
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "The first version")
    git(copy, "tag", "v1")
    target = copy.with_name(f"{copy.name}-repository")
    shutil.copytree(copy / "examples" / example, target)
    main = target / "main.tf"
    text, replaced = re.subn(
        r'"\.\./\.\./?([\w/]*)"',
        lambda source: f'"git::file://{copy}{f"//{source[1]}" if source[1] else ""}?ref=v1"',
        main.read_text(encoding="utf-8"),
    )
    assert replaced, f"{example} has no module of this repository"
    main.write_text(text, encoding="utf-8")
    return target


def workspace(
    stack: str, copy: Path, aws: Aws, *, source: Path = ROOT, binary: str = "terraform"
) -> Workspace:
    """The workspace of an example, or of the module by itself, with a copy of the module at `copy`, to be made."""
    copy_module(copy, source)
    directory = f"examples/{stack}"
    if stack == EVERYTHING:
        (copy / "provider.tf").write_text(_PROVIDER, encoding="utf-8")
        directory = "."
    elif stack in REPOSITORIES:
        directory = str(repository(copy, stack))
    return Workspace(copy, directory, aws.environment, variables(stack, aws), binary=binary)


def deploy(place: Workspace, *, read: bool) -> Deployment:
    """Init, plan, apply that plan, plan again; `read` the first plan's document."""
    place.init()
    plan = place.plan(read=read)
    applied = place.apply_plan()
    return Deployment(place, plan, applied, place.state(), *place.exit_code_of_plan())


class Stacks:
    """Deployments under way in the background; asking for one waits for it, and begins it where it was not begun."""

    def __init__(self, directory: Path, aws: Aws) -> None:
        """`directory` is where the copies of the module go."""
        self._directory = directory
        self._aws = aws
        self.secret_arn = existing_secret(aws)
        self._pool = ThreadPoolExecutor(len(EXAMPLES) + len(REPOSITORIES))
        self._deployments: dict[str, Future[Deployment]] = {}
        self._ends: dict[str, Future[End]] = {}

    def begin(self, *names: str) -> None:
        """Deploy these, all at once."""
        for name in names:
            if name not in self._deployments:
                if name == "unmanaged_distribution":
                    self.unmanaged_before = self.unmanaged()
                place = workspace(name, self._directory / name, self._aws)
                self._deployments[name] = self._pool.submit(deploy, place, read=name in READ)

    def __getitem__(self, name: str) -> Deployment:
        self.begin(name)
        return self._deployments[name].result()

    def end(self, name: str) -> End:
        """What became of one afterwards. The first call ends all of them: to be asked for last."""
        if not self._ends:
            names = (*EXAMPLES, *REPOSITORIES)
            self.begin(*names)
            deployed = {one: self[one].workspace for one in names}
            self._ends = {
                one: self._pool.submit(ended, one, place, self._aws) for one, place in deployed.items()
            }
        return self._ends[name].result()

    def unmanaged(self) -> Any:
        """The distribution that no Terraform made, as it is."""
        config = self._aws.client("cloudfront").get_distribution_config(Id=unmanaged_distribution(self._aws))
        return config["DistributionConfig"]

    def another_copy(self, name: str, of: str, *, binary: str = "terraform") -> Workspace:
        """A stack in another place, under another name of its directories, with the state it has now."""
        copy = self._directory / "elsewhere" / name / "and" / "deeper"
        other = workspace(of, copy, self._aws, source=self[of].workspace.copy, binary=binary)
        (other.path / "terraform.tfstate").write_text(self[of].workspace.state(), encoding="utf-8")
        return other

    def stop(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()
