"""A campaign: cases are made, changed where they reached something new, and judged."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from edge import event_handling
from tests.fuzz.choices import mutated
from tests.fuzz.coverage import Coverage
from tests.fuzz.oracle import Finding, Handle, judge
from tests.fuzz.visitors import Visitor, summary, visitor
from tests.fuzz.worlds import World, world

CORPUS = Path(__file__).with_name("corpus.json")
VISITORS_PER_WORLD = 60
TRACED_ONE_IN = 16
"""Tracing is slow; what became of a visit is feedback for the others."""

_MOST_KEPT = 2_000
_MOST_FINDINGS = 20


class Case(NamedTuple):
    """The choices that make a world and a visitor to it."""

    world: Sequence[int]
    visitor: Sequence[int]


class _Reasons:
    """Stands where the log of decisions does, and keeps why each was taken."""

    def __init__(self) -> None:
        self.last = ""

    def decided(self, decision: Any, *_others: Any) -> None:
        self.last = decision.reason.name


class Campaign:
    """Cases from `seed`, judged one after the other; `handle` is what is under test."""

    def __init__(
        self, seed: int, corpus: Sequence[Case] = (), handle: Handle = event_handling.handle
    ) -> None:
        self._random = Random(seed)
        self._handle = handle
        self._coverage = Coverage()
        self._features: set[tuple[Any, ...]] = set()
        self._reasons = _Reasons()
        self._given = list(corpus)
        self.kept: list[Case] = []
        self.reached_lines: list[Case] = []
        """The cases that reached a line first: what a corpus is made of."""
        self.findings: dict[str, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.seconds = 0.0

    @property
    def events(self) -> int:
        """How many events were judged."""
        return self.counts["events"]

    def _judge(self, made: World, given: Sequence[int], world_choices: Sequence[int]) -> None:
        visit, choices = visitor(made, given, self._random)
        self._reasons.last = ""
        handle = self._handle if self.events % TRACED_ONE_IN else self._coverage.traced(self._handle)
        lines_before = self._coverage.lines
        try:
            outcome = judge(made, visit, handle, self._reasons)
        except Finding as finding:
            outcome = "found"
            self._found(finding, made, visit)
        new_lines = self._coverage.lines - lines_before
        self.counts["events"] += 1
        self.counts["forgeries"] += visit.forgeries
        self.counts[outcome] += 1
        self.reasons[self._reasons.last] += 1
        feature = (
            self._reasons.last,
            outcome,
            len(visit.held),
            visit.forgeries,
            made.settings["url_matching"],
            visit.page is not None and visit.uri != visit.page.path,
        )
        case = Case(world_choices, choices)
        if new_lines:
            self.reached_lines.append(case)
        if new_lines or feature not in self._features:
            self._features.add(feature)
            self._keep(case)

    def _keep(self, case: Case) -> None:
        if len(self.kept) >= _MOST_KEPT:
            self.kept[self._random.randrange(_MOST_KEPT)] = case
        else:
            self.kept.append(case)

    def _found(self, finding: Finding, made: World, visit: Visitor) -> None:
        text = str(finding)
        self.counts["findings"] += 1
        if len(self.findings) < _MOST_FINDINGS and text not in self.findings:
            shown = {"visitor": summary(visit), "integrations": made.integrations, "settings": made.settings}
            if finding.__cause__:
                shown["error"] = repr(finding.__cause__)
            self.findings[text] = shown

    def _next_case(self) -> Case:
        if self._given:
            return self._given.pop()
        if not self.kept or not self._random.randrange(5):
            return Case((), ())
        case, other = self._random.choice(self.kept), self._random.choice(self.kept)
        from_world = (
            mutated(case.world, other.world, self._random) if self._random.randrange(2) else case.world
        )
        return Case(from_world, case.visitor)

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Judge until `goes_on` says no, which is asked between worlds."""
        began = time.monotonic()
        while goes_on():
            case = self._next_case()
            made, world_choices = world(case.world, self._random)
            self._judge(made, case.visitor, world_choices)
            for _ in range(VISITORS_PER_WORLD - 1):
                given: Sequence[int] = ()
                if self._random.randrange(4):
                    base = (
                        self._random.choice(self.kept).visitor if self._random.randrange(2) else case.visitor
                    )
                    given = mutated(base, self._random.choice(self.kept).visitor, self._random)
                self._judge(made, given, world_choices)
        self.seconds += time.monotonic() - began

    def report(self) -> str:
        """The figures, and each kind of finding with what repeats it."""
        counts = self.counts
        lines = [
            f"{self.events} events with {counts['forgeries']} forgeries in {self.seconds:.0f} s; "
            f"{self._coverage.lines} lines of the edge reached; {len(self.kept)} cases kept",
            *[
                f"  {counts[name]:>9}  {name}"
                for name in ("turned away", "passed with proof", "passed untouched", "exempt")
            ],
            "decisions: "
            + ", ".join(f"{name or 'none'} {count}" for name, count in self.reasons.most_common()),
            f"{counts['findings']} findings, of {len(self.findings)} kinds",
        ]
        for text, shown in self.findings.items():
            lines += [f"\n{text}", *[f"  {name}: {value!r}" for name, value in shown.items()]]
        return "\n".join(lines)


def read_corpus(path: Path = CORPUS) -> list[Case]:
    """The cases kept from earlier campaigns."""
    return [Case(*case) for case in json.loads(path.read_text(encoding="utf-8"))]


def write_corpus(cases: Sequence[Case], path: Path = CORPUS) -> None:
    """Keep `cases`, one a line."""
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
