"""Our function around a CloudFront event, timed: the same lines in and out as `reference_edge.mjs`.

`python -I -S our_edge.py FOLDER`, which holds what is in edge.zip; a line also has the snapshot's document, and its
"normalize" is not looked at, as ours always does.
"""

import gc
import json
import sys
import time
from typing import Any


class _Health:
    """A worker's snapshot that is doing well."""

    confirmed_at: float | None = 0.0
    poll_failures = 0


def main() -> None:
    """See above."""
    sys.path.insert(0, sys.argv[1])
    from edge.decision_log import DecisionLog
    from edge.event_handling import handle
    from queueit.snapshot import Snapshot, compile_snapshot

    log = DecisionLog("bench", _Health(), log=lambda _line: None)
    snapshots: dict[str, Snapshot] = {}
    for line in sys.stdin:
        task = json.loads(line)
        text = task["config"]
        if text not in snapshots:
            snapshots[text] = compile_snapshot(task["snapshot"], {"secret_key": task["secret_key"]})
        snapshot = snapshots[text]
        events = [json.loads(task["event"]) for _ in range(task["runs"])]
        result: dict[str, Any] = {}
        # The prepared events are not garbage that a worker would have to look through.
        gc.collect()
        gc.freeze()
        start = time.perf_counter_ns()
        for event in events:
            result = handle(event, snapshot, time.time(), log=log)
        elapsed = time.perf_counter_ns() - start
        gc.unfreeze()
        print(json.dumps({"ns": elapsed, "result": result}), flush=True)


if __name__ == "__main__":
    main()
