"""The committed zips: what is in them, and that bytecode is what the default runtime would make of the sources."""

import json
import marshal
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from queueit.stored_snapshot import pack
from tests.builders import SECRET_KEY, snapshot_document, viewer_request_event
from workbench import bytecode
from workbench.build import DIST, FUNCTIONS, PACKAGES, CannotBuild, _bytecode_files, main, sources_of
from workbench.interpreter import find_python

START = """
import json, sys
sys.path.insert(0, sys.argv[1])
import edge.trust, edge.viewer_request, edge.viewer_response, edge.worker
from queueit.decision import import_features
from queueit.stored_snapshot import load
given = json.load(sys.stdin)
snapshot = load(given["digest"], bytes.fromhex(given["body"]), {"secret_key": given["key"]})
import_features(snapshot)
edge.worker.Worker(lambda _left: snapshot).answer(given["event"], None, edge.worker.fail_open)
print(json.dumps([name.replace(".", "/") + ".py" for name in sys.modules]))
"""
SOURCES = {"edge/a.py": b"ANSWER = {1, 2, 3}\n", "edge/b.py": b"import edge.a\n"}


def files_of(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(DIST / name) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def default_python() -> tuple[str, str]:
    found = find_python(bytecode.VERSION)
    if found is None:
        pytest.skip(
            f"no python{bytecode.VERSION} on the PATH or in pyenv: `pyenv install {bytecode.VERSION}`"
        )
    return found


def test_the_edges_zip_has_bytecode_of_each_module_beside_it() -> None:
    modules = bytecode.modules_of(sources_of(PACKAGES["edge.zip"]))
    assert bytecode.is_of(modules, files_of("edge.zip"))


def test_what_a_start_and_a_decision_with_the_default_settings_import_has_bytecode() -> None:
    digest, body = pack(snapshot_document())
    given = {"digest": digest, "body": body.hex(), "key": SECRET_KEY, "event": viewer_request_event()}
    command = [sys.executable, "-I", "-S", "-B", "-c", START, str(FUNCTIONS)]
    ended = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=True
    )
    imported = {name for name in json.loads(ended.stdout) if name in sources_of(PACKAGES["edge.zip"])}
    assert {"edge/worker.py", "edge/trust.py", "edge/service_client.py", "queueit/candidates.py"} <= imported
    assert not imported & bytecode.WITHOUT


def test_the_default_runtime_takes_the_bytecode_and_does_not_look_at_the_source(tmp_path: Path) -> None:
    python, _ = default_python()
    with zipfile.ZipFile(DIST / "edge.zip") as archive:
        archive.extractall(tmp_path)
    for source in tmp_path.rglob("*.py"):
        source.write_text("raise SystemExit('compiled from the source')\n")
    command = [
        python,
        "-I",
        "-S",
        "-B",
        "-c",
        "import sys; sys.path[0:0] = [sys.argv[1]]; import edge.viewer_request",
    ]
    ended = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_another_runtime_uses_the_sources(tmp_path: Path) -> None:
    if sys.version_info[:2] == (3, 13):
        pytest.skip("this is the default runtime; run the tests with another Python to see this")
    with zipfile.ZipFile(DIST / "edge.zip") as archive:
        archive.extractall(tmp_path)
    (tmp_path / "edge" / "viewer_request.py").write_text("FROM_SOURCE = True\n")
    script = (
        "import sys; sys.path[0:0] = [sys.argv[1]]; import edge.viewer_request as one; print(one.FROM_SOURCE)"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", script, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "True\n"


def test_the_same_source_gives_the_same_bytecode_in_any_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    python = default_python()
    modules = dict(list(bytecode.modules_of(sources_of(PACKAGES["edge.zip"])).items())[:5])
    first = bytecode.compiled(*python, modules)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.chdir("/")
    assert bytecode.compiled(*python, modules) == first


def test_without_the_default_runtime_the_committed_bytecode_is_kept_while_it_is_of_the_sources(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workbench.build.find_python", lambda _version: None)
    pyc = {
        bytecode.bytecode_name(name): bytecode.header(source) + marshal.dumps(None)
        for name, source in SOURCES.items()
    }
    committed = {**SOURCES, **pyc, bytecode.COMPILED_BY: b"CPython 3.13.99\n"}
    kept = _bytecode_files(SOURCES, committed)
    assert kept == {**pyc, bytecode.COMPILED_BY: b"CPython 3.13.99\n"}
    with pytest.raises(CannotBuild, match=r"python3\.13 is needed"):
        _bytecode_files({**SOURCES, "edge/a.py": b"ANSWER = 4\n"}, committed)


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
