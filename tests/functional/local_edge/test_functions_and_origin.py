"""How requests and responses pass through the functions to the origin and back."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.functional.local_edge import sources


def wire(site: Any, sent: str) -> str:
    """What the edge answers to bytes, a character for each."""
    return str(site.exchange(sent.encode("latin-1")), "latin-1")


def test_a_request_without_functions_reaches_the_origin_and_its_response_the_visitor(workshop: Any) -> None:
    site = workshop.site()
    response = site.ask("/a?body=hello&header=X-From:%20origin")
    assert (response.status, response.body) == (200, b"hello")
    assert response.values("x-from") == ["origin"]
    assert response.values("x-cache") == ["Miss from local-edge"]
    assert site.invocations == []


def test_the_event_holds_what_cloudfront_puts_in_it(workshop: Any) -> None:
    site = workshop.site(sources.in_the_answer("cf"))
    cf = site.ask("//a%20b/%C3%A9?x=1&x=%2F?", headers=[("X-One", "1")]).json()
    assert cf["request"] == {
        "clientIp": "127.0.0.1",
        "headers": {
            "host": [{"key": "Host", "value": "shop.example.com"}],
            "x-one": [{"key": "X-One", "value": "1"}],
        },
        "method": "GET",
        "querystring": "x=1&x=%2F?",
        "uri": "//a%20b/%C3%A9",
    }
    assert cf["config"].keys() == {"distributionDomainName", "distributionId", "eventType", "requestId"}
    assert cf["config"]["eventType"] == "viewer-request"


def test_each_header_line_is_an_entry_of_its_own_in_the_event_and_at_the_origin(workshop: Any) -> None:
    passing = workshop.site(sources.PASS_REQUEST)
    passing.ask(headers=[("Cookie", "a=1"), ("X-Many", "1"), ("Cookie", "b=2; c=3"), ("X-Many", "2")])
    assert passing.origin.received[0].values("cookie") == ["a=1", "b=2; c=3"]
    assert passing.origin.received[0].values("x-many") == ["1", "2"]
    seen = workshop.site(sources.in_the_answer("request['headers']['cookie']"))
    lines = seen.ask(headers=[("Cookie", "a=1"), ("cookie", "b=2")]).json()
    assert lines == [{"key": "Cookie", "value": "a=1"}, {"key": "cookie", "value": "b=2"}]


@pytest.mark.rule("no-cloudfront-headers")
def test_functions_do_not_see_disallowed_headers(workshop: Any) -> None:
    site = workshop.site(sources.in_the_answer("sorted(request['headers'])"))
    hidden = [("X-Amzn-RequestId", "1"), ("X-Real-IP", "9.9.9.9"), ("X-Forwarded-Proto", "http")]
    shown = [("X-Amzn-Trace-Id", "1"), ("CloudFront-Viewer-Country", "DE")]
    assert site.ask(headers=[*hidden, ("Connection", "close"), *shown]).json() == [
        "cloudfront-viewer-country",
        "host",
        "x-amzn-trace-id",
    ]


def test_what_viewer_request_changes_reaches_the_origin(workshop: Any) -> None:
    site = workshop.site("""
def handler(event, context):
    request = event['Records'][0]['cf']['request']
    request['uri'] = '/changed'
    request['querystring'] = 'body=changed'
    request['headers']['x-added'] = [{'value': '1'}, {'key': 'X-Added', 'value': '2'}]
    del request['headers']['x-removed']
    return request
