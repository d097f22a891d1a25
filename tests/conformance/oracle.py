"""The reference connector as a child process: npm's package behind `oracle.mjs`, asked by JSON lines."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_HERE = Path(__file__).parent
_BUILD = _HERE.parents[1] / "build" / "conformance"

NEWEST_ENGINE = "@queue-it/connector-javascript"
V4_ENGINE = "connector-javascript-4"
"""The packages of the reference, as package.json names them; the comparison is with the newest."""


def missing_tool() -> str | None:
    """Which program of the oracle this machine lacks, with how to get it; None when there is nothing missing."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return (
                f"the conformance tests compare with an npm package and found no {program}: install Node.js 18 or "
                "later (nodejs.org, or `apt-get install nodejs npm`) and run them again"
            )
    return None


def install() -> Path:
    """Install the pinned packages into `build/conformance`, once; the directory that holds node_modules."""
    wanted = (_HERE / "package.json").read_text()
    manifest = _BUILD / "package.json"
    if (_BUILD / "node_modules").is_dir() and manifest.is_file() and manifest.read_text() == wanted:
        return _BUILD
    _BUILD.parent.mkdir(exist_ok=True)
    # Installed beside its place and renamed, so that of two test runs at once each finds a whole directory.
    with tempfile.TemporaryDirectory(dir=_BUILD.parent, prefix="conformance-") as directory:
        fresh = Path(directory) / "fresh"
        fresh.mkdir()
        (fresh / "package.json").write_text(wanted)
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        finished = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=300)
        if finished.returncode:
            raise RuntimeError(f"`{' '.join(command)}` failed:\n{finished.stdout}{finished.stderr}")
        if _BUILD.exists():
            _BUILD.rename(Path(directory) / "stale")
        fresh.rename(_BUILD)
    return _BUILD


class Oracle:
    """A running oracle; a context manager."""

    def __init__(self, directory: Path, connector: str = NEWEST_ENGINE) -> None:
        self._process = subprocess.Popen(
            ["node", str(_HERE / "oracle.mjs"), str(directory), connector],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "TZ": "UTC"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        reply = self._process.stdout.readline()
        if not reply:
            raise RuntimeError(f"the oracle ended with exit status {self._process.wait(timeout=10)}")
        answer: dict[str, Any] = json.loads(reply)
        return answer

    def answers(self, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """What the reference decides; oracle.mjs says what a question is made of, here with its whole `config`."""
        configs: dict[str, int] = {}
        asked = []
        for question in questions:
            text = json.dumps(question["config"])
            asked.append({**question, "config": configs.setdefault(text, len(configs))})
        answers: list[dict[str, Any]] = self._ask({"configs": [*configs], "questions": asked})["answers"]
        return answers

    def normalized(self, urls: Sequence[str]) -> list[str]:
        """The reference's normalized form of each URL."""
        normalized: list[str] = self._ask({"normalize": list(urls)})["normalized"]
        return normalized

    def make_enqueue_tokens(self, asked: Sequence[dict[str, Any]]) -> list[str]:
        """Tokens as npm's @queue-it/queue-token makes them."""
        tokens: list[str] = self._ask({"make_enqueue_tokens": list(asked)})["tokens"]
        return tokens

    def read_enqueue_tokens(self, tokens: Sequence[str], secret_key: str) -> list[dict[str, Any]]:
        """The fields of each token, verified and decrypted by npm's @queue-it/queue-token."""
        asked = [{"token": token, "secret_key": secret_key} for token in tokens]
        fields: list[dict[str, Any]] = self._ask({"read_enqueue_tokens": asked})["fields"]
        return fields
