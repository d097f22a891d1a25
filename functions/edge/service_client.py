"""Sends the requests of `queueit.services` over HTTP, and gives random UUIDs.

Imported only where a setting asks for it. Connections are kept alive, one for each service.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from edge.connection import MAX_IDLE_SECONDS, Connection, Endpoint, InvalidAnswer, connect, parse_endpoint
from edge.name_lookup import NameLookUp, Resolve
from edge.snapshot_reader import print_log
from edge.steps import Deadline, PassedTime, Steps, finish
from edge.trust import Trust, system_authorities
from queueit.services import NOT_SENT, ServiceRequest, ServiceResponse, Services

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_ANSWER_BYTES: Final = 65_536

SPARED_SECONDS: Final = 0.5
"""What is left of an invocation's time for the decision, whatever a service's timeout."""


def random_uuid() -> str:
    """A random UUID (version 4) in lower case; the `uuid` module is not worth its import."""
    number = int.from_bytes(os.urandom(16), "big") & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _origin_and_target(url: str) -> tuple[str, str]:
    """Scheme and authority of `url`, and what to ask for there."""
    scheme, separator, rest = url.partition("://")
    authority = rest.partition("?")[0].partition("/")[0]
    target = rest[len(authority) :]
    return scheme + separator + authority, target if target.startswith("/") else f"/{target}"


class ServiceClient:
    """The services that decisions use. Not for use by several threads at once: Lambda handles one request at a time."""

    def __init__(
        self,
        *,
        trust: Trust | None = None,
        resolve: Resolve = socket.getaddrinfo,
        clock: Callable[[], float] | None = None,
        wall_clock: Callable[[], float] = time.time,
        log: Callable[[dict[str, Any]], None] = print_log,
    ) -> None:
        self._trust = trust or Trust(system_authorities)
        self._clock = clock or PassedTime()
        self._names = NameLookUp(resolve, self._clock)
        self._wall_clock = wall_clock
        self._log = log
        self._kept: dict[str, tuple[Connection, float]] = {}

    def services(self, ends_at: float) -> Services:
        """The services for one visitor's request, whose handling Lambda ends at `ends_at` (Unix seconds)."""

        def post(request: ServiceRequest) -> ServiceResponse | None:
            left = ends_at - SPARED_SECONDS - self._wall_clock()
            return self.post(request, min(left, request.timeout_ms / 1000))

        return Services(post, random_uuid)

    def post(self, request: ServiceRequest, seconds: float) -> ServiceResponse | None:
        """The response, whatever its status; None when there is none within `seconds`.

        What is not a plain 200 is logged, without a word of the service's address and keys or of the visitor.
        """
        started_at = self._clock()
        answer: ServiceResponse | None = None
        try:
            deadline = Deadline(seconds, self._clock)
            answer = finish(self._exchange(request, deadline), deadline)
            problem = f"it answered {answer.status}" if answer.status != 200 else ""
        except TimeoutError:
            problem = "timed out"
        except OSError as error:
            problem = type(error).__name__
        except InvalidAnswer as error:
            problem = str(error)
        except Exception as error:
            answer, problem = NOT_SENT, f"defect: {type(error).__name__}"
        if problem:
            with suppress(Exception):
                self._log(
                    {
                        "level": "error",
                        "event": "service_failed",
                        "service": request.service,
                        "problem": problem,
                        "milliseconds": round((self._clock() - started_at) * 1000),
                    }
                )
        return answer

    def close(self) -> None:
        """Close all connections; the next request opens another."""
        while self._kept:
            self._kept.popitem()[1][0].close()

    def _exchange(self, request: ServiceRequest, deadline: Deadline) -> Steps[ServiceResponse]:
        origin, target = _origin_and_target(request.url)
        endpoint = parse_endpoint(origin)
        if endpoint is None:
            raise ValueError("the service's URL is not a plain http or https URL")
        headers = {"Host": endpoint.host_header, **request.headers}
        kept = self._take_kept(request.service, endpoint)
        if kept:
            try:
                return (yield from self._ask(kept, target, headers, request, deadline))
            except (ConnectionResetError, BrokenPipeError):
                pass  # closed just as the question went out: nobody has read it
        fresh = yield from connect(endpoint, self._trust, deadline, self._names)
        return (yield from self._ask(fresh, target, headers, request, deadline))

    def _take_kept(self, service: str, endpoint: Endpoint) -> Connection | None:
        """The connection kept for `service`, if it can still be used."""
        if service not in self._kept:
            return None
        connection, used_at = self._kept.pop(service)
        idle_seconds = self._clock() - used_at
        if connection.endpoint == endpoint and idle_seconds < MAX_IDLE_SECONDS and connection.is_quiet():
            return connection
        connection.close()
        return None

    def _ask(
        self,
        connection: Connection,
        target: str,
        headers: dict[str, str],
        request: ServiceRequest,
        deadline: Deadline,
    ) -> Steps[ServiceResponse]:
        is_kept = False
        try:
            status, body, is_kept = yield from connection.post(
                target, headers, request.body, MAX_ANSWER_BYTES, deadline
            )
        finally:
            if not is_kept:
                connection.close()
        if is_kept:
            self._kept[request.service] = (connection, self._clock())
        return ServiceResponse(status, body)
