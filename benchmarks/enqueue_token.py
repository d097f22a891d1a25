"""What a token adds to a redirect to the queue (protocol section 10)."""

import json
import time
from statistics import median

from benchmarks.scenarios import config, event, integration, snapshot_document
from edge import event_handling
from edge.service_client import ServiceClient
from queueit.snapshot import Snapshot, compile_snapshot
from tests.builders import SECRET_KEY

MAX_ADDED = 5.0
ROUNDS = 300
WARM_UP_ROUNDS = 50
RUNS = 20


def _snapshot(*, enabled: bool) -> Snapshot:
    document = snapshot_document(
        config([integration(1, "/tickets/")]), {"enqueue_token": {"enabled": enabled}}
    )
    return compile_snapshot(document, {"secret_key": SECRET_KEY})


def added(now: int) -> float:
    """What it adds, as a multiple of the redirect without one: the median of rounds that measure both in turns."""
    plain, with_token, client = _snapshot(enabled=False), _snapshot(enabled=True), ServiceClient()
    text = event()

    def cpu_time(snapshot: Snapshot) -> int:
        events = [json.loads(text) for _ in range(RUNS)]
        services = client.services(time.time() + 60) if snapshot.needs_services else None
        started_at = time.process_time_ns()
        for one in events:
            result = event_handling.handle(one, snapshot, now, services)
        taken = time.process_time_ns() - started_at
        has_token = "&enqueuetoken=" in result["headers"]["location"][0]["value"]
        if has_token is not bool(snapshot.enqueue_key):
            raise RuntimeError(f"redirected to {result['headers']['location']}")
        return taken

    ratios = []
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        without = cpu_time(plain)
        if number >= WARM_UP_ROUNDS:
            ratios.append((cpu_time(with_token) - without) / without)
    return median(ratios)
