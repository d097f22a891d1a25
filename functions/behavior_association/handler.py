"""The behavior-association function: attaches the pair to one distribution, or takes it off."""

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from behavior_association.association import Account, Outcome, attach, detach
from behavior_association.association_request import parse_request
from behavior_association.distribution_store import Distributions
from behavior_association.errors import AssociationError
from behavior_association.record import Records

FUNCTION_SUFFIX = "-behavior-association"

_CLIENT_CONFIG = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    parameter_validation=False,  # a distribution's configuration is written as bytes, not as parameters
)

Client = Callable[[str], Any]
"""A boto3 client by its service's name."""


def _client(service: str) -> Any:
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, region_name="us-east-1", config=_CLIENT_CONFIG)


def _document(outcome: Outcome, distribution_id: str) -> dict[str, Any]:
    return {
        "distribution_id": distribution_id,
        **outcome._asdict(),
        "differences": [difference._asdict() for difference in outcome.differences],
    }


def run(
    event: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    client: Client = _client,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    print_line: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Act on `event`; the result says what was done, or in a dry run what would be.

    The event: `distribution_id`, `path_patterns`, `associations` [{event_type, lambda_arn, include_body}],
    `on_conflict`, `remember_previous`, `association_quota`, `dry_run`, `revision`, and either Terraform's `tf` or an
    `action`, attach (the default) or detach. Raises AssociationError, after logging it.
    """

    def new_revision() -> str:
        return datetime.fromtimestamp(clock(), UTC).isoformat(timespec="microseconds")

    try:
        request = parse_request(event)
        account = Account(
            distributions=Distributions(client("cloudfront")),
            records=Records(client("ssm"), environ["AWS_LAMBDA_FUNCTION_NAME"].removesuffix(FUNCTION_SUFFIX)),
            functions=client("lambda"),
            sleep=sleep,
            new_revision=new_revision,
        )
        outcome = (attach if request.action == "attach" else detach)(account, request)
    except AssociationError as error:
        message = {"level": "error", "event": "association_failed", "error": type(error).__name__}
        print_line(json.dumps({**message, "message": str(error)}, ensure_ascii=False))
        raise
    document = _document(outcome, request.distribution_id)
    print_line(json.dumps({"level": "info", "event": "association_done", **document}, ensure_ascii=False))
    return document


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point; see `run`."""
    return run(event, os.environ)
