"""One deployment of modules/behavior_association, from the first apply to the destroy, told step by step."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.behavior_association.cloudfront_server import CloudFrontServer
from tests.behavior_association.distributions import behavior, distribution, function_arn, functions, on
from tests.terraform.aws import Aws
from tests.terraform.workspace import ROOT, Plan, TerraformError, Workspace, copy_module

SITE = "tests/terraform/site"
DISTRIBUTIONS: dict[str, dict[str, Any]] = {
    "shop": {"distribution_id": "ESHOP", "path_patterns": ["*", "/tickets/*"]},
    "fans": {"distribution_id": "EFANS", "path_patterns": [None]},
    "club": {
        "distribution_id": "ECLUB",
        "path_patterns": ["/tickets/*"],
        "on_conflict": "replace",
        "remember_previous": True,
    },
    "later": {"distribution_id": "ELATER", "path_patterns": ["*"], "dry_run": True},
}


def copy_with_site(target: Path) -> Path:
    """The module, and the configuration of these tests beside it, in a directory that does not exist yet."""
    copy_module(target)
    shutil.copytree(ROOT / SITE, target / SITE, ignore=shutil.ignore_patterns(".terraform*"))
    return target


class Story:
    """What happened: `plans`, `errors` and `seen` (the functions on a behavior) by the name of the step."""

    def __init__(self, directory: Path, aws: Aws, cloudfront: Any) -> None:
        self.aws = aws
        self.cloudfront = cloudfront
        self.plans: dict[str, Plan] = {}
        self.errors: dict[str, str] = {}
        self.seen: dict[str, dict[str, Any]] = {}
        self.exit_codes: dict[str, int] = {}
        self.outputs: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, list[str]] = {}
        copy_with_site(directory)
        self.workspace = Workspace(directory, SITE, aws.environment, {})
        self.use(DISTRIBUTIONS, version=1)
        self.workspace.init()

    def use(self, distributions: dict[str, Any], version: int) -> None:
        self.workspace.set({"pair_version": version, "distributions": distributions})

    def configs(self) -> dict[str, Any]:
        return {key: self.cloudfront.config(key) for key in ("ESHOP", "EFANS", "ECLUB", "ELATER")}

    def plan(self, step: str) -> None:
        try:
            self.plans[step] = self.workspace.plan()
        except TerraformError as error:
            self.errors[step] = str(error)

    def apply(self, step: str, *, look_at_the_plan: bool = False) -> None:
        """Plan, apply, and look at everything; `step` has an error when that failed."""
        before = len(self.aws.calls())
        try:
            if look_at_the_plan:
                self.plan(step)
                self.workspace.apply_plan()
            else:
                self.workspace.apply()
        except TerraformError as error:
            self.errors[step] = str(error)
        self.calls[step] = self.aws.calls()[before:]
        self.outputs[step] = self.workspace.outputs()
        self.seen[step] = {
            f"{key} {pattern}": on(config, pattern)
            for key, config in self.configs().items()
            for pattern in ("*", "/tickets/*")
        }

    def plan_again(self, step: str) -> None:
        self.exit_codes[step] = self.workspace.exit_code_of_plan()[0]


def publish_pair(aws: Aws) -> None:
    """Two versions of both functions."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("edge.py", "")
    aws.client("iam").create_role(RoleName="edge", AssumeRolePolicyDocument="{}")
    client = aws.client("lambda")
    for event_type in ("viewer-request", "viewer-response"):
        client.create_function(
            FunctionName=f"shop-{event_type}",
            Runtime="python3.13",
            Role="arn:aws:iam::123456789012:role/edge",
            Handler="edge.handler",
            Code={"ZipFile": code.getvalue()},
            Publish=True,
        )
        client.update_function_configuration(FunctionName=f"shop-{event_type}", Description="another")
        client.publish_version(FunctionName=f"shop-{event_type}")


@contextmanager
def told(directory: Path) -> Iterator[Story]:
    """The whole story; `directory` is to be made."""
    rewrite = functions(viewer_request=function_arn("rewrite"))
    with CloudFrontServer() as server, Aws({"any": "http://127.0.0.1:9"}, server.url) as aws:
        cloudfront = server.cloudfront
        for key in ("ESHOP", "EFANS", "ELATER"):
            cloudfront.put(key, distribution(behavior("/tickets/*")))
        cloudfront.put("ECLUB", distribution(behavior("/tickets/*", FunctionAssociations=rewrite)))
        publish_pair(aws)
        story = Story(directory, aws, cloudfront)
        before = story.configs()
        story.apply("first")
        story.plan_again("first")
        # Somebody takes the pair off by hand.
        cloudfront.put("EFANS", distribution(behavior("/tickets/*")))
        story.apply("by hand", look_at_the_plan=True)
        # A new version, while CloudFront refuses two of the distributions.
        story.use(DISTRIBUTIONS, version=2)
        cloudfront.refuses |= {"EFANS": "InvalidArgument", "ECLUB": "TooManyLambdaFunctionAssociations"}
        story.apply("refused")
        cloudfront.refuses.clear()
        story.apply("after the refusal", look_at_the_plan=True)
        # A behavior that has a CloudFront Function, and one that is not there.
        taken = {**DISTRIBUTIONS["fans"], "path_patterns": ["/gone/*"]}
        story.use({**DISTRIBUTIONS, "fans": taken}, version=2)
        story.plan("in the way")
        # One distribution fewer.
        story.use({key: value for key, value in DISTRIBUTIONS.items() if key != "club"}, version=2)
        story.apply("one fewer")
        story.plan_again("one fewer")
        story.workspace.destroy()
        story.seen["destroyed"] = {key: story.configs()[key] == before[key] for key in before}
        yield story
