"""The functions' code runs on every Python that Lambda has or is about to have, whichever one runs the tests."""

import functools
import itertools
import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.command_line import isolated
from tests.vectors import vectors
from workbench.build import DIST, FUNCTIONS
from workbench.interpreter import find_python

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
CODE = ("the sources", "edge.zip")
IN_EVERY_RUN = [("3.11", "the sources"), ("3.13", "edge.zip")]
"""The oldest Python, and the functions' default, for which there is bytecode in the zip."""

of_the_edge = pytest.mark.parametrize(
    ("python", "code"),
    [
        pytest.param(*each, marks=[] if each in IN_EVERY_RUN else pytest.mark.full)
        for each in itertools.product(VERSIONS, CODE)
    ],
    indirect=True,
)

_HANDLERS = """
import json, ssl, sys
sys.path.insert(0, sys.argv[1])
import edge
from edge import signature_v4, viewer_request, viewer_response
assert edge.__file__.startswith(sys.argv[1]), edge.__file__
def event():
    config, lines = {"requestId": "request-1"}, {"host": [{"key": "Host", "value": "shop.example.com"}]}
    request = {"clientIp": "", "headers": lines, "method": "GET", "querystring": "a=1", "uri": "/tickets"}
    return {"Records": [{"cf": {"config": config, "request": request}}]}
passed = event()
answers = [viewer_request.handler(passed, None), viewer_request.handler_fail_closed(event(), None)]
passed["Records"][0]["cf"]["response"] = {"status": "200", "statusDescription": "OK", "headers": {}}
answers.append(viewer_response.handler(passed, None))
answers.append(signature_v4.sign(
    "POST", "dynamodb.us-east-1.amazonaws.com", "/", {"Content-Type": "application/x-amz-json-1.0"}, b"{}",
    credentials=signature_v4.Credentials("an-id", "not-a-real-key"), region="us-east-1", service="dynamodb",
    signed_at=1_790_000_000,
))
ssl.create_default_context()
print(json.dumps(answers, sort_keys=True))
"""
_COMPILE = """
import pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    compile(path.read_bytes(), str(path), "exec")
    print(path.name)
"""


@pytest.fixture
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of the version that the test asks for."""
    version: str = request.param
    found = find_python(version)
    if found is None:
        pytest.skip(
            f"no python{version} on the PATH or in pyenv: install it (python.org, or `pyenv install {version}`) "
            "and run the tests again"
        )
    return found[0]


@pytest.fixture
def code(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder with the edge's code, as it is written and as it is deployed."""
    if request.param == "the sources":
        return FUNCTIONS
    with zipfile.ZipFile(DIST / "edge.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


run = functools.cache(isolated)


@of_the_edge
def test_the_edge_fulfils_every_vector_on_every_python(python: str, code: Path) -> None:
    assert " vectors, 0 not fulfilled, Python" in run(python, vectors.__file__, str(code))


@of_the_edge
def test_the_handlers_without_a_snapshot_answer_the_same_on_every_python(python: str, code: Path) -> None:
    printed = run(python, "-c", _HANDLERS, str(code))

    assert printed == run(sys.executable, "-c", _HANDLERS, str(code))
    assert [answer.get("status") for answer in json.loads(printed)] == [None, "503", "200", None]


@pytest.mark.parametrize("python", VERSIONS, indirect=True)
def test_every_function_compiles_on_every_python_without_a_warning(python: str) -> None:
    compiled = run(python, "-c", _COMPILE, str(FUNCTIONS)).split()

    assert {"viewer_request.py", "decision.py", "refresh.py"} <= set(compiled)


HEAVY = "dataclasses logging urllib.parse email http.client datetime random inspect asyncio"


@pytest.mark.parametrize("heavy", HEAVY.split())
def test_the_edge_imports_nothing_heavy_at_a_cold_start(heavy: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(FUNCTIONS)!r}); import edge.viewer_request; print(*sys.modules)"
    )
    loaded = run(sys.executable, "-c", code).split()

    assert "edge.snapshot_reader" in loaded
    assert heavy not in loaded
