"""Clients for moto. To make one takes longer than most tests, so they are kept; what moto holds is each test's own."""

from functools import cache
from typing import Any

import boto3

_SESSION: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "not-a-real-key")


@cache
def client(service: str, region: str) -> Any:
    """The client for a service in a region."""
    return _SESSION.client(service, region_name=region)
