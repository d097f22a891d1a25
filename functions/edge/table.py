"""Reads items of the connector's DynamoDB table over one connection that is kept alive."""

import _thread
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, IncompleteRead
from typing import Any, Final, NamedTuple, cast

from edge.regions import dynamodb_host
from edge.signature_v4 import Credentials, sign

MAX_RESPONSE_BYTES: Final = 1_000_000
"""An item has at most 400 KB, a third more in base64."""

MAX_IDLE_SECONDS: Final = 300
"""Beyond that a connection is not used again: the network between forgets connections idle for some 350 s."""

_ENDPOINT = re.compile(
    r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?((?:/[!-\"$->@-~]*)?)", re.I
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB's JSON has it: attribute name to type and value."""


class TableError(Exception):
    """The table could not be read; the text says why, names no visitor and holds no credential."""


class TableUnfinished(TableError):
    """Time ran out, but the connection is open now: asking again soon goes on from there."""


class Deadline:
    """A point in time that all waiting for one answer has to respect."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, more than 0. Raises TimeoutError when there are none."""
        seconds = self._ends_at - self._clock()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    def is_within(self, seconds: float) -> bool:
        """Whether less than `seconds` are left."""
        return self._ends_at - self._clock() < seconds

    def part(self, share: float) -> "Deadline":
        """A deadline that ends after `share` of what is left of this one."""
        return Deadline(self.remaining() * share, self._clock)


class Endpoint(NamedTuple):
    """Where requests go: `path` never ends with a slash, so it is empty or a prefix."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host, with the port unless it is the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"


def endpoint_of(region: str, environ: Mapping[str, str]) -> Endpoint:
    """DynamoDB's endpoint in `region`, or the one that AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL names instead.

    Raises TableError for an URL that is not http or https, or has credentials or a query string in it.
    """
    for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
        if url := environ.get(name):
            match = _ENDPOINT.fullmatch(url)
            if match is None or int(match[3] or 1) not in range(1, 65_536):
                raise TableError(f"{name} is not a plain http or https URL")
            scheme = match[1].lower()
            port = int(match[3] or _DEFAULT_PORTS[scheme])
            return Endpoint(scheme, match[2].lower(), port, match[4].rstrip("/"))
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


class _Timed(socket.socket):
    """A socket each of whose reads waits until `deadline` at most, so that a server cannot drip past it."""

    deadline: Deadline | None = None

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        if self.deadline:
            self.settimeout(self.deadline.remaining())
        return super().recv_into(*arguments, **named)


class _TimedTls(_Timed, ssl.SSLSocket):
    """The same over TLS."""


def tls_context(cafile: str | None = None) -> ssl.SSLContext:
    """A context that verifies the server's certificate and name; costs some 20 ms, so it is made once.

    `cafile` names the authorities to trust instead of the system's, in PEM.
    """
    context = ssl.create_default_context(cafile=cafile)
    context.sslsocket_class = _TimedTls
    return context


def _addresses(host: str, port: int, deadline: Deadline, resolve: Callable[..., Any]) -> list[Any]:
    """Where `host` is. Looked up in a thread of its own, because the resolver knows no deadline."""
    # As bytes, because a name as text makes Python import its internationalisation tables.
    name = host.strip("[]").encode("ascii")
    found: list[Any] = []
    done = _thread.allocate_lock()
    done.acquire()

    def look_up() -> None:
        try:
            found.append(resolve(name, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)
        finally:
            done.release()

    _thread.start_new_thread(look_up, ())
    if not done.acquire(timeout=deadline.remaining()):
        raise TimeoutError("name look-up timed out")
    if not found or isinstance(found[0], OSError):
        raise found[0] if found else OSError("name look-up failed")
    return list(found[0])


def _connected_socket(endpoint: Endpoint, deadline: Deadline, resolve: Callable[..., Any]) -> _Timed:
    addresses = _addresses(endpoint.host, endpoint.port, deadline, resolve)
    failure = OSError("the name has no address")
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        connected = _Timed(family, kind, protocol)
        try:
            # Each address has its share of the time, so that one which does not answer leaves some for the next.
            connected.settimeout(deadline.remaining() / (len(addresses) - tried))
            connected.connect(address)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
        except OSError as error:
            connected.close()
            failure = error
    raise failure


class _Connection(NamedTuple):
    """An open connection: `socket` is the one that `http` reads and writes."""

    endpoint: Endpoint
    http: HTTPConnection
    socket: _Timed


def _is_quiet(connection: _Connection) -> bool:
    """False if there is something to read, which is the end of the connection: nothing has been asked.

    Asked of TLS itself where there is TLS, because a session ticket that arrived meanwhile is no end.
    """
    connection.socket.settimeout(0)
    try:
        connection.socket.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        pass
    return False


class Table:
    """A table that items are read from, in any region.

    `environ` gives the credentials and an endpoint other than the region's own, both read anew for every request.
    """

    def __init__(
        self,
        name: str,
        environ: Mapping[str, str],
        *,
        tls: Callable[[], ssl.SSLContext] = tls_context,
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
        self._connection: _Connection | None = None
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
        except (HTTPException, ValueError, RuntimeError) as error:
            # Their texts quote what was received or sent, perhaps a session token.
            raise TableError(f"the exchange over HTTP failed ({type(error).__name__})") from None
        return _item(status, answer)

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.http.close()

    def _exchange(
        self, endpoint: Endpoint, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> tuple[int, bytes]:
        kept = self._connection
        # The monotonic clock may stand still while a worker is frozen, the other one may be set.
        idle_seconds = max(self._monotonic() - self._used_at[0], self._wall_clock() - self._used_at[1])
        if kept and kept.endpoint == endpoint and idle_seconds < MAX_IDLE_SECONDS and _is_quiet(kept):
            # Half the time: a connection that died while the worker was frozen may swallow the request silently.
            share = 1.0 if idle_seconds < 1 else 0.5
            try:
                return self._ask(kept, path, headers, body, deadline.part(share))
            except (OSError, HTTPException):
                pass
        self.close()
        started_at = self._monotonic()
        self._connection = self._connect(endpoint, deadline)
        self._used_at = (self._monotonic(), self._wall_clock())
        # From another continent, connecting takes two or three round trips and an answer one more. If that is not
        # to be had any more, the next attempt is better off with the connection than without.
        if deadline.is_within((self._used_at[0] - started_at) / 2):
            raise TableUnfinished("connected too late to ask")
        return self._ask(self._connection, path, headers, body, deadline)

    def _connect(self, endpoint: Endpoint, deadline: Deadline) -> _Connection:
        if endpoint.scheme == "https" and self._tls_context is None:
            # Before anything can fail, so that it is made at initialisation even if DynamoDB is out of reach.
            self._tls_context = self._make_tls_context()
        connected = _connected_socket(endpoint, deadline, self._resolve)
        if endpoint.scheme == "https" and self._tls_context:
            try:
                connected.settimeout(deadline.remaining())
                secured = self._tls_context.wrap_socket(connected, server_hostname=endpoint.host.strip("[]"))
            except BaseException:
                connected.close()
                raise
            connected = cast(_TimedTls, secured)
        http = HTTPConnection(endpoint.host, endpoint.port)
        http.sock = connected
        return _Connection(endpoint, http, connected)

    def _ask(
        self, connection: _Connection, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> tuple[int, bytes]:
        """Status and body of the answer. The connection stays open only after a whole answer that lets it."""
        keep = False
        try:
            connection.socket.deadline = deadline
            connection.socket.settimeout(deadline.remaining())
            connection.http.request("POST", path, body, headers)
            response = connection.http.getresponse()
            answer = response.read(MAX_RESPONSE_BYTES + 1)
            if len(answer) > MAX_RESPONSE_BYTES:
                raise TableError(f"the answer has more than {MAX_RESPONSE_BYTES} bytes")
            if response.length:
                raise IncompleteRead(answer, response.length)
            keep = response.isclosed() and not response.will_close
            self._used_at = (self._monotonic(), self._wall_clock())
            return response.status, answer
        finally:
            if not keep:
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
