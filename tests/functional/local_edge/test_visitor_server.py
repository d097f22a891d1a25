"""Requests on the wire: keep-alive, framing, and what is refused before any function runs."""

import random
from typing import Any

import pytest

from tests.functional.local_edge import sources


def sized_request(size: int) -> bytes:
    """A request of so many bytes, all of them head."""
    begin, end = b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b"\r\n\r\n"
    return begin + b"a" * (size - len(begin) - len(end)) + end


def test_a_connection_carries_several_requests(workshop: Any) -> None:
    site = workshop.site()
    one = b"POST /?body=one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    two = b"GET /?body=two HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = site.exchange(one + two)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b"\r\n\r\none") < answer.index(b"\r\n\r\ntwo")
    assert [received.body for received in site.origin.received] == [b"abc", b""]


def test_a_chunked_body_reaches_the_origin_whole(workshop: Any) -> None:
    site = workshop.site()
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    assert site.exchange(sent).startswith(b"HTTP/1.1 200")
    assert site.origin.received[0].body == b"abcde"


@pytest.mark.rule("well-formed", "request-size", "request-url-size", "get-without-body")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /#fragment HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET / HTTP/2.0\xff\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET /" + b"a" * (8192 - 9) + b" HTTP/1.1\r\nHost: a\r\n\r\n", 413),
        (sized_request(20_481), 413),
        (sized_request(20_490)[:-4], 413),
        (sized_request(70_000), 413),
        (b"a" * 20_481, 413),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 403),
        (b"G\xc3\xa9T / HTTP/1.1\r\nHost: a\r\n\r\n", 403),
    ],
)
def test_a_request_that_cloudfront_refuses_reaches_neither_function_nor_origin(
    workshop: Any, sent: bytes, status: int
) -> None:
    site = workshop.site(sources.PASS_REQUEST)
    assert site.exchange(sent).split(b"\r\n")[0].split()[1] == str(status).encode()
    assert site.invocations == []
    assert site.origin.received == []


@pytest.mark.rule("request-size", "request-url-size")
@pytest.mark.parametrize(
    "sent", [b"GET /" + b"a" * (8192 - 10) + b" HTTP/1.1\r\nHost: a\r\n\r\n", sized_request(20_480)]
)
def test_a_request_as_long_as_cloudfront_takes_is_served(workshop: Any, sent: bytes) -> None:
    site = workshop.site(sources.PASS_REQUEST)
    assert site.exchange(sent).startswith(b"HTTP/1.1 200")


def test_a_connection_ends_after_a_request_that_is_refused(workshop: Any) -> None:
    site = workshop.site()
    following = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = site.exchange(sized_request(20_481) + following)
    assert (answer.count(b"HTTP/1.1 "), answer.count(b"Connection: close")) == (1, 1)


def test_what_was_malformed_is_shown_as_text(workshop: Any) -> None:
    answer = workshop.site().exchange(b"GET / HTTP/1.1\r\nHost: a\r\n<script>\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"&lt;script&gt;" in answer
    assert b"<script>" not in answer


def test_a_folded_header_line_is_one_line(workshop: Any) -> None:
    site = workshop.site()
    site.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n")
    assert site.origin.received[0].values("x-a") == ["1 folded"]


def test_a_visitor_who_asks_first_is_told_to_send_the_body(workshop: Any) -> None:
    site = workshop.site()
    with site.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 100")
        connection.sendall(b"abc")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert site.origin.received[0].body == b"abc"


def test_a_response_whose_headers_http_does_not_know_is_a_502(workshop: Any) -> None:
    site = workshop.site()
    assert site.ask("/?header=X-A:%20a%00b").status == 502
    assert site.ask().status == 200


def test_whatever_comes_the_edge_answers_or_hangs_up_and_serves_the_next(workshop: Any) -> None:
    site = workshop.site(sources.PASS_REQUEST)
    chance = random.Random(14)
    whole = [
        b"POST /a?b=c HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"PUT http://a/b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    ]
    strange = [
        b"\r",
        b"\n",
        b"\0",
        b" ",
        b":",
        b"\xff",
        b"\t",
        b"\r\n\r\n",
        b"%",
        b"9" * 30,
        b"Content-Length: 5\r\n",
    ]
    answers = set()
    for _ in range(200):
        sent = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 3)):
            begin = chance.randrange(len(sent))
            sent[begin : begin + chance.randint(0, 2)] = chance.choice(strange)
        answers.add(site.exchange(bytes(sent))[:12])
    assert answers <= {b"", *[f"HTTP/1.1 {status}".encode() for status in (100, 200, 400, 403, 413)]}
    assert {b"HTTP/1.1 200", b"HTTP/1.1 400"} <= answers
    assert site.ask().status == 200


def test_a_visitor_who_leaves_while_sending_harms_nobody(workshop: Any) -> None:
    site = workshop.site()
    assert site.exchange(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc") == b""
    assert site.ask().status == 200


def test_stopping_closes_connections_that_are_kept_alive(workshop: Any) -> None:
    site = workshop.site()
    with site.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        site.edge.stop()
        assert connection.recv(65536) == b""


def test_the_address_is_known_only_while_the_edge_runs(workshop: Any) -> None:
    site = workshop.site()
    assert site.edge.url.startswith("http://127.0.0.1:")
    site.edge.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = site.edge.url
