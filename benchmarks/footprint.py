"""What the edge's code costs before and beside handling: its size, its import, its memory."""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.scenarios import CUSTOMER_ID, SECRET_KEY, scenarios

EDGE_ZIP = Path(__file__).parents[1] / "functions" / "dist" / "edge.zip"
PROCESSES = 15
REQUESTS = 1000

_IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.perf_counter_ns()
import edge.viewer_request
imported = time.perf_counter_ns()
edge.connection.shared_tls_context()
print(imported - start, time.perf_counter_ns() - imported)
"""
_SERVE = """
import sys
sys.path.insert(0, sys.argv[1])
import edge.event_handling, edge.viewer_request, json, time
from queueit.snapshot import compile_snapshot
context = edge.connection.shared_tls_context()
task = json.load(sys.stdin)
snapshot = compile_snapshot(task["snapshot"], task["keys"])
for _ in range(task["requests"] // len(task["events"])):
    for event in task["events"]:
        edge.event_handling.handle(json.loads(event), snapshot, time.time())
for line in open("/proc/self/status"):
    if line.startswith("VmRSS:"):
        print(line.split()[1])
"""


class Footprint(NamedTuple):
    """Sizes in bytes, times in milliseconds (medians over fresh processes)."""

    zip_size: int
    import_ms: float
    import_with_bytecode_ms: float
    tls_context_ms: float  # with the import of ssl, which comes with it
    resident_bytes: int


def _python(code: str, directory: Path, *options: str, text: str = "") -> str:
    """Run `code` in a fresh interpreter that sees the standard library and `directory` alone."""
    command = [sys.executable, "-I", "-S", *options, "-c", code, str(directory)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=120).stdout


def measure(now: int) -> Footprint:
    """Measure the built zip, extracted as Lambda does it; `now` is in Unix seconds."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        with zipfile.ZipFile(EDGE_ZIP) as archive:
            archive.extractall(directory)
        # Lambda's code directory is read-only, so every cold start compiles: -B keeps bytecode from being written.
        cold = [_python(_IMPORT, directory, "-B").split() for _ in range(PROCESSES)]
        snapshot = {
            "format": 1,
            "customer_id": CUSTOMER_ID,
            "integration_config": scenarios(now)[3].config,
            "settings": {},
            "published_at": 0,
            "source": "schedule",
        }
        task = {
            "snapshot": snapshot,
            "keys": {"secret_key": SECRET_KEY},
            "events": [scenario.event for scenario in scenarios(now)[3:5]],
            "requests": REQUESTS,
        }
        resident = int(_python(_SERVE, directory, "-B", text=json.dumps(task)))
        _python(_IMPORT, directory)
        warm = [_python(_IMPORT, directory).split() for _ in range(PROCESSES)]
    imported, context = (median([int(run[place]) for run in cold]) / 1e6 for place in range(2))
    return Footprint(
        EDGE_ZIP.stat().st_size,
        imported,
        median([int(run[0]) for run in warm]) / 1e6,
        context,
        resident * 1024,
    )
