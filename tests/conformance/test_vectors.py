"""The committed vectors are what the reference says today."""

import pytest

from tests.conformance.oracle import Oracle
from tests.conformance.vectors import document, text
from tests.vectors.vectors import FILE


@pytest.mark.full
def test_the_committed_vectors_are_what_would_be_written(oracle: Oracle) -> None:
    if FILE.read_text("ascii") != text(document(oracle)):
        raise AssertionError(
            "write them anew, and look at the difference: python -m tests.conformance.vectors"
        )
