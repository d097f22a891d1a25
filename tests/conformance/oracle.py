"""The reference connector as a child process: npm's package behind `oracle.mjs`, asked by JSON lines."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests import npm_packages

_HERE = Path(__file__).parent

NEWEST_ENGINE = "@queue-it/connector-javascript"
V4_ENGINE = "connector-javascript-4"
"""The packages of the reference, as package.json names them; the comparison is with the newest."""


def install() -> Path:
    """Install the pinned packages into `build/conformance`, once; the directory that holds node_modules."""
    return npm_packages.install(_HERE / "package.json")


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
