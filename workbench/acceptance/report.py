"""The report of a run, in Markdown and JSON."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.acceptance.progress import Result
from workbench.acceptance.steps import Step


def write_report(
    directory: Path,
    *,
    what: str,
    name: str,
    began_at: int,
    steps: Sequence[Step],
    results: Mapping[str, Result],
    removal: Result | None,
) -> Path:
    """Write report.md and report.json; the former's path. A step without a result was not walked."""
    day = time.strftime("%Y-%m-%d", time.gmtime(began_at))
    shown = [(step.name, step.proves, results[step.name]) for step in steps if step.name in results]
    if removal:
        shown.append(("removal", "nothing is left", removal))
    document = {
        "account": what,
        "name": name,
        "began_at": began_at,
        "steps": {
            step: {"proves": proves, **result._asdict(), "measured": dict(result.measured)}
            for step, proves, result in shown
        },
        "not_walked": [step.name for step in steps if step.name not in results],
    }
    (directory / "report.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), "utf-8")
    lines = [
        f"# Acceptance run of {day}",
        "",
        f"In {what}, as `{name}`: {summary([result for _, _, result in shown])}.",
        "",
        "| step | proves | result | seen | measured | took |",
        "| --- | --- | --- | --- | --- | --- |",
        *[
            f"| {step} | {proves} | **{result.status}** | {_cell(result.text)} | {_figures(result.measured)} | "
            f"{result.seconds:.0f} s |"
            for step, proves, result in shown
        ],
        *[
            f"| {step.name} | {step.proves} | not walked | | | |"
            for step in steps
            if step.name not in results
        ],
    ]
    path = directory / "report.md"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def summary(results: Sequence[Result]) -> str:
    """How many steps came to what, such as `8 pass, 2 measured`."""
    counts = Counter([result.status for result in results])
    return ", ".join([f"{count} {status}" for status, count in sorted(counts.items())]) or "nothing walked"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _figures(measured: Mapping[str, float]) -> str:
    """Each name's last part is its unit."""
    shown = []
    for name, value in measured.items():
        what, _, unit = name.rpartition("_")
        shown.append(f"{what.replace('_', ' ')} {value:g} {unit}" if what else f"{value:g} {unit}")
    return "<br>".join(shown)
