"""DynamoDB as moto serves it, and a small server that answers as a test tells it to."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.server import ThreadedMotoServer

from queueit.stored_snapshot import pack
from queueit.table_items import Current, current_item
from workbench.demo.aws_stand_in import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Document = dict[str, Any]

TABLE = "shop"


KEYS = {"secret_key": "not-a-real-secret-key"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-real-key"}


class Clock:
    """The seconds that passed, and those that a test lets pass."""

    def __init__(self) -> None:
        self.let_pass = 1000.0

    def __call__(self) -> float:
        return self.let_pass + time.monotonic()


def pointer(digest: str, **changes: Any) -> dict[str, Any]:
    """The item `current` that points at a snapshot of one copy."""
    return current_item(Current(digest, 7, 7, 1_790_000_000, KEYS, 1_790_000_000)._replace(**changes))


class Store:
    """The connector's table in moto's DynamoDB, region by region, as config_refresh writes it."""

    def __init__(self, server: ThreadedMotoServer) -> None:
        host, port = server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self._clients: dict[str, DynamoDBClient] = {}

    def client(self, region: str) -> "DynamoDBClient":
        if region not in self._clients:
            key_id, secret = CREDENTIALS.values()
            session = boto3.Session(key_id, secret, region_name=region)
            self._clients[region] = session.client("dynamodb", endpoint_url=self.url)
        return self._clients[region]

    def environ(self, region: str = "us-east-1") -> dict[str, str]:
        """What Lambda would give a function of the connector in `region`."""
        return {
            "AWS_LAMBDA_FUNCTION_NAME": f"us-east-1.{TABLE}-viewer-request",
            "AWS_REGION": region,
            **CREDENTIALS,
            "AWS_SESSION_TOKEN": "not-a-real-token",
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
        }

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def create_table(self, region: str = "us-east-1") -> None:
        create_table(self.client(region), TABLE)

    def put_body(self, digest: str, body: bytes, region: str = "us-east-1") -> None:
        item: Any = {"pk": {"S": f"snapshot#{digest}"}, "body": {"B": body}}
        self.client(region).put_item(TableName=TABLE, Item=item)

    def point_at(self, digest: str, region: str = "us-east-1", **changes: Any) -> None:
        item: Any = pointer(digest, **changes)
        self.client(region).put_item(TableName=TABLE, Item=item)

    def publish(self, document: Any, region: str = "us-east-1") -> str:
        digest, body = pack(document)
        self.put_body(digest, body, region)
        self.point_at(digest, region)
        return digest


@pytest.fixture(scope="session")
def stores() -> Iterator[Store]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    store = Store(server)
    yield store
    store.close()
    server.stop()


@pytest.fixture
def store(stores: Store) -> Store:
    """An empty DynamoDB."""
    requests.post(f"{stores.url}/moto-api/reset", timeout=10).raise_for_status()
    return stores


Answer = Callable[[socket.socket, bytes], bool]
"""Takes a connection and the body of a request, answers, and says whether to go on with the connection."""


class ScriptedServer:
    """An HTTP server on this machine whose behaviour on the wire is the test's; counts connections and requests."""

    def __init__(self, answer: Answer, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[tuple[str, bytes]] = []
        self._wrap = wrap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self._wrap else f"http://127.0.0.1:{self.port}"

    def drop_connections(self) -> None:
        """Close what is open, as a server does with idle connections."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._wrap:
                connection = self._wrap(connection)
                self._open.append(connection)
            with connection, connection.makefile("rb") as lines:
                while True:
                    head = b""
                    while not head.endswith(b"\r\n\r\n"):
                        line = lines.readline()
                        if not line:
                            return
                        head += line
                    length = 0
                    for header in head.decode().split("\r\n")[1:]:
                        name, _, value = header.partition(":")
                        if name.lower() == "content-length":
                            length = int(value)
                    body = lines.read(length)
                    self.requests.append((head.decode(), body))
                    if not self.answer(connection, body):
                        return
        except OSError:
            pass
        finally:
            connection.close()


def response(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def answers(*answer: bytes, go_on: bool = True) -> Answer:
    """Sends `answer` in parts, a moment apart."""

    def send(connection: socket.socket, _: bytes) -> bool:
        for part in answer:
            connection.sendall(part)
            if len(answer) > 1:
                time.sleep(0.05)
        return go_on

    return send


class Authority(NamedTuple):
    """Two servers with certificates signed by themselves, and the file of both, which clients trust."""

    cafile: str
    localhost: ssl.SSLContext
    another_host: ssl.SSLContext

    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.cafile)


def over_tls(context: ssl.SSLContext) -> Callable[[socket.socket], socket.socket]:
    return lambda connection: context.wrap_socket(connection, server_side=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder, now = tmp_path_factory.mktemp("authority"), datetime.now(UTC)
    cafile = folder / "trusted.pem"

    def server_context(host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        with cafile.open("ab") as trusted:
            trusted.write(pem)
        chain = folder / f"{host}.pem"
        formats = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        chain.write_bytes(key.private_bytes(serialization.Encoding.PEM, *formats) + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    return Authority(str(cafile), server_context("localhost"), server_context("another.test"))


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Starts scripted servers, and stops them after the test."""
    servers: list[ScriptedServer] = []

    def start(answer: Answer, wrap: Callable[[socket.socket], socket.socket] | None = None) -> ScriptedServer:
        servers.append(ScriptedServer(answer, wrap))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
