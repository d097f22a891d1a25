"""The life of one connector with every optional part and a distribution: what each step asked of AWS and led to.

A first apply with a wrong api key fails, the second one mends it; then a wrong customer id, a new version of the code
beside a pinned one together with changes of everything, and a destroy that leaves the functions at the edge.
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.terraform.aws import Aws
from tests.terraform.recorded_calls import Call, recorded
from tests.terraform.waiting_rooms import NORTHLIGHT, keys
from tests.terraform.workspace import Plan, TerraformError, Workspace, copy_module

NAME = "alone"

_SITE = """\
provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    origin_id   = "site"
    domain_name = "www.example.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

    dynamic "lambda_function_association" {
      for_each = module.edge_functions.lambda_function_associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
"""


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


def change_code(copy: Path, name: str) -> None:
    """Put another file into a zip, as another version of the connector would."""
    with zipfile.ZipFile(copy / "functions" / "dist" / name, "a") as archive:
        archive.writestr("queueit/later.py", '"""Something new."""\n')


def versions(aws: Aws, function: str) -> list[str]:
    """The published versions of a function."""
    listed = aws.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return [version["Version"] for version in listed if version["Version"] != "$LATEST"]


def _failure(act: Callable[[], object]) -> str:
    try:
        act()
    except TerraformError as failure:
        return str(failure)
    raise AssertionError("it was to fail")


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

    errors, in_force, outputs = {}, {}, {}
    with recorded(aws.url) as (url, calls):
        place = Workspace(copy, ".", {**aws.environment, "AWS_ENDPOINT_URL": url}, variables)
        place.init()

        place.set({**variables, "api_key": "not-the-api-key"})
        errors["wrong api key"] = _failure(place.apply)

        place.set({**variables, "credentials_version": 2})
        plan = place.plan()
        applied = place.apply_plan()
        saved_plan = (place.path / "tfplan").read_bytes()
        exit_code, text = place.exit_code_of_plan()
        outputs["first"], in_force["first"] = place.outputs(), current()
        state = place.state()

        place.set({**variables, "customer_id": "nobody", "credentials_version": 3})
        errors["wrong customer id"] = _failure(place.apply)
        in_force["wrong customer id"] = current()

        changed = {
            "credentials_version": 4,
            "pinned_versions": {"viewer-request": "1", "viewer-response": "1"},
            "tags": {"team": "web"},
            "edge": {"log_retention_days": 0, "skip_destroy": True},
            "config_refresh": {"interval_minutes": 2, "reserved_concurrency": 1},
            "settings": {"poll_interval_seconds": 60},
        }
        place.set({**variables, **changed})
        change_code(copy, "edge.zip")
        place.apply()
        outputs["changed"] = place.outputs()
        published = {kind: versions(aws, f"{NAME}-{kind}") for kind in ("viewer-request", "viewer-response")}

        destroyed = place.destroy()
    made = {call for call in calls if not call.action.startswith("sts:")}
    texts = json.dumps(plan.document) + plan.text + applied + text
    return Life(
        made, errors, in_force, plan, texts, state, saved_plan, exit_code, outputs, published, destroyed
    )
