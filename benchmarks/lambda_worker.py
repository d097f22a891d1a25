"""A worker that is measured: the edge's code from a folder, a table in memory, nothing but the standard library.

`python -I -S -B lambda_worker.py FOLDER GROUP` reads a task from standard input, answers events before and after a
publication, and prints CPU times in milliseconds and memory in bytes as JSON. When it has loaded, it joins the control
group, as Lambda takes the full CPU away after initialisation.
"""

import json
import sys
import time
from typing import Any


def _status(name: str) -> int:
    with open("/proc/self/status") as status:  # noqa: PTH123  # pathlib would count as the worker's memory
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(f"{name}:"))


def main() -> None:
    """See above."""
    folder, group = sys.argv[1:]
    sys.path.insert(0, folder)
    task = json.load(sys.stdin)
    started_at = time.process_time_ns()
    import edge.viewer_request  # noqa: F401
    from edge.event_handling import handle
    from edge.snapshot_reader import SnapshotReader
    from edge.trust import amazon_authorities

    context = amazon_authorities()
    imported_at = time.process_time_ns()
    items = task["before"]
    passed = 0.0

    class Table:
        name = "shop"

        def read(self, region: str, key: str, deadline: Any, *, consistent: bool = False) -> Any:
            yield from ()
            return items.get(key)

        def close(self) -> None:
            pass

    reader = SnapshotReader(
        Table(), "us-east-1", clock=lambda: passed, uniform=lambda: 0.0, log=lambda _line: None
    )
    reader.load()
    loaded_at = time.process_time_ns()
    if group:
        with open(f"{group}/cgroup.procs", "w") as procs:  # noqa: PTH123
            procs.write("0")

    def answer(text: str) -> tuple[float, float]:
        event = json.loads(text)
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        snapshot = reader.current(5.0)
        if snapshot is None:
            raise SystemExit("there is no snapshot")
        handle(event, snapshot, time.time())
        return (time.process_time_ns() - cpu) / 1e6, (time.perf_counter_ns() - wall) / 1e6

    first = [answer(text) for text in task["events"]]
    warm = [answer(text) for _ in range(20) for text in task["events"]]
    before_swap = _status("VmRSS")
    passed += 31
    polled = answer(task["events"][0])
    items = task["after"]
    passed += 31
    swapped = [answer(text) for text in task["events"] * 2]
    print(
        json.dumps({
            "import": (imported_at - started_at) / 1e6,
            "load": (loaded_at - imported_at) / 1e6,
            "first": max(first)[0],
            "warm": sorted(warm)[len(warm) // 2],
            "poll": polled,
            "swap": max(swapped),
            "resident": before_swap,
            "peak": _status("VmHWM"),
            "authorities": len(context.get_ca_certs()),
        })
    )  # fmt: skip


main()
