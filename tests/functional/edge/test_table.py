"""Reading an item over the wire: one connection, hard deadlines, and nothing believed that a server says."""

import hashlib
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from edge.connection import Endpoint
from edge.steps import Deadline, PassedTime, finish
from edge.table import Table, TableError, endpoint_of
from edge.trust import Trust, amazon_authorities
from tests.functional.edge.conftest import CREDENTIALS, Answer, Authority, answers, over_tls, response

POINTER = {"pk": {"S": "current"}, "snapshot": {"S": "ab"}}


FOUND = response(json.dumps({"Item": POINTER}).encode())


@pytest.fixture
def open_table() -> Iterator[Callable[..., Table]]:
    tables: list[Table] = []

    def make(url: str, **named: Any) -> Table:
        tables.append(Table("shop", {**CREDENTIALS, "AWS_ENDPOINT_URL": url}, **named))
        return tables[-1]

    yield make
    for table in tables:
        table.close()


@contextmanager
def within(seconds: float, at_least: float = 0.0) -> Iterator[None]:
    started_at = time.monotonic()
    yield
    assert at_least < time.monotonic() - started_at < seconds


def read(table: Table, seconds: float = 2) -> Any:
    deadline = Deadline(seconds)
    return finish(table.read("us-east-1", "current", deadline), deadline)


def test_reads_an_item_of_the_named_table(store: Any, open_table: Any) -> None:
    store.create_table()
    store.point_at("ab" * 32)
    item = read(open_table(store.url), 10)
    assert item["snapshot"] == {"S": "ab" * 32}


def test_an_item_that_is_not_there_is_none(store: Any, open_table: Any) -> None:
    store.create_table()
    assert read(open_table(store.url), 10) is None


def test_a_missing_table_is_an_error_that_says_so(store: Any, open_table: Any) -> None:
    with pytest.raises(TableError, match="DynamoDB answered 400 ResourceNotFoundException"):
        read(open_table(store.url), 10)


def test_many_reads_use_one_connection(serve: Any, open_table: Any) -> None:
    server = serve(answers(FOUND))
    table = open_table(server.url)
    assert [read(table) for _ in range(5)] == [POINTER] * 5
    assert (server.connections, len(server.requests)) == (1, 5)


def test_errors_leave_the_connection_open(serve: Any, open_table: Any) -> None:
    server = serve(answers(response(b'{"__type":"a#ThrottlingException"}', "400 Bad Request")))
    table = open_table(server.url)
    for _ in range(3):
        with pytest.raises(TableError, match="ThrottlingException"):
            read(table)
    assert server.connections == 1


def test_an_idle_connection_that_the_server_closed_is_replaced(serve: Any, open_table: Any) -> None:
    server = serve(answers(FOUND))
    table = open_table(server.url)
    read(table)
    server.drop_connections()
    assert read(table) == POINTER
    assert (server.connections, len(server.requests)) == (2, 2)


def one_after_another(*each: Answer) -> Answer:
    """The last one for ever."""
    left = [*each]
    return lambda connection, body: (left.pop(0) if left[1:] else left[0])(connection, body)


def test_a_kept_connection_that_breaks_during_the_request_is_replaced_once(
    serve: Any, open_table: Any
) -> None:
    server = serve(one_after_another(answers(FOUND), answers(go_on=False)))
    table = open_table(server.url)
    read(table)
    with pytest.raises(TableError, match="closed the connection"):
        read(table)
    assert (server.connections, len(server.requests)) == (2, 3)


def test_a_kept_connection_that_went_silent_leaves_time_for_a_new_one(serve: Any, open_table: Any) -> None:
    server = serve(one_after_another(answers(FOUND), answers(), answers(FOUND)))
    table = open_table(server.url)
    read(table)
    with within(1.5, 0.9):
        assert read(table, 2) == POINTER
    assert server.connections == 2


