"""A worker of edge.zip at Lambda's own speed: cold start, poll, and the swap of a snapshot for another."""

import base64
import json
import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.cpu_quota import cpu_quota
from benchmarks.scenarios import config, event, integration, snapshot_document
from config_refresh.publication import publication
from queueit.table_items import Current, current_item, snapshot_keys
from tests.builders import SECRET_KEY
from workbench.bytecode import VERSION
from workbench.interpreter import find_python

EDGE_ZIP = Path(__file__).parents[1] / "functions" / "dist" / "edge.zip"
_WORKER = Path(__file__).with_name("lambda_worker.py")
_ROUNDS = 9


class Measured(NamedTuple):
    """Of one size of configuration: CPU in milliseconds, each the least of some runs, memory in bytes.

    `load` is of a cold start, `swap_wall` what the dearest request of a swap takes at Lambda's share of the CPU.
    """

    integrations: int
    load: float
    first: float
    poll: float
    swap: float
    swap_wall: float
    resident: int
    peak: int


class ColdStart(NamedTuple):
    """CPU in milliseconds of a bare interpreter, and of one that is ready to load (import and TLS context)."""

    bare: float
    connector: float


def _base64(item: dict[str, Any]) -> dict[str, Any]:
    """An item as DynamoDB's JSON has it."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in item.items()
    }


def _items(count: int, version: int) -> dict[str, Any]:
    others = [integration(number, f"/other-page-{number}/") for number in range(2, count + 1)]
    document = snapshot_document(config([*others, integration(1, "/tickets/")]) | {"Version": version})
    made = publication(document)
    keys = {"secret_key": SECRET_KEY}
    current = Current(made.digest, version, version, 0, keys, 0, copies=made.copies, body=made.body)
    items = {"current": _base64(current_item(current))}
    for key in snapshot_keys(made.digest, made.copies):
        items[key] = _base64({"body": {"B": made.body}})
    return items


def _run(python: str, folder: str, group: Path | None, count: int) -> dict[str, Any]:
    task = {
        "before": _items(count, 1),
        "after": _items(count, 2),
        "events": [event(), event(query="a=b"), event(query="page=2")],
    }
    command = [python, "-I", "-S", "-B", str(_WORKER), folder, str(group or "")]
    ended = subprocess.run(
        command, input=json.dumps(task), capture_output=True, text=True, check=True, timeout=300
    )
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def _cpu_of(python: str, code: str) -> float:
    """CPU in milliseconds of a process that runs `code`, its start included, as Lambda has it: with `site`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-I", "-B", "-c", code], check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def runtime() -> tuple[str, str]:
    """The interpreter of the functions' default runtime, or the one that runs this, and its version."""
    return find_python(VERSION) or (sys.executable, sys.version.split()[0])


def unpack_edge(folder: str) -> None:
    """Put what is in edge.zip into `folder`, as Lambda does."""
    with zipfile.ZipFile(EDGE_ZIP) as archive:
        archive.extractall(folder)


def measure(counts: tuple[int, ...]) -> tuple[str, bool, ColdStart, list[Measured]]:
    """The Python measured, whether a quota held it, its cold start, and the measurements for each configuration."""
    python, version = runtime()
    with tempfile.TemporaryDirectory() as folder, cpu_quota() as group:
        unpack_edge(folder)
        ready = (
            f"import sys; sys.path.insert(0, {folder!r}); import edge.viewer_request, edge.trust as trust; "
            "trust.amazon_authorities()"
        )
        starts = [(_cpu_of(python, "pass"), _cpu_of(python, ready)) for _ in range(_ROUNDS)]
        measured = []
        for count in counts:
            runs = [_run(python, folder, group, count) for _ in range(3)]
            swap, swap_wall = min(run["swap"] for run in runs)
            measured.append(
                Measured(
                    integrations=count,
                    load=min(run["load"] for run in runs),
                    first=min(run["first"] for run in runs),
                    poll=min(run["poll"][0] for run in runs),
                    swap=swap,
                    swap_wall=swap_wall,
                    resident=max(run["resident"] for run in runs),
                    peak=max(run["peak"] for run in runs),
                )
            )
    bare, connector = (median(times) for times in zip(*starts, strict=True))
    return version, group is not None, ColdStart(bare, connector), measured
