"""Asking the services over the wire: one kept connection each, hard deadlines, and nothing believed but HTTP."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from edge.service_client import MAX_ANSWER_BYTES, SPARED_SECONDS, ServiceClient, random_uuid
from edge.steps import PassedTime
from edge.trust import Trust
from queueit.services import NOT_SENT, ServiceRequest, ServiceResponse
from tests.functional.edge.conftest import answers, over_tls, response

KEY = "not-a-real-api-key"


def silence(connection: socket.socket, _: bytes) -> bool:
    connection.recv(1)
    return False


def question(url: str, service: str = "verify", timeout_ms: int = 2000, key: str = KEY) -> ServiceRequest:
    return ServiceRequest(
        service, url, {"api-key": key, "Content-Type": "application/json"}, b'{"ip":"x"}', timeout_ms
    )


class Logged:
    """Services with the log they wrote."""

    def __init__(self, **named: Any) -> None:
        self.log: list[dict[str, Any]] = []
        self.client = ServiceClient(log=self.log.append, **named)

    def ask(self, url: str, **named: Any) -> ServiceResponse | None:
        return self.client.services(time.time() + 5).post(question(url, **named))

    @property
    def problems(self) -> list[str]:
        return [line["problem"] for line in self.log]


@pytest.fixture
def make() -> Iterator[Callable[..., Logged]]:
    made: list[Logged] = []

    def start(**named: Any) -> Logged:
        made.append(Logged(**named))
        return made[-1]

    yield start
    for one in made:
        one.client.close()


@pytest.fixture
def logged(make: Callable[..., Logged]) -> Logged:
    return make()


def test_a_question_is_a_post_with_its_headers_to_the_exact_path_and_query(
    serve: Any, logged: Logged
) -> None:
    server = serve(answers(response(b"{}")))

    assert logged.ask(f"{server.url}/a/b/?queueId=1%2F2") == ServiceResponse(200, b"{}")

    ((head, body),) = server.requests
    lines = head.split("\r\n")
    assert lines[0] == "POST /a/b/?queueId=1%2F2 HTTP/1.1"
    assert {f"Host: 127.0.0.1:{server.port}", f"api-key: {KEY}"} <= set(lines)
    assert body == b'{"ip":"x"}'
    assert logged.log == []


@pytest.mark.parametrize(("path", "target"), [("", "/"), ("?a=/", "/?a=/"), ("/", "/"), ("/x", "/x")])
def test_a_url_without_a_path_asks_for_the_root(serve: Any, logged: Logged, path: str, target: str) -> None:
    server = serve(answers(response(b"{}")))

    logged.ask(server.url + path)

    assert server.requests[0][0].startswith(f"POST {target} HTTP/1.1\r\n")


def test_questions_to_one_service_share_a_connection(serve: Any, logged: Logged) -> None:
    server = serve(answers(response(b"{}")))

    for _ in range(4):
        assert logged.ask(server.url) == ServiceResponse(200, b"{}")

    assert (server.connections, len(server.requests)) == (1, 4)


def test_each_service_has_a_connection_of_its_own(serve: Any, logged: Logged) -> None:
    verify, direct = serve(answers(response(b"v"))), serve(answers(response(b"d")))

    got = [logged.ask(verify.url), logged.ask(direct.url, service="direct_pass"), logged.ask(verify.url)]

    assert got == [ServiceResponse(200, b"v"), ServiceResponse(200, b"d"), ServiceResponse(200, b"v")]
    assert (verify.connections, direct.connections) == (1, 1)


def test_a_connection_that_the_service_closed_is_replaced(serve: Any, logged: Logged) -> None:
    server = serve(answers(response(b"{}")))
    logged.ask(server.url)
    server.drop_connections()

    assert logged.ask(server.url) == ServiceResponse(200, b"{}")
    assert (server.connections, logged.log) == (2, [])


def test_a_connection_that_the_service_will_close_is_not_kept(serve: Any, logged: Logged) -> None:
    server = serve(answers(response(b"{}", headers="Connection: close\r\n"), go_on=False))

    assert [logged.ask(server.url) for _ in range(2)] == [ServiceResponse(200, b"{}")] * 2
    assert server.connections == 2


def test_a_connection_idle_for_long_is_not_used_again(serve: Any, make: Any) -> None:
    wall = [1_790_000_000.0]
    logged = make(clock=PassedTime(wall_clock=lambda: wall[0]))
    server = serve(answers(response(b"{}")))
    logged.client.post(question(server.url), 2)
    wall[0] += 300

    assert logged.client.post(question(server.url), 2) == ServiceResponse(200, b"{}")
    assert server.connections == 2


def test_tls_is_verified(serve: Any, make: Any, authority: Any) -> None:
    server = serve(answers(response(b"{}")), over_tls(authority.localhost))
    trusting, doubting = make(trust=Trust(authority.client_context)), make()

    assert trusting.ask(server.url) == ServiceResponse(200, b"{}")
    assert doubting.ask(server.url) is None
    assert doubting.problems == ["SSLCertVerificationError"]


@pytest.mark.parametrize(
    "answer", [silence, answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 30)]
)
def test_a_service_that_is_silent_or_drips_is_left_at_its_timeout(
    serve: Any, logged: Logged, answer: Any
) -> None:
    server = serve(answer)

    assert logged.ask(server.url, timeout_ms=300) is None
    (line,) = logged.log
    assert (line["problem"], line["service"], line["level"]) == ("timed out", "verify", "error")
    assert 250 <= line["milliseconds"] < 1500
    server.drop_connections()


def test_a_service_is_not_waited_for_beyond_what_lambda_allows(serve: Any, logged: Logged) -> None:
    server = serve(silence)
    ends_at = time.time() + SPARED_SECONDS + 0.2

    assert logged.client.services(ends_at).post(question(server.url, timeout_ms=4000)) is None
    assert logged.log[0]["milliseconds"] < 1500
    server.drop_connections()


def test_a_request_that_took_too_long_already_asks_nobody(serve: Any, logged: Logged) -> None:
    server = serve(answers(response(b"{}")))

    assert logged.client.services(time.time()).post(question(server.url)) is None
    assert (server.requests, logged.problems) == ([], ["timed out"])


def test_a_service_that_is_not_running_gives_no_answer(logged: Logged) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert logged.ask(f"http://127.0.0.1:{port}/") is None
    assert logged.problems == ["ConnectionRefusedError"]


def test_an_unknown_host_name_gives_no_answer(make: Any) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("no such name")

    logged = make(resolve=resolve)

    assert logged.ask("https://nowhere.example/") is None
    assert logged.problems == ["gaierror"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"SSH-2.0-x\r\n\r\n", "the answer is no HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "Content-Length is not a number"),
        (response(b"x" * (MAX_ANSWER_BYTES + 1)), "the answer is too large"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "ConnectionResetError"),
    ],
)
def test_an_incomplete_or_malformed_answer_counts_as_none(
    serve: Any, logged: Logged, answer: bytes, problem: str
) -> None:
    assert logged.ask(serve(answers(answer, go_on=False)).url) is None
    assert problem in logged.problems[0]


@pytest.mark.parametrize("status", ["403 Forbidden", "500 Oops", "204 No Content", "302 Found"])
def test_any_other_status_is_an_answer_that_is_logged(serve: Any, logged: Logged, status: str) -> None:
    server = serve(answers(response(b"", status, "Location: http://127.0.0.1:1/\r\n")))

    assert logged.ask(server.url) == ServiceResponse(int(status[:3]), b"")
    assert logged.problems == [f"it answered {status[:3]}"]


@pytest.mark.parametrize(("url", "key"), [("ftp://x.example/", KEY), ("http://127.0.0.1:1/", "a\r\nX: b")])
def test_a_defect_of_ours_is_no_failure_of_the_service(
    serve: Any, logged: Logged, url: str, key: str
) -> None:
    url = serve(silence).url if url.startswith("http") else url

    assert logged.ask(url, key=key) is NOT_SENT
    assert logged.problems == ["defect: ValueError"]


def test_no_key_address_or_visitor_is_logged(serve: Any, logged: Logged) -> None:
    server = serve(answers(response(b"no", "500 Oops")))

    logged.ask(f"{server.url}/?queueId=secret-queue-id")

    text = json.dumps(logged.log)
    assert KEY not in text
    assert "queueId" not in text
    assert str(server.port) not in text


def test_a_uuid_is_random_and_of_version_4() -> None:
    made = {random_uuid() for _ in range(200)}

    assert len(made) == 200
    shape = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(shape.fullmatch(one) for one in made)