@pytest.mark.parametrize("clock", ["monotonic", "wall"])
def test_a_connection_idle_for_long_by_either_clock_is_not_used_again(
    serve: Any, open_table: Any, clock: str
) -> None:
    server = serve(answers(FOUND))
    offset = 0.0
    passed = PassedTime(
        lambda: time.monotonic() + offset * (clock == "monotonic"),
        lambda: time.time() + offset * (clock == "wall"),
    )
    table = open_table(server.url, clock=passed)
    read(table)
    offset = 45
    read(table)
    assert server.connections == 1
    offset = 100
    read(table)
    assert server.connections == 2


def test_a_connection_that_the_server_wants_closed_is_not_used_again(serve: Any, open_table: Any) -> None:
    closing = response(json.dumps({"Item": POINTER}).encode(), headers="Connection: close\r\n")
    server = serve(answers(closing))
    table = open_table(server.url)
    assert [read(table), read(table)] == [POINTER, POINTER]
    assert server.connections == 2


def dripping(part: bytes) -> Callable[[socket.socket, bytes], bool]:
    def drip(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(part)
        for _byte in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")
        return False

    return drip


def interim_answers(connection: socket.socket, _: bytes) -> bool:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


ENDLESS = {
    "nothing": answers(b""),
    "status line": dripping(b""),
    "header": dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
    "body with length": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
    "body without length": dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
    "chunked body": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"),
    "interim answers": interim_answers,
}


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS)
def test_a_server_whose_answer_has_no_end_is_left_at_the_deadline(
    serve: Any, open_table: Any, answer: Any
) -> None:
    table = open_table(serve(answer).url)
    with within(0.5, 0.25), pytest.raises(TableError):
        read(table, 0.3)


def test_a_port_where_nobody_listens_is_an_error_at_once(open_table: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with within(0.5), pytest.raises(TableError, match="ConnectionRefusedError"):
        read(open_table(f"http://127.0.0.1:{port}"))


def test_an_address_that_takes_no_connection_is_left_at_the_deadline(open_table: Any) -> None:
    # A listener whose queue is full answers no further connection, as an unreachable host does.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        started_at = time.monotonic()
        with pytest.raises(TableError, match="timed out"):
            read(open_table(f"http://127.0.0.1:{listener.getsockname()[1]}"), 0.3)
        for client in waiting:
            client.close()
    assert time.monotonic() - started_at < 0.5


def test_a_name_look_up_that_hangs_is_left_at_the_deadline(open_table: Any) -> None:
    def hang(*_: Any, **__: Any) -> Any:
        time.sleep(1)
        return []

    table = open_table("http://shop.test", resolve=hang)
    with within(0.5), pytest.raises(TableError, match="look-up"):
        read(table, 0.3)


def test_a_host_name_that_cannot_be_found_is_an_error(open_table: Any) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(TableError, match="not known"):
        read(open_table("http://shop.test", resolve=fail))


def test_the_next_address_of_a_name_is_tried(serve: Any, open_table: Any) -> None:
    server = serve(answers(FOUND))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()

    def resolve(*_: Any, **__: Any) -> Any:
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*stream, closed), (*stream, ("127.0.0.1", server.port))]

    assert read(open_table("http://shop.test", resolve=resolve)) == POINTER


@pytest.mark.parametrize(
    "answer",
    [
        response(b"x" * 1_000_001),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 1_200_000,
    ],
)
def test_an_answer_over_the_cap_is_refused(serve: Any, open_table: Any, answer: bytes) -> None:
    with pytest.raises(TableError, match="too large"):
        read(open_table(serve(answers(answer, go_on=False)).url))


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",  # test_connection.py has the ways in which HTTP is wrong
        response(b""),
        response(b"[]"),
        response(b'{"Item": 3}'),
        response(b'{"Item": {"pk": "current"}}'),
        response(b"\xff\xfe"),
        response(b"[" * 100_000),
        response(b"{}", "500 Internal Server Error"),
        response(b"<html>", "503 Service Unavailable"),
        response(b'{"Item": {}}', "302 Found", "Location: http://127.0.0.1:1/\r\n"),
    ],
)
def test_a_malformed_answer_is_an_error_and_nothing_worse(serve: Any, open_table: Any, answer: bytes) -> None:
    with pytest.raises(TableError):
        read(open_table(serve(answers(answer, go_on=False)).url))


