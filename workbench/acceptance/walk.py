"""What every step has at hand, and what several of them do: visit, wait for a change, call config-refresh."""

import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import requests

from workbench.acceptance.account import REGION, Account
from workbench.acceptance.keys import Keys
from workbench.acceptance.site import POLL_SECONDS, Visitor

SCHEDULE_SECONDS: Final = 60
"""Between two runs of config-refresh."""

_AT_ONCE: Final = 4
_SETTLED_SECONDS: Final = POLL_SECONDS + 5.0
_LATE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.2


class NotAsExpected(Exception):
    """A step failed; the text says what was expected and what came."""


class NotShown(Exception):
    """A step could not show what it is for; the text says why."""


class Walk(NamedTuple):
    """One run as a step sees it. `site_url` is the visitors' address; `outputs` are the stack's."""

    account: Account
    name: str
    site_url: str
    outputs: dict[str, Any]
    keys: Keys

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client."""
        return self.account.client(service, region)

    def visitor(self) -> Visitor:
        """Somebody who has not been here before."""
        return Visitor(self.site_url)

    def publish(self, configuration: dict[str, Any]) -> None:
        """Put a configuration where config-refresh finds it."""
        self.client("s3").put_object(
            Bucket=self.outputs["bucket"],
            Key=f"status/integrationconfig/secure/{configuration['CustomerId']}",
            Body=json.dumps(configuration).encode(),
            ContentType="application/json",
            CacheControl="no-store",
        )

    def config_refresh(self, **event: Any) -> dict[str, Any]:
        """Invoke config-refresh with an event, and its result. Raises NotAsExpected with its error."""
        return self.invoke(self.outputs["config_refresh_function"], event)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function, and its result. Raises NotAsExpected with its error."""
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise NotAsExpected(f"{function} failed: {result.get('errorType')}: {result.get('errorMessage')}")
        return result


def expect(is_so: bool, expected: str, answer: requests.Response) -> None:
    """Raise NotAsExpected, with what came, unless it is so."""
    if not is_so:
        headers = {
            name: answer.headers[name]
            for name in ("Location", "Set-Cookie", "X-Cache", "x-queueit-failed", "x-queueit-redirect")
            if name in answer.headers
        }
        told = ", ".join([f"{name}: {value[:120]}" for name, value in headers.items()])
        raise NotAsExpected(f"expected {expected}; got {answer.status_code} {told}".rstrip())


def seconds_to_arrive(
    walk: Walk,
    is_new: Callable[[Visitor], bool],
    *,
    schedule: bool,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """From now to the last answer that was as before; over once all answers have been new for two polls.

    Several visitors ask side by side, so that several of the edge's workers answer. `schedule`: whether a scheduled
    run has to come first. Raises NotAsExpected when it takes longer than promised and half a minute.
    """
    began = last_old = clock()
    late = POLL_SECONDS + _LATE_SECONDS + (SCHEDULE_SECONDS if schedule else 0)
    with ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:
        visitors = [stack.enter_context(walk.visitor()) for _ in range(_AT_ONCE)]
        while clock() - last_old < _SETTLED_SECONDS:
            if not all(list(pool.map(is_new, visitors))):
                last_old = clock()
                if last_old - began > late:
                    raise NotAsExpected(f"the change had not arrived everywhere after {late:.0f} s")
            time.sleep(_PAUSE_SECONDS)
    return last_old - began


def took_ms(visitor: Visitor, path: str, times: int, pause_seconds: float = 0.0) -> list[float]:
    """How long each of some requests took, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        visitor.get(path)
        taken.append(1000 * (time.perf_counter() - began))
        time.sleep(pause_seconds)
    return taken


def median(values: list[float]) -> float:
    """The median, to a tenth."""
    return round(statistics.median(values), 1)
