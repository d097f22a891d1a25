"""The account that a run uses, as the program sees it: AWS, or the tests' stand-ins."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import boto3
from botocore.config import Config

REGION: Final = "us-east-1"

Client = Callable[[str, str], Any]
"""A boto3 client of a service in a region."""


class Account(NamedTuple):
    """An account, and what differs between AWS and its stand-ins.

    `what` names it to people, the same in each run. `environment` is all that Terraform's process gets. `regions` names
    the enabled ones.
    `platform_url` is where config-refresh finds the configuration, None for the stack's own distribution.
    `site` serves what the stack's outputs say and gives the address for visitors. `not_shown` says, by a step's name,
    why the account cannot show it. `visitors_at_once` is the size of a rush; `pause_seconds` lies between two tries of
    a destroy.
    """

    what: str
    environment: Mapping[str, str]
    client: Client
    regions: Callable[[], list[str]]
    site: Callable[[Mapping[str, Any]], AbstractContextManager[str]]
    platform_url: str | None = None
    not_shown: Mapping[str, str] = MappingProxyType({})
    visitors_at_once: int = 40
    pause_seconds: float = 900.0


_RETRIES: Final = Config(connect_timeout=10, read_timeout=80, retries={"mode": "standard", "max_attempts": 4})


def _client(service: str, region: str) -> Any:
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, region_name=region, config=_RETRIES)


def _regions() -> list[str]:
    return sorted([region["RegionName"] for region in _client("ec2", REGION).describe_regions()["Regions"]])


@contextmanager
def _site(outputs: Mapping[str, Any]) -> Iterator[str]:
    yield outputs["site_url"]


def of_aws() -> Account:
    """The account of the credentials that boto3 finds. Raises botocore's errors where it finds none, or wrong ones."""
    identity = _client("sts", REGION).get_caller_identity()
    return Account(
        what=f"AWS account {identity['Account']}",
        environment=dict(os.environ),
        client=_client,
        regions=_regions,
        site=_site,
    )