def test_errors_quote_neither_credentials_nor_what_the_server_said(serve: Any, open_table: Any) -> None:
    body = b'{"__type":"a#InvalidSignatureException","message":"x-amz-security-token:secret"}'
    with pytest.raises(TableError) as refused:
        read(open_table(serve(answers(response(body, "400 Bad Request"))).url))
    assert "secret" not in str(refused.value)
    environ = {
        **CREDENTIALS,
        "AWS_SESSION_TOKEN": "secret\r\ntoken",
        "AWS_ENDPOINT_URL": serve(answers(FOUND)).url,
    }
    table = Table("shop", environ)
    with pytest.raises(TableError) as unsendable:
        read(table)
    table.close()
    assert "secret" not in str(unsendable.value)


def test_each_request_uses_the_credentials_of_that_moment(serve: Any) -> None:
    server = serve(answers(FOUND))
    environ = {**CREDENTIALS, "AWS_SESSION_TOKEN": "first", "AWS_ENDPOINT_URL": server.url}
    table = Table("shop", environ)
    read(table)
    environ |= {"AWS_ACCESS_KEY_ID": "ASIAROTATED", "AWS_SESSION_TOKEN": "second"}
    read(table)
    table.close()
    (first, _), (second, _) = server.requests
    assert "X-Amz-Security-Token: first" in first
    assert "X-Amz-Security-Token: second" in second
    assert "Credential=ASIAROTATED/" in second
    assert server.connections == 1


def test_missing_credentials_are_named(serve: Any) -> None:
    table = Table("shop", {"AWS_ENDPOINT_URL": serve(answers(FOUND)).url})
    with pytest.raises(TableError, match="no AWS_ACCESS_KEY_ID in the environment"):
        read(table)
    table.close()


def test_the_request_is_the_one_that_dynamodb_documents(serve: Any, open_table: Any) -> None:
    server = serve(answers(FOUND))
    read(open_table(server.url + "/prefix/"))
    [(head, body)] = server.requests
    assert head.startswith("POST /prefix/ HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in head
    assert "\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n" in head
    assert "\r\nContent-Type: application/x-amz-json-1.0\r\n" in head
    assert json.loads(body) == {"TableName": "shop", "Key": {"pk": {"S": "current"}}, "ConsistentRead": False}


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, Endpoint("https", "dynamodb.eu-west-1.amazonaws.com", 443, "")),
        ({"AWS_ENDPOINT_URL": ""}, Endpoint("https", "dynamodb.eu-west-1.amazonaws.com", 443, "")),
        ({"AWS_ENDPOINT_URL": "http://localhost:5000"}, Endpoint("http", "localhost", 5000, "")),
        ({"AWS_ENDPOINT_URL": "HTTPS://Proxy.Test/a/b/"}, Endpoint("https", "proxy.test", 443, "/a/b")),
        ({"AWS_ENDPOINT_URL": "http://[::1]:8000/"}, Endpoint("http", "[::1]", 8000, "")),
        (
            {"AWS_ENDPOINT_URL": "http://all.test", "AWS_ENDPOINT_URL_DYNAMODB": "http://one.test"},
            Endpoint("http", "one.test", 80, ""),
        ),
    ],
)
def test_the_endpoint_is_the_regions_own_or_the_one_in_the_environment(
    environ: dict[str, str], endpoint: Endpoint
) -> None:
    assert endpoint_of("eu-west-1", environ) == endpoint


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.test",
        "x.test",
        "http://",
        "http://user:password@x.test",
        "http://x.test/?a=b",
        "http://x.test:0",
        "http://x.test:65536",
        "http://x.test/\r\nX: y",
    ],
)
def test_an_endpoint_that_is_not_a_plain_url_is_refused_by_the_variables_name(url: str) -> None:
    with pytest.raises(TableError, match="AWS_ENDPOINT_URL is not a plain http or https URL"):
        endpoint_of("eu-west-1", {"AWS_ENDPOINT_URL": url})


