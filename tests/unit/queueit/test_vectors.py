"""The connector fulfils the vectors, in this Python and in the others that Lambda may run it with."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vectors import vectors

SCRIPT = Path(vectors.__file__)
VERSIONS = ("3.12", "3.13", "3.14")
THIS_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def candidates(version: str) -> Iterator[str]:
    """Programs that may be that Python: on the PATH, or made by pyenv."""
    if found := shutil.which(f"python{version}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")))


def interpreter(version: str) -> str | None:
    for candidate in candidates(version):
        command = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if finished.returncode == 0 and finished.stdout.strip() == version:
            return candidate
    return None


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


@pytest.mark.parametrize("version", [one for one in VERSIONS if one != THIS_VERSION])
def test_another_python_fulfils_every_vector(version: str) -> None:
    program = interpreter(version)
    if program is None:
        pytest.skip(
            f"no python{version} on the PATH nor in pyenv: install it (`pyenv install {version}`, "
            f"`apt-get install python{version}`) to check the vectors with it"
        )
    finished = subprocess.run(
        [program, "-I", str(SCRIPT)], capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert finished.returncode == 0, finished.stdout[-4000:] + finished.stderr[-4000:]
    assert f"0 not fulfilled, Python {version}." in finished.stdout
