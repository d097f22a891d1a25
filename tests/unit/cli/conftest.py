"""A command line to run in the test's own process."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from tests.builders import NOW
from workbench.cli.__main__ import run
from workbench.cli.command import Context


class Ran(NamedTuple):
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """What `--json` printed."""
        document: dict[str, Any] = json.loads(self.out)
        return document


def no_client(service: str, region: str) -> NoReturn:
    raise AssertionError(f"a client for {service} in {region} is not expected")


def no_session() -> NoReturn:
    raise AssertionError("no request is expected")


@pytest.fixture
def queueit() -> Callable[..., Ran]:
    """Runs `queueit` with arguments; `stdin`, `environ`, `client` and `session` are the world it sees."""

    def run_command(
        *arguments: str,
        stdin: str = "",
        environ: dict[str, str] | None = None,
        client: Callable[[str, str], Any] = no_client,
        session: Callable[[], Any] = no_session,
        now: float = NOW,
    ) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        context = Context(environ or {}, io.StringIO(stdin), client, session, lambda: now)
        return Ran(run(arguments, context, out, err), out.getvalue(), err.getvalue())

    return run_command


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[..., str]:
    """Writes a document to a file and gives its path."""

    def write(document: Any, name: str = "configuration.json") -> str:
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    return write
