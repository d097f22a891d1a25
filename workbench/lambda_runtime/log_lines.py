"""The lines that Lambda itself writes into a function's log.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
"""

import math
import time


def init_start(runtime: str, version: str) -> str:
    """Said when an environment starts."""
    return f"INIT_START Runtime Version: {runtime.replace('python', 'python:')} (here {version})"


def start(request_id: str, version: str) -> str:
    """Said before an invocation."""
    return f"START RequestId: {request_id} Version: {version}"


def end(request_id: str) -> str:
    """Said after an invocation."""
    return f"END RequestId: {request_id}"


def report(
    request_id: str,
    duration_ms: float,
    memory_mb: int,
    peak_mb: int,
    init_ms: float | None,
    failure: str | None = None,
) -> str:
    """Said after `end`; `failure` is `timeout`, or the error type of a process that ended."""
    billed_ms = math.ceil(duration_ms + (init_ms or 0))
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {billed_ms} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {peak_mb} MB",
    ]
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    if failure == "timeout":
        parts.append("Status: timeout")
    elif failure:
        parts += ["Status: error", f"Error Type: {failure}"]
    return "\t".join(parts)


def timed_out(request_id: str, seconds: float) -> str:
    """Said of an invocation that took too long."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{stamp}.{int(now % 1 * 1000):03d}Z {request_id} Task timed out after {seconds:.2f} seconds"