""")
    response = site.ask("/a?b=1", headers=[("X-Removed", "1")])
    received = site.origin.received[0]
    assert (received.target, response.body) == ("/changed?body=changed", b"changed")
    assert received.values("x-added") == ["1", "2"]
    assert received.values("x-removed") == []


def test_the_origin_gets_the_visitors_host_and_the_edges_own_headers(workshop: Any) -> None:
    site = workshop.site(
        origin={"CustomHeaders": {"Items": [{"HeaderName": "X-Secret", "HeaderValue": "s"}]}}
    )
    site.ask(headers=[("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-Proto", "http"), ("X-Secret", "no")])
    received = site.origin.received[0]
    assert received.values("host") == ["shop.example.com"]
    assert received.values("x-forwarded-for") == ["198.51.100.1, 127.0.0.1"]
    assert received.values("via") == ["1.1 local-edge (CloudFront)"]
    assert received.values("x-forwarded-proto") == []
    assert received.values("x-secret") == ["s"]


@pytest.mark.rule("forwarded")
def test_without_an_origin_request_policy_the_origin_gets_no_cookies_query_or_host(workshop: Any) -> None:
    site = workshop.site(default={"OriginRequestPolicyId": ""})
    response = site.ask("/a?header=Set-Cookie:%20a%3D1", headers=[("Cookie", "a=1"), ("X-One", "1")])
    received = site.origin.received[0]
    assert (received.target, received.values("cookie"), received.values("x-one")) == ("/a", [], [])
    assert received.values("host") == ["127.0.0.1"]
    assert received.values("user-agent") == ["Amazon CloudFront"]
    assert response.values("set-cookie") == []


def test_forwarded_values_choose_cookies_headers_and_parameters(workshop: Any) -> None:
    values = {
        "QueryString": True,
        "Cookies": {"Forward": "whitelist", "WhitelistedNames": {"Items": ["session"]}},
        "Headers": {"Items": ["X-Language"]},
    }
    default = {"CachePolicyId": "", "OriginRequestPolicyId": "", "ForwardedValues": values}
    site = workshop.site(default=default)
    site.ask("/?a=1", headers=[("Cookie", "session=1; other=2"), ("X-Language", "de"), ("X-Other", "1")])
    received = site.origin.received[0]
    assert received.target == "/?a=1"
    assert received.values("cookie") == ["session=1"]
    assert received.values("x-language") == ["de"]


@pytest.mark.rule("legacy-headers")
def test_a_behavior_with_forwarded_values_keeps_few_headers_from_the_origin(workshop: Any) -> None:
    values = {
        "QueryString": False,
        "Cookies": {"Forward": "none"},
        "Headers": {"Items": ["Accept-Language"]},
    }
    added = "request | {'headers': {**request['headers'], 'x-added': [{'value': '1'}]}}"
    site = workshop.site(
        sources.returning(added),
        default={"CachePolicyId": "", "OriginRequestPolicyId": "", "ForwardedValues": values},
    )
    kept = ["Accept", "Accept-Charset", "Authorization", "Referer", "User-Agent", "X-HTTP-Method-Override"]
    forwarded = ["X-Other", "Origin", "Cache-Control", "Accept-Language"]
    site.ask("/", headers=[(name, "1") for name in [*kept, *forwarded]])
    received = site.origin.received[0]
    assert [received.values(name) for name in kept] == [[], [], [], [], ["Amazon CloudFront"], []]
    assert [received.values(name) for name in [*forwarded, "X-Added"]] == [["1"]] * 5
    assert received.values("host") == ["127.0.0.1"]


@pytest.mark.rule("values-in-utf-8")
def test_a_function_sees_utf_8_and_what_it_leaves_alone_goes_on_as_received(workshop: Any) -> None:
    seen = workshop.site(
        sources.in_the_answer(
            "[request['uri'], request['querystring'], request['headers']['x-a'][0]['value']]"
        )
    )
    utf_8, iso_8859_1 = "\xe9".encode().decode("latin-1"), "\xe9"
    for sent in (utf_8, iso_8859_1):
        answer = wire(seen, f"GET /{sent}?{sent} HTTP/1.1\r\nHost: a\r\nX-A: {sent}\r\n\r\n")
        assert json.loads(answer.partition("\r\n\r\n")[2]) == ["/\xe9", "\xe9", "\xe9"]

    passing = workshop.site(sources.PASS_REQUEST, sources.PASS_RESPONSE)
    for sent in (utf_8, iso_8859_1):
        header = quote(f"X-B: {sent}")
        answer = wire(passing, f"GET /{sent}?header={header} HTTP/1.1\r\nHost: a\r\nX-A: {sent}\r\n\r\n")
        received = passing.origin.received[-1]
        assert received.values("x-a") == [sent]
        assert received.target.startswith(f"/{quote(sent, encoding='latin-1')}?")
        assert f"X-B: {sent}\r\n" in answer


@pytest.mark.rule("values-in-utf-8")
def test_what_a_function_changes_goes_out_in_utf_8(workshop: Any) -> None:
    changed = """{**request, 'uri': '/\\xe9\\u20ac', 'querystring': 'a=\\xe9',
        'headers': {**request['headers'], 'x-a': [{'value': '\\xe9'}]}}"""
    marked = """{**response, 'statusDescription': '\\xe9',
        'headers': {**response['headers'], 'x-b': [{'value': '\\u20ac'}]}}"""
    site = workshop.site(sources.returning(changed), sources.returning(marked))
    answer = wire(site, "GET / HTTP/1.1\r\nHost: a\r\nX-A: \xe9\r\n\r\n")
    received = site.origin.received[0]
    assert received.target == "/%C3%A9%E2%82%AC?a=%C3%A9"
    assert answer.startswith("HTTP/1.1 200 \xc3\xa9\r\n")
    assert "X-B: \xe2\x82\xac\r\n" in answer
    # A value that is what the function saw counts as left alone.
    assert received.values("x-a") == ["\xe9"]


@pytest.mark.rule("inserted-key")
def test_a_header_without_a_key_has_initial_capitals(workshop: Any) -> None:
    added = "request | {'headers': {**request['headers'], 'x-queueit-1a': [{'value': '1'}]}}"
    site = workshop.site(sources.returning(added))
    site.ask()
    assert ("X-Queueit-1a", "1") in site.origin.received[0].headers


@pytest.mark.rule("uri-keeps-behavior")
def test_a_changed_path_stays_with_its_behavior(workshop: Any) -> None:
    other = workshop.behavior(PathPattern="/other", AllowedMethods={"Items": ["GET", "HEAD"]})
    site = workshop.site(sources.returning("request | {'uri': '/other'}"), behaviors=(other,))
    assert site.ask("/", "POST", body=b"a").status == 200
    assert site.origin.received[0].target == "/other"


@pytest.mark.rule("grpc-without-functions")
def test_grpc_requests_reach_the_origin_without_any_function_where_the_behavior_has_grpc(
    workshop: Any,
) -> None:
    generated = sources.returning("{'status': '302'}")
    with_grpc = workshop.site(generated, sources.MARK_RESPONSE, default={"GrpcConfig": {"Enabled": True}})
    without = workshop.site(generated)

    def statuses(site: Any, content_type: str) -> int:
        return int(site.ask("/", "POST", headers=[("Content-Type", content_type)], body=b"a").status)

    for content_type in ("application/grpc", "application/grpc+proto", "Application/gRPC; a=b"):
        assert statuses(with_grpc, content_type) == 200
        assert statuses(without, content_type) == 302
    assert with_grpc.invocations == []
    assert statuses(with_grpc, "application/grpc-web") == 302


@pytest.mark.rule("no-viewer-response")
def test_a_generated_response_goes_to_the_visitor_without_origin_or_viewer_response(workshop: Any) -> None:
    generated = """{'status': '302', 'statusDescription': 'Found', 'headers': {
        'location': [{'key': 'Location', 'value': 'https://queue.example.com/'}],
        'set-cookie': [{'key': 'Set-Cookie', 'value': 'a=1'}, {'key': 'Set-Cookie', 'value': 'b=2'}]}}"""
    site = workshop.site(sources.returning(generated), sources.MARK_RESPONSE)
    response = site.ask()
    assert (response.status, response.body) == (302, b"")
    assert response.values("set-cookie") == ["a=1", "b=2"]
    assert response.values("location") == ["https://queue.example.com/"]
    assert response.values("x-marked") == []
    assert site.origin.received == []
    assert [one.event_type for one in site.invocations] == ["viewer-request"]


def test_a_generated_body_may_be_base64(workshop: Any) -> None:
    data = base64.b64encode(b"\x00\xff").decode()
    site = workshop.site(
        sources.returning(f"{{'status': '200', 'body': {data!r}, 'bodyEncoding': 'base64'}}")
    )
    assert site.ask().body == b"\x00\xff"


def test_viewer_response_sees_the_changed_request_and_adds_to_the_response(workshop: Any) -> None:
    site = workshop.site(
        """
