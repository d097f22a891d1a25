"""The function's environment, as Terraform sets it."""

import json
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from log_retention.errors import InvalidEnvironment

FUNCTION_SUFFIX: Final = "-log-retention"
EDGE_FUNCTION_SUFFIXES: Final = ("-viewer-request", "-viewer-response")
RETENTIONS: Final = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The days that CloudWatch Logs takes."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}")
_KEY_ARN = re.compile(r"arn:[a-z-]+:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+")


class Environment(NamedTuple):
    """`log_groups`: names of the edge functions' log groups, the same in every region.

    `retention_days`: 0 keeps events for ever. `kms_key_arns`: by region; where there is none, a group stays as it is.
    `home_region` is left out: Terraform manages the log groups there.
    """

    log_groups: tuple[str, ...]
    retention_days: int
    kms_key_arns: dict[str, str]
    home_region: str


def _kms_key_arns(text: str) -> dict[str, str]:
    wrong = InvalidEnvironment(
        "QUEUEIT_LOG_KMS_KEY_ARNS is not a JSON object of regions and ARNs of KMS keys in them, such as "
        '{"eu-west-1": "arn:aws:kms:eu-west-1:123456789012:key/…"}'
    )
    try:
        arns = json.loads(text)
    except ValueError:
        raise wrong from None
    if not isinstance(arns, dict):
        raise wrong
    for region, arn in arns.items():
        found = _KEY_ARN.fullmatch(arn) if isinstance(arn, str) else None
        if not _REGION.fullmatch(region) or not found or found[1] != region:
            raise wrong
    return arns


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read and check all variables. Raises InvalidEnvironment: the variable, its value and what it takes."""
    function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    connector = function_name.removesuffix(FUNCTION_SUFFIX)
    if not connector or connector == function_name:
        raise InvalidEnvironment(
            f'AWS_LAMBDA_FUNCTION_NAME is "{function_name}"; name the function {{connector}}{FUNCTION_SUFFIX}'
        )
    days = environ.get("QUEUEIT_LOG_RETENTION_DAYS", "")
    if not days.isdecimal() or int(days) not in (0, *RETENTIONS):
        raise InvalidEnvironment(
            f'QUEUEIT_LOG_RETENTION_DAYS is "{days:.20}"; it takes {", ".join(map(str, RETENTIONS))}, or 0 for ever'
        )
    return Environment(
        # Lambda puts the home region before the name of a function that runs at the edge.
        tuple(f"/aws/lambda/us-east-1.{connector}{suffix}" for suffix in EDGE_FUNCTION_SUFFIXES),
        int(days),
        _kms_key_arns(environ.get("QUEUEIT_LOG_KMS_KEY_ARNS") or "{}"),
        environ.get("AWS_REGION") or "us-east-1",
    )
