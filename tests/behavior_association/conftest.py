"""The function in an account of its own, and a CloudFront that it reaches over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests.behavior_association.account import Account
from tests.behavior_association.cloudfront_server import CloudFrontServer


@pytest.fixture(scope="session")
def cloudfront_server() -> Iterator[CloudFrontServer]:
    with CloudFrontServer() as server:
        yield server


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """moto in place of AWS, begun once: to register all its services takes as long as a test."""
    with mock_aws():
        yield


@pytest.fixture
def account(aws: None, cloudfront_server: CloudFrontServer) -> Iterator[Account]:
    with Account(cloudfront_server) as account:
        yield account


@pytest.fixture
def shop(account: Account) -> Any:
    """An account with one distribution that has a few behaviors."""
    account.put_shop()
    return account
