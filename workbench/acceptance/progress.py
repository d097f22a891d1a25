"""How far a run is, in a file, so that one that was interrupted is taken up where it was."""

import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

Status = Literal["pass", "fail", "measured", "not shown here"]
Phase = Literal["make", "walk", "destroy", "gone"]

_FILE: Final = "state.json"
_ONGOING: Final[tuple[Phase, ...]] = ("make", "walk", "destroy")


class Result(NamedTuple):
    """What a step came to: `text` says it in words, `measured` in numbers whose names end in their unit."""

    status: Status
    text: str
    measured: Mapping[str, float] = MappingProxyType({})
    seconds: float = 0.0


class Progress:
    """One run: its name, its phase, the stack's outputs and the results so far. Each change is kept at once."""

    def __init__(self, directory: Path, state: dict[str, Any]) -> None:
        self.directory = directory
        self._state = state

    @classmethod
    def begin(cls, root: Path, account: str) -> "Progress":
        """A new run in `account`, with a directory of its own below `root`."""
        name = f"queueit-acceptance-{secrets.token_hex(4)}"
        directory = root / name
        directory.mkdir(parents=True)
        progress = cls(
            directory,
            {
                "name": name,
                "account": account,
                "began_at": int(time.time()),
                "phase": "make",
                "outputs": {},
                "results": {},
            },
        )
        progress._keep()
        return progress

    @classmethod
    def ongoing(cls, root: Path) -> "Progress | None":
        """The run below `root` that has not ended, the latest if there are several."""
        runs = [cls(file.parent, json.loads(file.read_text("utf-8"))) for file in root.glob(f"*/{_FILE}")]
        unfinished = [run for run in runs if run.phase in _ONGOING]
        return max(unfinished, key=lambda run: run.began_at, default=None)

    @property
    def name(self) -> str:
        """The connector's name, and the beginning of all others."""
        return str(self._state["name"])

    @property
    def account(self) -> str:
        """Where it runs: the `what` of an account."""
        return str(self._state["account"])

    @property
    def began_at(self) -> int:
        """When it began, in Unix seconds."""
        return int(self._state["began_at"])

    @property
    def phase(self) -> Phase:
        """What is under way: make the stack, walk the steps, destroy it; or gone."""
        phase: Phase = self._state["phase"]
        return phase

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; empty before the walk."""
        return dict(self._state["outputs"])

    @property
    def results(self) -> dict[str, Result]:
        """Each step's result, by its name."""
        return {name: Result(**result) for name, result in self._state["results"].items()}

    def enter(self, phase: Phase, outputs: dict[str, Any] | None = None) -> None:
        """Go on to `phase`."""
        self._state["phase"] = phase
        if outputs is not None:
            self._state["outputs"] = outputs
        self._keep()

    def note(self, step: str, result: Result) -> None:
        """Keep a step's result."""
        self._state["results"][step] = {**result._asdict(), "measured": dict(result.measured)}
        self._keep()

    def _keep(self) -> None:
        file = self.directory / _FILE
        written = file.with_suffix(".new")
        written.write_text(json.dumps(self._state, indent=2), encoding="utf-8")
        written.replace(file)
