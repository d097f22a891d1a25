"""The connector fulfils the vectors; tests/functional/python_versions runs them with other Pythons."""

from pathlib import Path

import pytest

from tests.vectors import vectors


def test_the_connector_fulfils_every_vector() -> None:
    document = vectors.load()
    assert vectors.count(document) > 400
    assert vectors.failures(document) == []


def test_the_vectors_reach_every_intended_difference() -> None:
    document = vectors.load()
    reached = {
        name for group in document["decisions"] for case in group["cases"] for name in case["differences"]
    }
    assert reached == {*document["intended_differences"]}


def test_a_vector_that_is_not_fulfilled_is_reported() -> None:
    document = vectors.load()
    document["decisions"] = document["decisions"][:1]
    document["decisions"][0]["cases"][0]["expected"]["status"] = "418"
    document["normalized_urls"] = [["https://shop.example/./a", "https://shop.example/b"]]
    document["enqueue_tokens"] = [{**document["enqueue_tokens"][0], "token": "another"}]
    assert len(vectors.failures(document)) == 3


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "v2.json"
    file.write_text('{"format": 2}')
    with pytest.raises(ValueError, match="format 2"):
        vectors.load(file)
