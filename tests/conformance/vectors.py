"""Write the vectors from what the reference answers: `python -m tests.conformance.vectors`.

`--check` compares the committed file with what would be written. Generated cases are chosen so that each kind of
decision, intended difference and feature appears, and not much more.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.conformance.case_generator import CaseGenerator, Group
from tests.conformance.comparison import EVERY_FORM, SETTINGS, Comparison, Verdict
from tests.conformance.intended_differences import INTENDED_DIFFERENCES, normalizable
from tests.conformance.oracle import Oracle, install
from tests.conformance.pins import PINS
from tests.conformance.test_enqueue_tokens import SECRETS, asked_of_npm, generated
from tests.npm_packages import missing_tool
from tests.vectors.vectors import FILE, FORMAT, expected_document

SEED = 20261125
DECISIONS = 300
PER_SIGNATURE = 2
NORMALIZED_URLS = 120
ENQUEUE_TOKENS = 24
MAX_CASE_LENGTH = 3000
MAX_CONFIG_LENGTH = 2500
_EITHER = {**SETTINGS, "url_matching": "every_form"}


def _signature(group: Group, verdict: Verdict) -> tuple[Any, ...]:
    """What a case shows; cases that show the same are not needed often."""
    wanted = {name for name in ("verify", "direct_pass") if name in group.settings}
    features = (group.settings["enqueue_token"]["enabled"], *sorted(wanted))
    ours = verdict.ours
    return verdict.kind, verdict.differences, ours.status, len(ours.cookies), len(ours.asked), features


def _case(group: Group, place: int, verdict: Verdict, name: str) -> dict[str, Any]:
    case = group.cases[place]
    if verdict.is_defect:
        raise RuntimeError(f"{name}: there is a defect; `make conformance` says which")
    return {
        "name": name,
        "kind": verdict.kind,
        "differences": list(verdict.differences),
        "now": case.now,
        "services": case.services._asdict(),
        "event": case.event,
        "expected": expected_document(verdict.expected, case),
    }


def _group(group: Group, settings: dict[str, Any], cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "customer_id": group.customer_id,
        "secret_key": group.secret_key,
        "previous_secret_key": group.previous_secret_key,
        "settings": {**group.settings, **settings},
        "integration_config": group.config,
        "cases": cases,
    }


def _pinned(oracle: Oracle) -> Iterator[dict[str, Any]]:
    for name, pin in PINS.items():
        (verdict,) = Comparison(oracle).verdicts(pin.group, pin.settings)
        yield _group(pin.group, pin.settings, [_case(pin.group, 0, verdict, f"pinned: {name}")])


def _generated(oracle: Oracle, wanted: int) -> Iterator[dict[str, Any]]:
    generator = CaseGenerator(SEED, cases_per_group=4)
    seen: Counter[tuple[Any, ...]] = Counter()
    number = made = 0
    while made < wanted:
        group = generator.group()
        number += 1
        if len(json.dumps(group.config)) > MAX_CONFIG_LENGTH:
            continue
        settings = _EITHER if number % 4 == 0 else SETTINGS
        cases = []
        for place, verdict in enumerate(Comparison(oracle).verdicts(group, settings)):
            signature = _signature(group, verdict)
            case = _case(group, place, verdict, f"generated: {number}.{place}")
            if seen[signature] < PER_SIGNATURE and len(json.dumps(case)) <= MAX_CASE_LENGTH:
                seen[signature] += 1
                cases.append(case)
        if cases:
            made += len(cases)
            yield _group(group, settings, cases)


def document(oracle: Oracle) -> dict[str, Any]:
    """All vectors."""
    decisions = [*_pinned(oracle)]
    decisions += _generated(oracle, DECISIONS - len(decisions))
    generator = CaseGenerator(SEED)
    urls = [generator.url() for _ in range(NORMALIZED_URLS)]
    normalized = oracle.normalized(list(map(normalizable, urls)))
    tokens = []
    for place, fields in enumerate(generated(SEED, ENQUEUE_TOKENS)):
        secret = SECRETS[place % len(SECRETS)]
        (token,) = oracle.make_enqueue_tokens([asked_of_npm(fields, secret)])
        tokens.append({"fields": {"secret_key": secret, **fields}, "token": token})
    return {
        "format": FORMAT,
        "reference": {"@queue-it/connector-javascript": "5.0.1", "@queue-it/queue-token": "1.0.5"},
        "intended_differences": {
            **{one.name: {"section": one.section, "why": one.why} for one in INTENDED_DIFFERENCES},
            EVERY_FORM: {"section": "9", "why": "the reference takes one form of the URL"},
        },
        "decisions": decisions,
        "normalized_urls": [list(pair) for pair in zip(urls, normalized, strict=True)],
        "enqueue_tokens": tokens,
    }


def text(vectors: dict[str, Any]) -> str:
    """The file's text: ASCII, one line for a group, a URL or a token, so that a change can be read."""
    lines = []
    for name, value in vectors.items():
        if isinstance(value, list):
            items = ",\n".join([json.dumps(item, separators=(",", ":")) for item in value])
            lines.append(f"{json.dumps(name)}: [\n{items}\n]")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(value, indent=1)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    """The exit status: 0 when the file is written or as it should be, 1 when it is not, 2 where there is no Node."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.vectors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments = parser.parse_args()
    if missing := missing_tool():
        print(missing, file=sys.stderr)
        return 2
    with Oracle(install()) as oracle:
        wanted = text(document(oracle))
    if not arguments.check:
        FILE.write_text(wanted, "ascii")
        return 0
    if FILE.read_text("ascii") == wanted:
        return 0
    print(f"{FILE} is not what `python -m tests.conformance.vectors` writes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
