"""Downloads the integration configuration from the platform's secure endpoint (protocol section 2)."""

import json
import random
import threading
from collections.abc import Callable
from typing import Any, Final

import urllib3

from config_refresh.deadline import Deadline
from config_refresh.errors import PassingFailure, PlatformError

DOWNLOAD_SECONDS: Final = 20.0
"""For all attempts together, at most."""

PUBLISH_SECONDS: Final = 15.0
"""Of the run's time, what is left for the rest: without an answer of the platform too, settings and switches go out."""

USER_AGENT: Final = "queueit-connector"
"""What the platform's own connectors call themselves."""

MAX_BYTES: Final = 4_000_000
ATTEMPTS: Final = 4

_ATTEMPT_SECONDS = 8.0
_PASSING_STATUSES = frozenset((429, 500, 502, 503, 504))
_API_KEY = (
    "the api key in the secret (where Terraform stores it, raise credentials_version with the right one)"
)
_ADVICE = {
    401: f"check {_API_KEY}",
    403: f"check {_API_KEY}, and that the account may download its configuration",
    404: "check the customer id, and that a configuration has been published",
}

Fetch = Callable[[str, dict[str, str], float], tuple[int, bytes]]
"""GET a URL with headers within some seconds: status and body. Raises PassingFailure."""


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
        body = b""
        while len(body) <= MAX_BYTES and (part := response.read(65_536, decode_content=False)):
            body += part
        length = response.headers.get("content-length", "")
        if length.isdecimal() and len(body) < min(int(length), MAX_BYTES):
            raise PassingFailure(f"the answer broke off after {len(body)} of {length} bytes")
        return response.status, body
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
        except PassingFailure as failure:
            answer.append(failure)
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
    text = body[:2_000].decode("utf-8", "replace")
    printable = "".join([character for character in text if character.isprintable()])
    # After the last whole one, the key may stand there in part.
    shown = printable.replace(api_key, "…")[: max(0, 1_000 - len(api_key))][:200]
    return f': "{shown}"' if shown else ""


def _parse(body: bytes, api_key: str) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise PlatformError(f"the platform's configuration has more than {MAX_BYTES} bytes; make it smaller")
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        text = error.doc.strip()
        if text.startswith("{") and (not text.endswith("}") or error.pos >= len(error.doc.rstrip())):
            raise PassingFailure(f"the answer broke off after {len(body)} bytes") from None
        document = None
    except (RecursionError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise PlatformError(
            f"the platform's answer is no JSON object{_excerpt(body, api_key)}; check the customer id and "
            "QUEUEIT_BASE_URL: something else than the platform may answer there"
        )
    return document


def download(
    base_url: str,
    customer_id: str,
    api_key: str,
    deadline: Deadline,
    *,
    fetch: Fetch = fetch_with_urllib3,
    uniform: Callable[[], float] = random.random,
) -> dict[str, Any]:
    """The published configuration, parsed but not checked. Raises PlatformError with the platform's answer.

    Attempts that fail in a passing way are repeated with growing waits, ATTEMPTS at most, all within DOWNLOAD_SECONDS
    and what the run's `deadline` leaves beside PUBLISH_SECONDS.
    """
    url = f"{base_url}/status/integrationconfig/secure/{customer_id}"
    headers = {
        "api-key": api_key,
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": USER_AGENT,
    }
    ends_at = deadline.clock() + min(DOWNLOAD_SECONDS, deadline.left() - PUBLISH_SECONDS)
    problem = "the platform was not asked, as no time was left for it"
    for attempt in range(ATTEMPTS):
        wait = 0.5 * 2 ** (attempt - 1) * (1 + uniform()) if attempt else 0.0
        seconds = ends_at - deadline.clock() - wait
        if seconds <= 0:
            break
        if attempt:
            deadline.wait(wait)
        try:
            status, body = fetch(url, headers, min(_ATTEMPT_SECONDS, seconds))
            if status == 200:
                return _parse(body, api_key)
        except PassingFailure as failure:
            problem = f"the platform could not be reached ({failure})"
            continue
        except PlatformError:
            raise
        except Exception as defect:
            raise PlatformError(
                f"the download failed ({type(defect).__name__}); the next scheduled run tries again, and where it "
                "fails again this is a defect of the connector"
            ) from None
        problem = f"the platform answered {status}{_excerpt(body, api_key)}"
        if status not in _PASSING_STATUSES:
            advice = _ADVICE.get(status, "check QUEUEIT_BASE_URL and the customer id")
            raise PlatformError(f"{problem}; {advice}")
    raise PlatformError(f"{problem}; the next scheduled run tries again")
