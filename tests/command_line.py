"""`queueit` in the test's own process, and commands of this checkout in one of their own."""

import io
import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click

from tests.builders import NOW
from workbench.cli.__main__ import run
from workbench.cli.command import Context

ROOT = Path(__file__).parents[1]
ENVIRON = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"}
"""That of a process which can import this checkout's modules."""


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


def queueit(
    *arguments: str,
    stdin: str | io.StringIO = "",
    environ: Mapping[str, str] | None = None,
    client: Callable[[str, str], Any] = no_client,
    session: Callable[[], Any] = no_session,
    now: float | Callable[[], float] = NOW,
    sleep: Callable[[float], None] = time.sleep,
) -> Ran:
    """Run `queueit` with arguments; what else is given is the world it sees. Ctrl-C while it sleeps ends it."""
    out, err = io.StringIO(), io.StringIO()
    given = io.StringIO(stdin) if isinstance(stdin, str) else stdin
    clock = now if callable(now) else lambda: now
    context = Context(environ or {}, given, client, session, clock, sleep)
    try:
        status = run(arguments, context, out, err)
    except click.Abort:
        status = 130
    return Ran(status, out.getvalue(), err.getvalue())


def in_a_process(
    *command: str, cwd: Path = ROOT, given: object = None, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command as a person does; `given`, as JSON, is its standard input."""
    stdin, env = json.dumps(given), ENVIRON | environ
    return subprocess.run(
        command, cwd=cwd, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def isolated(python: str, *arguments: str, given: object = None) -> str:
    """What an interpreter prints that sees its own library alone and takes warnings for errors."""
    ended = in_a_process(python, "-I", "-S", "-B", "-W", "error", *arguments, given=given)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
