"""The function with a CloudFront in memory, and moto's Parameter Store and Lambda."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.behavior_association.account import Account


@pytest.fixture
def account() -> Iterator[Account]:
    with Account() as account:
        yield account


@pytest.fixture
def shop(account: Account) -> Any:
    """An account with one distribution that has a few behaviors."""
    account.put_shop()
    return account
