"""The life of one connector with every optional part and a distribution: what each step asked of AWS and led to.

A first apply with a wrong api key fails, the second one mends it; then a wrong customer id, a new version of the code
beside a pinned one together with changes of everything, and a destroy that leaves the functions at the edge.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.terraform.aws import Aws
from tests.terraform.ends import failure
from tests.terraform.recorded_calls import Call, recorded
from tests.terraform.waiting_rooms import NORTHLIGHT, keys
from tests.terraform.workspace import ROOT, Plan, Workspace, change_code, copy_module

NAME = "alone"

_EXAMPLE = ROOT / "examples" / "minimal" / "main.tf"
# The distribution of the example, beside the connector in one module.
_SITE = (
    re.sub(
        r'^module "waiting_room" \{\n.*?^\}\n', "", _EXAMPLE.read_text(encoding="utf-8"), flags=re.S | re.M
    )
    .replace("module.waiting_room.", "module.edge_functions.")
    .replace("var.origin_domain_name", '"www.example.com"')
)


class Life(NamedTuple):
    """What happened, by step where there are several."""

    calls: set[Call]
    errors: dict[str, str]
    current: dict[str, Any]
    plan: Plan
    texts: str
    state: str
    saved_plan: bytes
    exit_code_afterwards: int
    outputs: dict[str, dict[str, Any]]
    versions: dict[str, list[str]]
    destroyed: str
    access: dict[str, tuple[str, list[str]]]


def versions(aws: Aws, function: str) -> list[str]:
    """The published versions of a function."""
    listed = aws.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return [version["Version"] for version in listed if version["Version"] != "$LATEST"]


def access(aws: Aws) -> tuple[str, list[str]]:
    """How the publish endpoint's URL knows who calls it, and the statements of the function's own policy."""
    function, client = f"{NAME}-publish", aws.client("lambda")
    kind = client.get_function_url_config(FunctionName=function)["AuthType"]
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return kind, []
    return kind, sorted(statement["Sid"] for statement in policy["Statement"])


def live(directory: Path, aws: Aws) -> Life:
    """Live through it all; `directory` is to be made."""
    copy = copy_module(directory)
    (copy / "site.tf").write_text(_SITE, encoding="utf-8")
    variables = {
        "name": NAME,
        "deletion_protection": False,
        "customer_id": NORTHLIGHT.customer_id,
        "publish_endpoint": {},
        "log_retention": {},
        "dashboard": {},
        **keys(NORTHLIGHT),
    }

    def current() -> Any:
        return aws.client("dynamodb").get_item(TableName=NAME, Key={"pk": {"S": "current"}}).get("Item")

    errors, in_force, outputs, reached = {}, {}, {}, {}
    with recorded(aws.url) as (url, calls):
        place = Workspace(copy, ".", {**aws.environment, "AWS_ENDPOINT_URL": url}, variables)
        place.init()

        place.set({**variables, "api_key": "not-the-api-key"})
        errors["wrong api key"] = failure(place.apply)

        place.set({**variables, "credentials_version": 2})
        plan = place.plan()
        applied = place.apply_plan()
        saved_plan = (place.path / "tfplan").read_bytes()
        exit_code, text = place.exit_code_of_plan()
        outputs["first"], in_force["first"], reached["first"] = place.outputs(), current(), access(aws)
        state = place.state()

        place.set({**variables, "customer_id": "nobody", "credentials_version": 3})
        errors["wrong customer id"] = failure(place.apply)
        in_force["wrong customer id"] = current()

        changed = {
            "credentials_version": 4,
            "pinned_versions": {"viewer-request": "1", "viewer-response": "1"},
            "tags": {"team": "web"},
            "edge": {"log_retention_days": 0, "skip_destroy": True},
            "config_refresh": {"interval_minutes": 2, "reserved_concurrency": 1},
            "settings": {"poll_interval_seconds": 60},
            "publish_endpoint": {"is_public": False},
        }
        place.set({**variables, **changed})
        change_code(copy, "edge.zip")
        place.apply()
        outputs["changed"], reached["changed"] = place.outputs(), access(aws)
        published = {kind: versions(aws, f"{NAME}-{kind}") for kind in ("viewer-request", "viewer-response")}

        destroyed = place.destroy()
    made = {call for call in calls if not call.action.startswith("sts:")}
    texts = json.dumps(plan.document) + plan.text + applied + text
    return Life(
        made,
        errors,
        in_force,
        plan,
        texts,
        state,
        saved_plan,
        exit_code,
        outputs,
        published,
        destroyed,
        reached,
    )
