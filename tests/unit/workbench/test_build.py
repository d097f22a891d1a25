"""The committed zips: what is in them, and that bytecode is what the default runtime would make of the sources."""

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from queueit.stored_snapshot import pack
from tests.builders import SECRET_KEY, snapshot_document, viewer_request_event
from tests.command_line import isolated
from workbench import bytecode
from workbench.build import DIST, FUNCTIONS, PACKAGES, CannotBuild, _bytecode_files, main, sources_of
from workbench.interpreter import find_python
from workbench.without_types import module_name

START = """
import json
import edge.trust, edge.viewer_request, edge.viewer_response, edge.worker
from queueit.decision import import_features
from queueit.stored_snapshot import load
given = json.load(sys.stdin)
snapshot = load(given["digest"], bytes.fromhex(given["body"]), {"secret_key": given["key"]})
import_features(snapshot)
edge.worker.Worker(lambda _left: snapshot).answer(given["event"], None, edge.worker.fail_open)
print(json.dumps([name.replace(".", "/") + ".py" for name in sys.modules]))
"""
SOURCES = {
    "edge/__init__.py": b"",
    "edge/a.py": b"ANSWER = {1, 2, 3}\n",
    "edge/b.py": b"import edge.a\n",
    "edge/roots.pem": b"",
}
DEFECT = """
import edge.worker, edge.unavailable_page, traceback
try:
    edge.worker.worker_from_environment({"AWS_LAMBDA_FUNCTION_NAME": 3})
except AttributeError:
    traceback.print_exc(file=sys.stdout)
"""
EDGE = PACKAGES["edge.zip"]


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """A folder with what is in edge.zip, as Lambda has it."""
    with zipfile.ZipFile(DIST / "edge.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def run(python: str, code: str, folder: Path, given: object = None) -> str:
    """What `code` prints under `python`, with the library and the folder's code alone and warnings as errors."""
    return isolated(
        python, "-c", f"import sys; sys.path[0:0] = [sys.argv[1]]; {code}", str(folder), given=given
    )


def default_python() -> tuple[str, str]:
    found = find_python(bytecode.VERSION)
    if found is None:
        pytest.skip(
            f"no python{bytecode.VERSION} on the PATH or in pyenv: `pyenv install {bytecode.VERSION}`"
        )
    return found


def test_the_edges_zip_has_bytecode_of_its_sources(deployed: Path) -> None:
    files = {
        path.relative_to(deployed).as_posix(): path.read_bytes()
        for path in deployed.rglob("*")
        if path.is_file()
    }

    assert bytecode.is_of(bytecode.modules_of(sources_of(EDGE)), files)


def test_the_edges_zip_has_each_source_once(deployed: Path) -> None:
    modules = (deployed / "sources.txt").read_text().split("\f")
    within = dict([module.split("\n", 1) for module in modules[1:]])
    beside = {
        path.relative_to(deployed).as_posix(): path.read_bytes()
        for path in deployed.rglob("*")
        if path.suffix in (".py", ".pem")
    }

    assert beside.keys() == {"edge/__init__.py", "edge/amazon_roots.pem"}
    assert len(within) == len(modules) - 1
    assert within == {
        module_name(name): source.decode() for name, source in sources_of(EDGE).items() if name not in beside
    }


def test_what_a_start_and_a_decision_with_the_default_settings_import_has_bytecode() -> None:
    digest, body = pack(snapshot_document())
    given = {"digest": digest, "body": body.hex(), "key": SECRET_KEY, "event": viewer_request_event()}

    imported = {
        name for name in json.loads(run(sys.executable, START, FUNCTIONS, given)) if name in sources_of(EDGE)
    }

    assert {"edge/worker.py", "edge/trust.py", "edge/service_client.py", "queueit/candidates.py"} <= imported
    assert not imported & bytecode.WITHOUT


def test_the_default_runtime_takes_the_bytecode_and_does_not_look_at_the_sources(deployed: Path) -> None:
    python, _ = default_python()
    (deployed / "sources.txt").write_text("\fedge.worker\nraise SystemExit('compiled from the source')\n")
    (deployed / "edge" / "__init__.py").write_text("raise SystemExit('compiled from the source')\n")

    run(python, "import edge.viewer_request, edge.trust; edge.trust.amazon_authorities()", deployed)


@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_another_runtime_uses_the_sources(deployed: Path, version: str) -> None:
    found = find_python(version)
    if found is None:
        pytest.skip(f"no python{version} on the PATH or in pyenv: `pyenv install {version}`")
    (deployed / bytecode.FILE).write_bytes(b"not bytecode")

    trace = run(found[0], DEFECT, deployed)

    assert "/sources.txt/edge.worker" in trace
    assert "    reader = reader_from_environment(environ)\n" in trace


def test_a_traceback_shows_source_lines_under_the_default_runtime_too(deployed: Path) -> None:
    python, _ = default_python()

    trace = run(python, DEFECT, deployed)

    assert 'File "edge/worker.py", line ' in trace
    assert "    reader = reader_from_environment(environ)\n" in trace


def test_the_same_sources_give_the_same_bytecode_in_any_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    python = default_python()
    modules = dict(list(bytecode.modules_of(sources_of(EDGE)).items())[:5])
    modules[bytecode.FIRST] = sources_of(EDGE)[bytecode.FIRST]
    first = bytecode.compiled(*python, modules)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.chdir("/")
    assert bytecode.compiled(*python, dict(reversed(modules.items()))) == first


def test_without_the_default_runtime_the_committed_bytecode_is_kept_while_it_is_of_the_sources(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = bytecode.compiled(*default_python(), bytecode.modules_of(SOURCES))
    monkeypatch.setattr("workbench.build.find_python", lambda _version: None)
    committed = {"edge/__init__.py": b"", "edge/roots.pem": b"", "sources.txt": b"", **made}
    assert _bytecode_files(SOURCES, committed) == made
    for changed in ({**SOURCES, "edge/a.py": b"ANSWER = 4\n"}, {**SOURCES, "edge/c.py": b""}):
        with pytest.raises(CannotBuild, match=r"python3\.13 is needed"):
            _bytecode_files(changed, committed)


def test_a_stale_zip_is_named_by_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("workbench.build.PACKAGES", {"log_retention.zip": PACKAGES["log_retention.zip"]})
    monkeypatch.setattr("workbench.build.ROOT", tmp_path)
    monkeypatch.setattr("workbench.build.DIST", tmp_path)
    assert main([]) == 0
    assert main(["--check"]) == 0
    with (tmp_path / "log_retention.zip").open("ab") as file:
        file.write(os.urandom(1))
    assert main(["--check"]) == 1
    assert "run `make build`" in capsys.readouterr().err
