"""How far a run is, in a file, so that one that was interrupted is taken up where it was."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass
class Progress:
    """One run, kept in a file of its `directory`; each change is kept at once.

    `name` is the connector's, with which all other names begin; `account` the `what` of an Account; `began_at` in Unix
    seconds; `outputs` are the stack's, empty before the walk; `results` are those of the steps so far, by their names.
    """

    directory: Path
    name: str
    account: str
    began_at: int
    phase: Phase = "make"
    outputs: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)

    @classmethod
    def begin(cls, root: Path, account: str) -> "Progress":
        """A new run in `account`, with a directory of its own below `root`."""
        name = f"queueit-acceptance-{secrets.token_hex(4)}"
        progress = cls(root / name, name, account, int(time.time()))
        progress.directory.mkdir(parents=True)
        progress._keep()
        return progress

    @classmethod
    def ongoing(cls, root: Path) -> "Progress | None":
        """The run below `root` that has not ended, the latest if there are several."""
        runs = [_read(file) for file in root.glob(f"*/{_FILE}")]
        unfinished = [run for run in runs if run.phase in _ONGOING]
        return max(unfinished, key=lambda run: run.began_at, default=None)

    def enter(self, phase: Phase, outputs: dict[str, Any] | None = None) -> None:
        """Go on to `phase`."""
        self.phase = phase
        if outputs is not None:
            self.outputs = outputs
        self._keep()

    def note(self, step: str, result: Result) -> None:
        """Keep a step's result."""
        self.results[step] = result
        self._keep()

    def _keep(self) -> None:
        results = {
            name: {**result._asdict(), "measured": dict(result.measured)}
            for name, result in self.results.items()
        }
        state = {name: value for name, value in vars(self).items() if name != "directory"}
        written = (self.directory / _FILE).with_suffix(".new")
        written.write_text(json.dumps({**state, "results": results}, indent=2), encoding="utf-8")
        written.replace(self.directory / _FILE)


def _read(file: Path) -> Progress:
    state = json.loads(file.read_text("utf-8"))
    results = {name: Result(**result) for name, result in state.pop("results").items()}
    return Progress(file.parent, **state, results=results)
