"""Sets the retention and the KMS key of the edge functions' log groups, wherever Lambda has made them.

A function at the edge logs in the region that ran it, into a group that Lambda makes there with the first line: kept
for ever, and encrypted by CloudWatch Logs itself. Nothing tells when a group appears, so all regions are looked at
again and again.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from log_retention.errors import RegionsUnknown
from log_retention.retention_settings import Environment

Client = Callable[[str, str], Any]
"""A boto3 client by its service's name and region."""


class Report(NamedTuple):
    """What a run found and did: `changes` and `problems` are sentences that name region and log group."""

    regions: int
    log_groups: int
    changes: tuple[str, ...]
    problems: tuple[str, ...]


def _reason(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown error"))
    return type(error).__name__


def enabled_regions(ec2: Any) -> list[str]:
    """The account's enabled regions, by a boto3 EC2 client. Raises RegionsUnknown."""
    try:
        return sorted(region["RegionName"] for region in ec2.describe_regions()["Regions"])
    except (BotoCoreError, ClientError) as error:
        raise RegionsUnknown(
            f"EC2 answered {_reason(error)}; check that the role may call ec2:DescribeRegions"
        ) from None


def _groups(logs: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    """Those of the log groups that exist."""
    found = []
    for name in names:
        # The answer is sorted by name, and nothing with the same beginning comes before the name itself.
        page = logs.describe_log_groups(logGroupNamePrefix=name, limit=1)
        found += [group for group in page["logGroups"] if group["logGroupName"] == name]
    return found


def _mend(logs: Any, region: str, group: dict[str, Any], environment: Environment) -> list[str]:
    """Change what is not as it should be; one sentence for each change."""
    name, days, key_arn = (
        group["logGroupName"],
        environment.retention_days,
        environment.kms_key_arns.get(region),
    )
    changes = []
    if group.get("retentionInDays", 0) != days:
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            logs.delete_retention_policy(logGroupName=name)
        changes.append(f"{region}: {name} keeps events {f'{days} days' if days else 'for ever'}")
    if key_arn and group.get("kmsKeyId") != key_arn:
        logs.associate_kms_key(logGroupName=name, kmsKeyId=key_arn)
        changes.append(f"{region}: {name} is encrypted with {key_arn}")
    return changes


def enforce(environment: Environment, client: Client) -> Report:
    """Look at every enabled region but the home region. Raises RegionsUnknown.

    A region or a group that fails does not stop the others.
    """
    regions = [
        region
        for region in enabled_regions(client("ec2", environment.home_region))
        if region != environment.home_region
    ]
    seen = 0
    changes: list[str] = []
    problems: list[str] = []
    for region in regions:
        try:
            logs = client("logs", region)
            groups = _groups(logs, environment.log_groups)
        except (BotoCoreError, ClientError) as error:
            problems.append(f"{region}: the log groups cannot be listed: {_reason(error)}")
            continue
        for group in groups:
            seen += 1
            try:
                changes += _mend(logs, region, group, environment)
            except (BotoCoreError, ClientError) as error:
                problems.append(f"{region}: {group['logGroupName']} cannot be changed: {_reason(error)}")
    return Report(len(regions), seen, tuple(changes), tuple(problems))
