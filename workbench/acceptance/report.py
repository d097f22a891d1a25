"""The report of a run, in Markdown and JSON."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.acceptance.progress import Progress, Result
from workbench.acceptance.steps import Step

REMOVAL = "removal"
"""The name of the last result: what became of everything that the run made."""


def write_report(progress: Progress, steps: Sequence[Step]) -> Path:
    """Write report.md and report.json; the former's path. A step without a result was not walked."""
    results = progress.results
    proofs = {step.name: step.proves for step in steps}
    shown = [
        (step, proves, results[step])
        for step, proves in {**proofs, REMOVAL: "nothing is left"}.items()
        if step in results
    ]
    not_walked = [step for step in proofs if step not in results]
    document = {
        "account": progress.account,
        "name": progress.name,
        "began_at": progress.began_at,
        "steps": {
            step: {"proves": proves, **result._asdict(), "measured": dict(result.measured)}
            for step, proves, result in shown
        },
        "not_walked": not_walked,
    }
    (progress.directory / "report.json").write_text(
        json.dumps(document, indent=2, ensure_ascii=False), "utf-8"
    )
    lines = [
        f"# Acceptance run of {time.strftime('%Y-%m-%d', time.gmtime(progress.began_at))}",
        "",
        f"In {progress.account}, as `{progress.name}`: {summary([result for _, _, result in shown])}.",
        "",
        "| step | proves | result | seen | measured | took |",
        "| --- | --- | --- | --- | --- | --- |",
        *[
            f"| {step} | {proves} | **{result.status}** | {_cell(result.text)} | {_figures(result.measured)} | "
            f"{result.seconds:.0f} s |"
            for step, proves, result in shown
        ],
        *[f"| {step} | {proofs[step]} | not walked | | | |" for step in not_walked],
    ]
    path = progress.directory / "report.md"
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
