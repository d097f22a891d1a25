"""Bytecode of the edge's code for Lambda's default runtime, which saves half of a cold start's import.

Only of what a visitor waits for: modules of optional features stay as sources, for the zip's size. Without
docstrings, columns and types, for the same reason; lines stay, since a defect is logged with
its own.

Compiled by that very Python, in a process of its own, so that the same sources give the same bytes. It is in one file,
which `edge/__init__.py` imports from, and that module's own where Python looks for it, of the kind that is not checked
against the source when it is loaded (PEP 552). Any other Python compiles the sources.
"""

import _imp
import marshal
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

VERSION = "3.13"
"""The runtime that the Terraform module chooses by default."""

_TAG = f"cpython-{VERSION.replace('.', '')}"

FILE = f"bytecode.{_TAG}"
"""The code of each module by its name, in a marshalled dictionary."""

FIRST = "edge/__init__.py"
"""The module that imports from FILE."""

_FIRST_FILE = f"edge/__pycache__/__init__.{_TAG}.pyc"

COMPILED = "compiled.txt"
"""The full version of the Python that compiled, as another patch release may give other bytes, and of which sources."""

WITHOUT = {
    "queueit/diagnostics.py",
    "queueit/direct_pass.py",
    "queueit/integration_config.py",
    "queueit/required_texts.py",
    "queueit/verify_action.py",
    "edge/unavailable_page.py",
}
"""Modules that a start and a decision with the default settings do not import."""

_MAGIC = (3571).to_bytes(2, "little") + b"\r\n"
_UNCHECKED_HASH = (1).to_bytes(4, "little")

_COMPILE = Path(__file__).with_name("without_types.py")


def modules_of(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of `sources` that get bytecode."""
    return {name: source for name, source in sources.items() if name.endswith(".py") and name not in WITHOUT}


def _header(source: bytes) -> bytes:
    """The first 16 bytes of a source's `.pyc`."""
    key = int.from_bytes(_MAGIC, "little")
    return _MAGIC + _UNCHECKED_HASH + _imp.source_hash(key, source)


def _compile(python: str, sources: Mapping[str, bytes], *module: str) -> bytes:
    command = [python, "-I", "-S", "-X", "no_debug_ranges", str(_COMPILE), *module]
    given = marshal.dumps(dict(sorted(sources.items())))
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


def _record(full_version: str, sources: Mapping[str, bytes]) -> bytes:
    digest = sha256(marshal.dumps(sorted(sources.items()), 2)).hexdigest()
    return f"CPython {full_version}, of {digest}\n".encode()


def compiled(python: str, full_version: str, sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with the bytecode of `sources`, as `python` compiles them, and with what it was made by and of."""
    first = {FIRST: sources[FIRST]}
    others = {name: source for name, source in sources.items() if name != FIRST}
    return {
        _FIRST_FILE: _header(sources[FIRST]) + _compile(python, first, "edge"),
        FILE: _compile(python, others),
        COMPILED: _record(full_version, sources),
    }


def is_of(sources: Mapping[str, bytes], files: Mapping[str, bytes]) -> bool:
    """Whether `files`, those of a zip, have bytecode of just these `sources`, by what is recorded of it."""
    version = made_by(files)
    return files.get(COMPILED) == _record(version, sources) and {_FIRST_FILE, FILE} <= files.keys()


def made_by(files: Mapping[str, bytes]) -> str:
    """The full version of the Python that compiled what `files` hold; empty where that is not told."""
    words = files.get(COMPILED, b"").decode().replace(",", "").split()
    return words[1] if words else ""
