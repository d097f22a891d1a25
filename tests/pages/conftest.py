"""A browser for each test of a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import Page, page


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Page]:
    with page(tmp_path / "profile") as opened:
        yield opened
