"""Downloads the integration configuration from the platform's secure endpoint (protocol section 2)."""

import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import urllib3

from config_refresh.errors import PlatformError

DEADLINE_SECONDS: Final = 20.0
"""For all attempts together."""

MAX_BYTES: Final = 4_000_000
ATTEMPTS: Final = 4

_ATTEMPT_SECONDS = 8.0
_PASSING_STATUSES = frozenset((429, 500, 502, 503, 504))
_ADVICE = {
    401: "check the api key in the secret",
    403: "check the api key in the secret, and that the account may download its configuration",
    404: "check the customer id, and that a configuration has been published",
}

Fetch = Callable[[str, dict[str, str], float], tuple[int, bytes]]
"""GET a URL with headers within some seconds: status and body. Raises PassingFailure."""


class PassingFailure(Exception):
    """An attempt failed in a way that another one may not."""


def _read(pool: Any, url: str, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
    response = pool.request(
        "GET",
        url,
        headers=headers,
        redirect=False,
        retries=False,
        preload_content=False,
        timeout=urllib3.Timeout(total=seconds),
    )
    try:
        return response.status, response.read(MAX_BYTES + 1, decode_content=False)
    finally:
        response.close()


def fetch_with_urllib3(url: str, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
    """One attempt with TLS verified and no redirect followed: it could take the api key elsewhere.

    It runs in a thread of its own, because a socket's timeout does not bound an answer that drips.
    """
    answer: list[Any] = []

    def attempt() -> None:
        try:
            with urllib3.PoolManager(cert_reqs="CERT_REQUIRED") as pool:
                answer.append(_read(pool, url, headers, seconds))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            answer.append(PassingFailure(type(error).__name__))
        except Exception as error:  # a defect is told as such, not as a time-out
            answer.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    if not answer:
        raise PassingFailure(f"no whole answer within {seconds:.0f} s")
    if isinstance(answer[0], Exception):
        raise answer[0]
    status, body = answer[0]
    return status, body


def _excerpt(body: bytes, api_key: str) -> str:
    """The beginning of what the platform said, fit for a log line."""
    text = body[:2_000].decode("utf-8", "replace").replace(api_key, "…")
    shown = "".join([character for character in text if character.isprintable()])[:200]
    return f': "{shown}"' if shown else ""


def _parse(body: bytes, api_key: str) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise PlatformError(f"the platform's configuration has more than {MAX_BYTES} bytes; make it smaller")
    try:
        document = json.loads(body)
    except (RecursionError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise PlatformError(f"the platform's answer is no JSON object{_excerpt(body, api_key)}")
    return document


def download(
    base_url: str,
    customer_id: str,
    api_key: str,
    *,
    fetch: Fetch = fetch_with_urllib3,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    uniform: Callable[[], float] = random.random,
) -> dict[str, Any]:
    """The published configuration, parsed but not checked. Raises PlatformError with the platform's answer.

    Attempts that fail in a passing way are repeated with growing waits, all within DEADLINE_SECONDS.
    """
    url = f"{base_url}/status/integrationconfig/secure/{customer_id}"
    headers = {"api-key": api_key, "accept": "application/json", "accept-encoding": "identity"}
    ends_at = clock() + DEADLINE_SECONDS
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            wait = 0.5 * 2 ** (attempt - 1) * (1 + uniform())
            if clock() + wait >= ends_at:
                break
            sleep(wait)
        try:
            status, body = fetch(url, headers, min(_ATTEMPT_SECONDS, max(0.1, ends_at - clock())))
        except PassingFailure as failure:
            problem = f"the platform could not be reached ({failure})"
            continue
        if status == 200:
            return _parse(body, api_key)
        problem = f"the platform answered {status}{_excerpt(body, api_key)}"
        if status not in _PASSING_STATUSES:
            advice = _ADVICE.get(status, "check QUEUEIT_BASE_URL and the customer id")
            raise PlatformError(f"{problem}; {advice}")
    raise PlatformError(f"{problem}; the next scheduled run tries again")
