"""A campaign: cases are made, changed where they reached something new, and judged."""

from __future__ import annotations

import json
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
VISITORS_PER_WORLD = 100

_MOST_KEPT = 2_000
_MOST_FINDINGS = 20


class Case(NamedTuple):
    """The choices that make a world and a visitor to it."""

    world: Sequence[int]
    visitor: Sequence[int]


class Figures(NamedTuple):
    """What came of a campaign; `findings` holds of each kind what repeats it, `lines` what was reached of the edge."""

    counts: Counter[str]
    reasons: Counter[str]
    findings: dict[str, dict[str, Any]]
    lines: set[tuple[str, int]]

    def with_those_of(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(
            self.counts + other.counts,
            self.reasons + other.reasons,
            {**other.findings, **self.findings},
            self.lines | other.lines,
        )

    def line(self) -> str:
        """The figures that tell how far a campaign is."""
        counts = self.counts
        return (
            f"{counts['events']:,} events with {counts['forgeries']:,} forgeries; {len(self.lines):,} lines of the "
            f"edge reached; {counts['findings']:,} findings, of {len(self.findings)} kinds"
        )

    def report(self) -> str:
        """All figures, and each kind of finding with what repeats it."""
        outcomes = ("turned away", "passed with proof", "passed untouched", "exempt")
        decisions = [f"{name or 'none'} {count:,}" for name, count in self.reasons.most_common()]
        lines = [
            self.line(),
            *[f"  {self.counts[name]:>12,}  {name}" for name in outcomes],
            f"decisions: {', '.join(decisions)}",
        ]
        for text, shown in self.findings.items():
            lines += [f"\n{text}", *[f"  {name}: {value!r}" for name, value in shown.items()]]
        return "\n".join(lines)


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
        self._coverage = Coverage()
        self._handle = self._coverage.watching(handle)
        self._features: set[tuple[Any, ...]] = set()
        self._reasons = _Reasons()
        self._given = list(corpus)
        self.kept: list[Case] = []
        self.reached_lines: list[Case] = []
        """The cases that reached a line first: what a corpus is made of."""
        self.figures = Figures(Counter(), Counter(), {}, self._coverage.lines)

    @property
    def events(self) -> int:
        """How many events were judged."""
        return self.figures.counts["events"]

    def judge(self, made: World, world_choices: Sequence[int], given: Sequence[int]) -> None:
        """Judge the visit that the choices `given` make, and others where they end, to a world of `world_choices`."""
        visit, choices = visitor(made, given, self._random)
        self._reasons.last = ""
        lines_before = len(self._coverage.lines)
        try:
            outcome = judge(made, visit, self._handle, self._reasons)
        except Finding as finding:
            outcome = "found"
            self._found(finding, made, visit)
        has_new_lines = len(self._coverage.lines) > lines_before
        counts = self.figures.counts
        counts["events"] += 1
        counts["forgeries"] += visit.forgeries
        counts[outcome] += 1
        self.figures.reasons[self._reasons.last] += 1
        feature = (
            self._reasons.last,
            outcome,
            len(visit.held),
            visit.forgeries,
            made.settings["url_matching"],
            visit.page is not None and visit.page.is_plain,
        )
        case = Case(world_choices, choices)
        if has_new_lines:
            self.reached_lines.append(case)
        if has_new_lines or feature not in self._features:
            self._features.add(feature)
            self._keep(case)

    def _keep(self, case: Case) -> None:
        if len(self.kept) >= _MOST_KEPT:
            self.kept[self._random.randrange(_MOST_KEPT)] = case
        else:
            self.kept.append(case)

    def _found(self, finding: Finding, made: World, visit: Visitor) -> None:
        text = str(finding)
        findings = self.figures.findings
        self.figures.counts["findings"] += 1
        if len(findings) < _MOST_FINDINGS and text not in findings:
            shown = {"visitor": summary(visit), "integrations": made.integrations, "settings": made.settings}
            if finding.__cause__:
                shown["error"] = repr(finding.__cause__)
            findings[text] = shown

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
        while goes_on():
            case = self._next_case()
            made, world_choices = world(case.world, self._random)
            self.judge(made, world_choices, case.visitor)
            for _ in range(VISITORS_PER_WORLD - 1):
                given: Sequence[int] = ()
                if self._random.randrange(4):
                    base = (
                        self._random.choice(self.kept).visitor if self._random.randrange(2) else case.visitor
                    )
                    given = mutated(base, self._random.choice(self.kept).visitor, self._random)
                self.judge(made, world_choices, given)


def read_corpus(path: Path = CORPUS) -> list[Case]:
    """The cases kept from earlier campaigns."""
    return [Case(*case) for case in json.loads(path.read_text(encoding="utf-8"))]


def write_corpus(cases: Sequence[Case], path: Path = CORPUS) -> None:
    """Keep `cases`, one a line."""
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