def handler(event, context):
    request = event['Records'][0]['cf']['request']
    request['headers']['x-handed-over'] = [{'value': event['Records'][0]['cf']['config']['requestId']}]
    return request
""",
        """
def handler(event, context):
    cf = event['Records'][0]['cf']
    response = cf['response']
    same = cf['request']['headers']['x-handed-over'][0]['value'] == cf['config']['requestId']
    response['headers']['x-same-id'] = [{'value': str(same)}]
    response['headers'].setdefault('set-cookie', []).append({'key': 'Set-Cookie', 'value': 'b=2'})
    response['headers']['x-seen'] = [{'value': ','.join(sorted(response)) + ' ' + response['status']}]
    return response
""",
    )
    response = site.ask("/?header=Set-Cookie:%20a%3D1")
    assert response.values("x-same-id") == ["True"]
    assert response.values("set-cookie") == ["a=1", "b=2"]
    assert response.values("x-seen") == ["headers,status,statusDescription 200"]


@pytest.mark.rule("no-viewer-response")
@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_viewer_response_does_not_run_for_an_error_of_the_origin(workshop: Any, status: int) -> None:
    site = workshop.site(response=sources.MARK_RESPONSE)
    response = site.ask(f"/?status={status}")
    assert (response.status, response.values("x-marked")) == (status, [])
    assert site.invocations == []


@pytest.mark.parametrize("status", [200, 204, 302])
def test_viewer_response_runs_for_every_other_status(workshop: Any, status: int) -> None:
    site = workshop.site(response=sources.MARK_RESPONSE)
    assert site.ask(f"/?status={status}&body=").values("x-marked") == ["yes"]


def test_an_origin_that_is_down_is_a_502(workshop: Any) -> None:
    site = workshop.site(origin_urls={"site": "http://127.0.0.1:1"})
    assert site.ask().status == 502


@pytest.mark.rule("origin-response-size")
@pytest.mark.parametrize(("size", "status"), [(20_200, 200), (20_400, 502)])
def test_an_origins_response_with_long_headers_is_a_502(workshop: Any, size: int, status: int) -> None:
    site = workshop.site()
    assert site.ask(f"/?long={size}").status == status


def test_a_body_reaches_the_origin_whole_and_the_function_only_with_include_body(workshop: Any) -> None:
    source = sources.returning("request if 'body' not in request else {'status': '500'}")
    site = workshop.site(source)
    body = b"x" * 3_000_000
    assert site.ask("/", "POST", body=body).status == 200
    assert site.origin.received[0].body == body


@pytest.mark.rule("included-body-cut")
def test_include_body_gives_the_function_base64_cut_at_40_kb_while_the_origin_gets_all(workshop: Any) -> None:
    site = workshop.site(
        """
