"""Reads items of the connector's DynamoDB table over one connection that is kept alive."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping

from edge.connection import MAX_IDLE_SECONDS, Connection, Endpoint, InvalidAnswer, connect, parse_endpoint
from edge.name_lookup import NameLookUp, Resolve
from edge.regions import dynamodb_host
from edge.signature_v4 import Credentials, sign
from edge.steps import Deadline, PassedTime, Steps
from edge.trust import Trust, amazon_authorities, system_authorities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

MAX_RESPONSE_BYTES: Final = 1_000_000
"""An item has at most 400 KB, a third more in base64."""

Item: TypeAlias = "dict[str, dict[str, Any]]"
"""An item as DynamoDB's JSON has it: attribute name to type and value."""


SILENT_SECONDS: Final = 1.0
"""How long a connection that was used before may say nothing until another one is made."""

_BUSY: Final = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}
"""What DynamoDB answers with status 400 although the same request may succeed a moment later."""


class TableError(Exception):
    """The table could not be read; the text says why, names no visitor and holds no credential."""


class TableBusy(TableError):
    """A throttle, a fault of the service or a broken exchange: worth asking again at once."""


def endpoint_of(region: str, environ: Mapping[str, str]) -> Endpoint:
    """DynamoDB's endpoint in `region`, or the one that AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL names instead.

    Raises TableError for an URL that is not http or https, or has credentials or a query string in it.
    """
    for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
        if url := environ.get(name):
            endpoint = parse_endpoint(url)
            if endpoint is None:
                raise TableError(f"{name} is not a plain http or https URL")
            return endpoint
    return Endpoint("https", dynamodb_host(region), 443, "")


def _credentials(environ: Mapping[str, str]) -> Credentials:
    """Read for every request: Lambda replaces them while a worker lives."""
    try:
        return Credentials(
            environ["AWS_ACCESS_KEY_ID"],
            environ["AWS_SECRET_ACCESS_KEY"],
            environ.get("AWS_SESSION_TOKEN", ""),
        )
    except KeyError as missing:
        raise TableError(f"there is no {missing.args[0]} in the environment") from None


class Table:
    """A table that items are read from, in any region.

    `environ` gives the credentials and an endpoint other than the region's own, both read anew for every request.
    `clock` counts the seconds that pass, those while the worker is frozen too.
    """

    def __init__(
        self,
        name: str,
        environ: Mapping[str, str],
        *,
        trust: Trust | None = None,
        resolve: Resolve = socket.getaddrinfo,
        clock: Callable[[], float] | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._environ = environ
        self._trust = trust or Trust(amazon_authorities, system_authorities)
        self._clock = clock or PassedTime()
        self._names = NameLookUp(resolve, self._clock)
        self._wall_clock = wall_clock
        self._connection: Connection | None = None
        self._used_at = 0.0

    def read(
        self, region: str, key: str, deadline: Deadline, *, consistent: bool = False
    ) -> Steps[Item | None]:
        """The item whose `pk` is `key`, None if there is none.

        Raises TableError when that cannot be found out by the deadline. Whoever does not take these steps to their
        end closes them, which closes the connection too.
        """
        try:
            endpoint = endpoint_of(region, self._environ)
            request = {"TableName": self.name, "Key": {"pk": {"S": key}}, "ConsistentRead": consistent}
            body = json.dumps(request).encode()
            status, answer = yield from self._exchange(region, endpoint, body, deadline)
        except (ConnectionRefusedError, TimeoutError) as error:
            raise TableError(f"{type(error).__name__}: {error}") from error
        except (ConnectionError, InvalidAnswer) as error:
            raise TableBusy(f"{type(error).__name__}: {error}") from error
        except OSError as error:
            raise TableError(f"{type(error).__name__}: {error}") from error
        except ValueError as error:
            raise TableError(str(error)) from error
        except RuntimeError as error:
            raise TableError(f"{type(error).__name__} while connecting") from error
        return _item(status, answer)

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _exchange(
        self, region: str, endpoint: Endpoint, body: bytes, deadline: Deadline
    ) -> Steps[tuple[int, bytes]]:
        """Status and body of the answer, from the connection that is open, or from another one."""
        kept = self._connection
        idle_seconds = self._clock() - self._used_at
        if kept and kept.endpoint == endpoint and idle_seconds < MAX_IDLE_SECONDS and kept.is_quiet():
            try:
                # It may have died silently meanwhile.
                return (yield from self._ask(kept, region, body, deadline.part(longest_wait=SILENT_SECONDS)))
            except OSError:
                pass
        self.close()
        if endpoint.scheme == "https":
            # Before anything can fail, so that it is made at initialisation even if DynamoDB is out of reach.
            self._trust.context()
        connection = yield from connect(endpoint, self._trust, deadline, self._names)
        self._connection = connection
        return (yield from self._ask(connection, region, body, deadline))

    def _ask(
        self, connection: Connection, region: str, body: bytes, deadline: Deadline
    ) -> Steps[tuple[int, bytes]]:
        """Status and body of the answer. The connection stays open only after a whole answer that lets it."""
        path = connection.endpoint.path + "/"
        # Signed only now: connecting may have taken until a later request of a visitor.
        headers = sign(
            "POST",
            connection.endpoint.host_header,
            path,
            {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem"},
            body,
            credentials=_credentials(self._environ),
            region=region,
            service="dynamodb",
            signed_at=self._wall_clock(),
        )
        is_kept = False
        try:
            status, answer, is_kept = yield from connection.post(
                path, headers, body, MAX_RESPONSE_BYTES, deadline
            )
            self._used_at = self._clock()
            return status, answer
        finally:
            if not is_kept:
                self.close()


def _item(status: int, answer: bytes) -> Item | None:
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        document = None
    if status == 200 and isinstance(document, dict):
        item = document.get("Item")
        if item is None:
            return None
        if isinstance(item, dict) and all([isinstance(value, dict) for value in item.values()]):
            return item
    kind = ""
    if isinstance(document, dict) and isinstance(document.get("__type"), str):
        # Not the message: that of a wrong signature quotes the session token.
        kind = document["__type"].rpartition("#")[2]
    problem = (
        f"DynamoDB answered {status} {kind:.60}" if kind else f"DynamoDB answered {status} without an item"
    )
    if status == 400 and kind not in _BUSY:
        raise TableError(problem)
    raise TableBusy(problem)
