"""Builds the functions' zips, byte for byte the same from the same sources on any machine.

`python -m workbench.build` writes them to functions/dist; with `--check` it compares them with what is there. The
edge's zip has bytecode too, and its sources in one file: so they are deflated as one, which takes a fourth less.
Where the Python that made the bytecode is not installed, the committed one is kept as long as it is of the present
sources, which is recorded beside it.
"""

import argparse
import io
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import zopfli.zlib

from workbench import bytecode
from workbench.interpreter import find_python
from workbench.without_types import module_name

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
DIST = FUNCTIONS / "dist"

PACKAGES = {
    "edge.zip": ("edge", "queueit"),
    "config_refresh.zip": ("config_refresh", "queueit"),
    "log_retention.zip": ("log_retention",),
    "behavior_association.zip": ("behavior_association",),
}

WITH_BYTECODE = ("edge.zip",)
"""Those whose cold start a visitor waits for."""

SOURCES = "sources.txt"
"""The file in these that has all modules but the one that Python finds first; see `functions/edge/__init__.py`."""

_DEFLATED = 8
_VERSION = 20  # of the zip format: 2.0 reads deflated entries
_UNIX = 3 << 8
_DATE_1980_01_01 = 1 << 5 | 1
_REGULAR_FILE_0644 = 0o100644 << 16


def _deflate(data: bytes) -> bytes:
    """`data` as a raw deflate stream. By zopfli, whose result, unlike zlib's, is the same on any machine."""
    stream: bytes = zopfli.zlib.compress(data)
    return stream[2:-4]  # less zlib's header and checksum


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """A zip of `files` by name: sorted, with fixed timestamps and modes, so the same for the same files."""
    entries, directory = b"", b""
    for name in sorted(files):
        data, encoded_name = files[name], name.encode()
        written = _deflate(data)
        fields = struct.pack(
            "<HHHHHIIIHH",
            _VERSION,
            0,
            _DEFLATED,
            0,
            _DATE_1980_01_01,
            zlib.crc32(data),
            len(written),
            len(data),
            len(encoded_name),
            0,
        )
        directory += (
            struct.pack("<4sH", b"PK\x01\x02", _UNIX | _VERSION)
            + fields
            + struct.pack("<HHHII", 0, 0, 0, _REGULAR_FILE_0644, len(entries))
            + encoded_name
        )
        entries += b"PK\x03\x04" + fields + encoded_name + written
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(entries), 0
    )
    return entries + directory + end


class CannotBuild(Exception):
    """What is missing, and how to get it."""


def sources_of(packages: tuple[str, ...], functions: Path = FUNCTIONS) -> dict[str, bytes]:
    """The packages' Python sources and certificates by name, with line endings as on Unix."""
    return {
        path.relative_to(functions).as_posix(): path.read_bytes().replace(b"\r\n", b"\n")
        for package in packages
        for path in (functions / package).rglob("*")
        if path.suffix in (".py", ".pem")
    }


def _committed(zip_path: Path) -> dict[str, bytes]:
    if not zip_path.is_file():
        return {}
    with zipfile.ZipFile(io.BytesIO(zip_path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _in_one(sources: dict[str, bytes]) -> bytes:
    """The modules in the file that `edge/__init__.py` reads: each after a form feed and its name."""
    return b"".join([f"\f{module_name(file)}\n".encode() + sources[file] for file in sorted(sources)])


def _bytecode_files(sources: dict[str, bytes], committed: dict[str, bytes]) -> dict[str, bytes]:
    """The bytecode to put beside `sources`. Raises CannotBuild."""
    modules = bytecode.modules_of(sources)
    python = find_python(bytecode.VERSION)
    is_current = bytecode.is_of(modules, committed)
    if is_current and (python is None or bytecode.made_by(committed) != python[1]):
        return {
            name: content for name, content in committed.items() if name != SOURCES and name not in sources
        }
    if python is None:
        raise CannotBuild(
            f"python{bytecode.VERSION} is needed to compile the edge's code: install it (python.org, or `pyenv "
            f"install {bytecode.VERSION}`)"
        )
    return bytecode.compiled(*python, modules)


def build(name: str) -> bytes:
    """The zip of that name. Raises CannotBuild."""
    files = sources_of(PACKAGES[name])
    if name in WITH_BYTECODE:
        within = {
            file: data for file, data in files.items() if file.endswith(".py") and file != bytecode.FIRST
        }
        kept = {file: data for file, data in files.items() if file not in within}
        files = kept | _bytecode_files(files, _committed(DIST / name)) | {SOURCES: _in_one(within)}
    return zip_bytes(files)


def main(arguments: list[str] | None = None) -> int:
    """Build, or with --check compare; 1 when a committed zip is not what its sources give."""
    parser = argparse.ArgumentParser(prog="python -m workbench.build", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed zips instead of writing"
    )
    check = parser.parse_args(arguments).check
    failed = False
    for name in PACKAGES:
        path = DIST / name
        try:
            content = build(name)
        except CannotBuild as error:
            print(f"{path.relative_to(ROOT)}: {error}", file=sys.stderr)
            failed = True
            continue
        if not check:
            DIST.mkdir(exist_ok=True)
            path.write_bytes(content)
            print(f"{path.relative_to(ROOT)}: {len(content):,} bytes")
        elif not path.is_file() or path.read_bytes() != content:
            failed = True
            print(
                f"{path.relative_to(ROOT)} is not what the sources give; run `make build` and commit it",
                file=sys.stderr,
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
