"""The function in an account of its own, and a CloudFront that it reaches over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.behavior_association.account import Account
from tests.behavior_association.cloudfront_server import CloudFrontServer


@pytest.fixture(scope="session")
def cloudfront_server() -> Iterator[CloudFrontServer]:
    with CloudFrontServer() as server:
        yield server


@pytest.fixture
def account(moto: None, cloudfront_server: CloudFrontServer) -> Account:
    return Account(cloudfront_server)


@pytest.fixture
def shop(account: Account) -> Any:
    """An account with one distribution that has a few behaviors."""
    account.put_shop()
    return account