import base64
def handler(event, context):
    request = event['Records'][0]['cf']['request']
    body = request['body']
    text = '{inputTruncated} {action} {encoding}'.format(**body)
    request['headers']['x-body'] = [{'value': text + ' %d' % len(base64.b64decode(body['data']))}]
    return request
""",
        include_body=True,
    )
    site.ask("/", "POST", body=b"x" * 40_961)
    site.ask("/", "POST", body=b"x" * 40_960)
    long, short = site.origin.received
    assert (long.values("x-body"), len(long.body)) == (["True read-only base64 40960"], 40_961)
    assert (short.values("x-body"), len(short.body)) == (["False read-only base64 40960"], 40_960)


@pytest.mark.rule("replaced-text-cut", "replaced-base64-cut")
@pytest.mark.parametrize(
    ("body", "received"),
    [
        ("{'action': 'replace', 'encoding': 'text', 'data': 'new'}", b"new"),
        ("{'action': 'replace', 'encoding': 'text', 'data': 'a' * 40961}", b"a" * 40_960),
        ("{'action': 'replace', 'encoding': 'base64', 'data': 'bmV3'}", b"new"),
        ("{'action': 'replace', 'data': 'bmV3'}", b"new"),
        ("{'action': 'replace', 'data': 'YWFh' * 13620}", b"a" * 40_857),
        ("{'action': 'read-only', 'data': 'bmV3'}", b"old"),
    ],
)
def test_a_function_with_include_body_may_replace_the_body_which_is_cut_where_it_is_long(
    workshop: Any, body: str, received: bytes
) -> None:
    site = workshop.site(sources.returning(f"request | {{'body': {body}}}"), include_body=True)
    assert site.ask("/", "POST", body=b"old").status == 200
    assert site.origin.received[0].body == received


@pytest.mark.rule("allowed-method")
def test_a_method_that_the_behavior_does_not_allow_is_a_403_without_any_function(workshop: Any) -> None:
    site = workshop.site(sources.PASS_REQUEST, default={"AllowedMethods": {"Items": ["GET", "HEAD"]}})
    assert site.ask("/", "POST", body=b"x").status == 403
    assert site.invocations == []


def test_locations_can_be_rewritten_on_the_way_out(workshop: Any) -> None:
    generated = """{'status': '302', 'headers': {
        'location': [{'value': 'https://127.0.0.1:9/'}], 'x-queueit-redirect': [{'value': 'https%3A'}],
        'x-other': [{'value': 'https://127.0.0.1:9/'}]}}"""
    site = workshop.site(
        sources.returning(generated), rewrite_locations=lambda value: value.replace("https", "http")
    )
    response = site.ask()
    assert response.values("location") == ["http://127.0.0.1:9/"]
    assert response.values("x-queueit-redirect") == ["http%3A"]
    assert response.values("x-other") == ["https://127.0.0.1:9/"]


def test_what_a_function_prints_is_logged_with_its_name(workshop: Any) -> None:
    site = workshop.own_site("""
import sys
def handler(event, context):
    print('to standard output')
    print('to standard error', file=sys.stderr)
    return event['Records'][0]['cf']['request']
""")
    site.ask()
    site.edge.stop()
    lines = [message["line"] for message in site.log if message["message"] == "function output"]
    assert sorted(lines) == ["to standard error", "to standard output"]
    assert {message["function"] for message in site.log} == {"shop-viewer-request"}


def test_a_json_object_that_a_function_prints_is_one_with_the_log_message(workshop: Any) -> None:
    site = workshop.own_site("""
import json
def handler(event, context):
    print(json.dumps({'level': 'warning', 'event': 'decision', 'function': 'another'}))
    print(json.dumps(['no', 'object']))
    return event['Records'][0]['cf']['request']
""")
    site.ask()
    site.edge.stop()
    where = {"message": "function output", "function": "shop-viewer-request", "worker": 1}
    assert site.log == [
        {"level": "warning", "event": "decision", **where},
        {"level": "info", "line": '["no", "object"]', **where},
    ]


def test_every_log_message_is_json(workshop: Any) -> None:
    site = workshop.site(sources.returning("None"))
    site.ask()
    assert [json.loads(json.dumps(message)) for message in site.log] == site.log
    assert len(site.log) == 1
