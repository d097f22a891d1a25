"""`python -m benchmarks`: measure, and print each result beside its target.

Times are of this machine, ratios of one run: both sides handle the same events in turns. The reference is the npm
connector in Node behind the leanest CloudFront function that does the same work. Normalizing URLs, which ours always
does, is optional there; what is left of the ratio when the reference leaves it out is shown behind the target.
"""

import platform
import subprocess
import sys
import time

from benchmarks import enqueue_token, footprint, handling
from benchmarks.scenarios import scenarios
from tests.conformance.oracle import install
from tests.npm_packages import missing_tool

KB, MB = 1024, 1024 * 1024
MAX_ZIP_SIZE = 80 * KB
MAX_IMPORT_MS = 40.0
MAX_RESIDENT = 50 * MB


def _row(name: str, result: str, target: str = "", met: bool | None = None, note: str = "") -> None:
    verdict = "" if met is None else "met" if met else "MISSED"
    print(f"{name:<62}{result:>26}  {target:<10}{verdict:<8}{note}".rstrip())


def main() -> int:
    """The exit status: 0; a missed target is said in the table, for times depend on the machine."""
    now = int(time.time())
    missing = missing_tool()
    print(f"Python {platform.python_version()}", end="")
    if missing:
        print(f"\nno ratios: {missing}")
    else:
        node = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
        print(f", Node {node}")
    _row(
        "one event, in microseconds, median of rounds",
        "ours / reference = ratio",
        "target",
        note="not normalizing",
    )
    for timing in handling.measure(scenarios(now), None if missing else install()):
        limit = timing.scenario.max_ratio
        if timing.ratio is None:
            _row(timing.scenario.name, f"{timing.ours:.1f}")
        else:
            result = f"{timing.ours:.1f} / {timing.reference:.1f} = {timing.ratio:.3f}"
            target = "" if limit is None else f"<= {limit}"
            met = None if limit is None else timing.ratio <= limit
            _row(timing.scenario.name, result, target, met, f"{timing.lean_ratio:.3f}")
    added = enqueue_token.added(now)
    _row(
        "what an enqueue token adds to a redirect, as a multiple of it",
        f"{added:.2f}",
        f"<= {enqueue_token.MAX_ADDED}",
        added <= enqueue_token.MAX_ADDED,
    )
    if not footprint.EDGE_ZIP.is_file():
        print("edge.zip is not built: run make build")
        return 0
    taken = footprint.measure(now)
    _row("edge.zip", f"{taken.zip_size / KB:.1f} KB", "<= 80 KB", taken.zip_size <= MAX_ZIP_SIZE)
    _row(
        "importing edge.viewer_request, compiled anew as on Lambda",
        f"{taken.import_ms:.1f} ms",
        "<= 40 ms",
        taken.import_ms <= MAX_IMPORT_MS,
    )
    _row("  the same with bytecode", f"{taken.import_with_bytecode_ms:.1f} ms")
    _row("  apart from it: making the TLS context, with the import of ssl", f"{taken.tls_context_ms:.1f} ms")
    _row(
        f"resident after {footprint.REQUESTS} requests, 100 integrations, TLS context",
        f"{taken.resident_bytes / MB:.1f} MB",
        "<= 50 MB",
        taken.resident_bytes <= MAX_RESIDENT,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
