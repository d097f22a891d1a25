"""How every test runs: the profiles of property tests, and the builders as fixtures."""

from collections.abc import Callable

import pytest
from hypothesis import settings

from tests import builders
from tests.builders import Document, header_of

# Property tests try the same examples on every run; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("reproducible", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile("explore", deadline=None, max_examples=3000)
settings.load_profile("reproducible")


class Builders:
    """The builders, for tests that do not import them yet."""

    now = builders.NOW
    secret_key = builders.SECRET_KEY
    url_part = staticmethod(builders.url_part)
    queue_integration = staticmethod(builders.queue_integration)
    integration_config = staticmethod(builders.integration_config)
    snapshot_document = staticmethod(builders.snapshot_document)
    snapshot = staticmethod(builders.compiled_snapshot)
    viewer_request = staticmethod(builders.viewer_request_event)


@pytest.fixture(scope="session")
def build() -> type[Builders]:
    """Builders of documents, events and snapshots."""
    return Builders


@pytest.fixture(scope="session")
def read_header() -> Callable[[Document, str], str]:
    """Reads a header that occurs exactly once."""
    return header_of
