"""Bytecode of the edge's code for Lambda's default runtime, which saves half of a cold start's import.

Only of what a visitor waits for: modules of optional features stay as sources, for the zip's size. Without
docstrings, columns and types, for the same reason; lines stay, since a defect is logged with
its own.

Compiled by that very Python, each module in a process of its own, so that the same source gives the same bytes. The
files are of the kind that is not checked against the source when it is loaded (PEP 552), and name it by a hash in
their header; any other Python leaves them alone and compiles the source.
"""

import _imp
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

VERSION = "3.13"
"""The runtime that the Terraform module chooses by default."""

COMPILED_BY = "edge/__pycache__/compiled_by.txt"
"""The full version of the Python that compiled: another patch release may give other bytes."""

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


def bytecode_name(source: str) -> str:
    """Where Python looks for the bytecode of the module `source`."""
    path = PurePosixPath(source)
    return str(path.parent / "__pycache__" / f"{path.stem}.cpython-{VERSION.replace('.', '')}.pyc")


def header(source: bytes) -> bytes:
    """The first 16 bytes of a source's bytecode file."""
    key = int.from_bytes(_MAGIC, "little")
    return _MAGIC + _UNCHECKED_HASH + _imp.source_hash(key, source)


def _compile(python: str, name: str, source: bytes) -> bytes:
    command = [python, "-I", "-S", "-X", "no_debug_ranges", str(_COMPILE), name]
    return subprocess.run(command, input=source, capture_output=True, check=True, timeout=60).stdout


def compiled(python: str, full_version: str, sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The bytecode files for `sources` by name, as `python` compiles them, and its version."""
    with ThreadPoolExecutor(2) as pool:
        codes = pool.map(lambda one: _compile(python, *one), sources.items())
        files = {
            bytecode_name(name): header(source) + code
            for (name, source), code in zip(sources.items(), codes, strict=True)
        }
    return {**files, COMPILED_BY: f"CPython {full_version}\n".encode()}


def is_of(sources: Mapping[str, bytes], files: Mapping[str, bytes]) -> bool:
    """Whether `files`, those of a zip, have bytecode of each of `sources`, by the headers, and of nothing else."""
    wanted = {bytecode_name(name): header(source) for name, source in sources.items()}
    found = {name: content[:16] for name, content in files.items() if name.endswith(".pyc")}
    return wanted == found and COMPILED_BY in files
