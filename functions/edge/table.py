"""Reads items of the connector's DynamoDB table over one connection that is kept alive."""

import json
import socket
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from edge.connection import (
    MAX_IDLE_SECONDS,
    Connection,
    Deadline,
    Endpoint,
    InvalidAnswer,
    connect,
    parse_endpoint,
    shared_tls_context,
)
from edge.regions import dynamodb_host
from edge.signature_v4 import Credentials, sign

if TYPE_CHECKING:
    import ssl

MAX_RESPONSE_BYTES: Final = 1_000_000
"""An item has at most 400 KB, a third more in base64."""

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB's JSON has it: attribute name to type and value."""


class TableError(Exception):
    """The table could not be read; the text says why, names no visitor and holds no credential."""


class TableUnfinished(TableError):
    """Time ran out, but the connection is open now: asking again soon goes on from there."""


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
    """

    def __init__(
        self,
        name: str,
        environ: Mapping[str, str],
        *,
        tls: "Callable[[], ssl.SSLContext]" = shared_tls_context,
        resolve: Callable[..., Any] = socket.getaddrinfo,
        monotonic: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._environ = environ
        self._make_tls_context = tls
        self._resolve = resolve
        self._tls_context: ssl.SSLContext | None = None
        self._monotonic = monotonic
        self._wall_clock = wall_clock
        self._connection: Connection | None = None
        self._used_at = (0.0, 0.0)

    def get_item(self, region: str, key: str, deadline: Deadline, *, consistent: bool = False) -> Item | None:
        """The item whose `pk` is `key`, None if there is none.

        Raises TableError when that cannot be found out by the deadline.
        """
        endpoint = endpoint_of(region, self._environ)
        request = {"TableName": self.name, "Key": {"pk": {"S": key}}, "ConsistentRead": consistent}
        body = json.dumps(request).encode()
        path = endpoint.path + "/"
        headers = sign(
            "POST",
            endpoint.host_header,
            path,
            {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem"},
            body,
            credentials=_credentials(self._environ),
            region=region,
            service="dynamodb",
            signed_at=self._wall_clock(),
        )
        try:
            status, answer = self._exchange(endpoint, path, headers, body, deadline)
        except TableError:
            raise
        except OSError as error:
            raise TableError(f"{type(error).__name__}: {error}") from error
        except (InvalidAnswer, ValueError) as error:
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
        self, endpoint: Endpoint, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> tuple[int, bytes]:
        kept = self._connection
        # The monotonic clock may stand still while a worker is frozen, the other one may be set.
        idle_seconds = max(self._monotonic() - self._used_at[0], self._wall_clock() - self._used_at[1])
        if kept and kept.endpoint == endpoint and idle_seconds < MAX_IDLE_SECONDS and kept.is_quiet():
            # Half the time: a connection that died while the worker was frozen may swallow the request silently.
            share = 1.0 if idle_seconds < 1 else 0.5
            try:
                return self._ask(kept, path, headers, body, deadline.part(share))
            except OSError:
                pass
        self.close()
        if endpoint.scheme == "https" and self._tls_context is None:
            # Before anything can fail, so that it is made at initialisation even if DynamoDB is out of reach.
            self._tls_context = self._make_tls_context()
        started_at = self._monotonic()
        self._connection = connect(endpoint, self._tls_context, deadline, self._resolve)
        self._used_at = (self._monotonic(), self._wall_clock())
        # From another continent, connecting takes two or three round trips and an answer one more. If that is not
        # to be had any more, the next attempt is better off with the connection than without.
        if deadline.is_within((self._used_at[0] - started_at) / 2):
            raise TableUnfinished("connected too late to ask")
        return self._ask(self._connection, path, headers, body, deadline)

    def _ask(
        self, connection: Connection, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> tuple[int, bytes]:
        """Status and body of the answer. The connection stays open only after a whole answer that lets it."""
        is_kept = False
        try:
            status, answer, is_kept = connection.post(path, headers, body, MAX_RESPONSE_BYTES, deadline)
            self._used_at = (self._monotonic(), self._wall_clock())
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
    if isinstance(document, dict) and isinstance(document.get("__type"), str):
        # Not the message: that of a wrong signature quotes the session token.
        kind = document["__type"].rpartition("#")[2]
        raise TableError(f"DynamoDB answered {status} {kind:.60}")
    raise TableError(f"DynamoDB answered {status} without an item")
