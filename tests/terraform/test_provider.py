"""The provider that keeps running beside a workspace, with a stand-in for its program."""

import gc
import sys
from pathlib import Path

import pytest

from tests.terraform.provider import attach

PROGRAM = f"""\
#!{sys.executable}
import pathlib, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored in what runs beside it
try:
    print("TF_REATTACH_PROVIDERS='where it listens'", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path("ended").touch()
"""


class Owner:
    """What a provider runs for."""


def program(directory: Path, text: str) -> Path:
    path = directory / "provider"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_it_says_where_it_listens_and_ends_with_its_owner(tmp_path: Path) -> None:
    owner = Owner()
    environment = attach(owner, program(tmp_path, PROGRAM), tmp_path, {})
    assert environment == {"TF_REATTACH_PROVIDERS": "where it listens"}
    assert not (tmp_path / "ended").exists()
    del owner
    gc.collect()
    assert (tmp_path / "ended").exists()


def test_one_that_does_not_start_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no room"):
        attach(Owner(), program(tmp_path, "#!/bin/sh\necho no room\nexit 1\n"), tmp_path, {})