def test_many_reads_use_one_tls_connection_and_one_context(
    serve: Any, open_table: Any, authority: Authority
) -> None:
    contexts = 0

    def make_context() -> ssl.SSLContext:
        nonlocal contexts
        contexts += 1
        return authority.client_context()

    server = serve(answers(FOUND), over_tls(authority.localhost))
    table = open_table(server.url, trust=Trust(make_context))
    assert [read(table) for _ in range(5)] == [POINTER] * 5
    assert (server.connections, contexts) == (1, 1)
    server.drop_connections()
    assert read(table) == POINTER
    assert (server.connections, contexts) == (2, 1)


def test_what_the_first_authorities_do_not_vouch_for_is_shown_to_the_next(
    serve: Any, open_table: Any, authority: Authority
) -> None:
    server = serve(answers(FOUND), over_tls(authority.localhost))
    asked = []

    def others() -> ssl.SSLContext:
        asked.append("others")
        return authority.client_context()

    table = open_table(server.url, trust=Trust(amazon_authorities, others))
    assert [read(table), read(table)] == [POINTER] * 2
    server.drop_connections()
    assert read(table) == POINTER
    assert asked == ["others"]
    assert len(server.requests) == 3


def test_no_other_trouble_than_a_certificate_asks_the_next_authorities(
    serve: Any, open_table: Any, authority: Any
) -> None:
    asked = []
    table = open_table(
        serve(answers(FOUND), lambda connection: connection).url,
        trust=Trust(
            authority.client_context,
            lambda: asked.append("others") or ssl.create_default_context(),  # type: ignore[func-returns-value]
        ),
    )
    with pytest.raises(TableError):
        read(table, 0.5)
    assert asked == []


def test_the_shipped_authorities_are_amazons_five() -> None:
    found = {
        hashlib.sha256(certificate).hexdigest()
        for certificate in amazon_authorities().get_ca_certs(binary_form=True)
    }
    # As published on https://www.amazontrust.com/repository/
    assert found == {
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    }


def test_a_certificate_of_an_unknown_authority_is_refused(
    serve: Any, open_table: Any, authority: Any
) -> None:
    server = serve(answers(FOUND), over_tls(authority.localhost))
    with pytest.raises(TableError, match="CERTIFICATE_VERIFY_FAILED"):
        read(open_table(server.url))
    assert server.requests == []


def test_a_certificate_for_another_host_is_refused(serve: Any, open_table: Any, authority: Any) -> None:
    server = serve(answers(FOUND), over_tls(authority.another_host))
    with pytest.raises(TableError, match="CERTIFICATE_VERIFY_FAILED"):
        read(open_table(server.url, trust=Trust(authority.client_context)))
    assert server.requests == []


def test_a_tls_server_that_drips_is_left_at_the_deadline(serve: Any, open_table: Any, authority: Any) -> None:
    server = serve(
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), over_tls(authority.localhost)
    )
    table = open_table(server.url, trust=Trust(authority.client_context))
    with within(0.6), pytest.raises(TableError):
        read(table, 0.4)


def test_a_tls_handshake_that_hangs_is_left_at_the_deadline(
    serve: Any, open_table: Any, authority: Any
) -> None:
    def drip(connection: socket.socket) -> socket.socket:
        for byte in b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(range(40)):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
        return connection

    table = open_table(serve(answers(FOUND), drip).url, trust=Trust(authority.client_context))
    with within(0.6), pytest.raises(TableError):
        read(table, 0.4)
