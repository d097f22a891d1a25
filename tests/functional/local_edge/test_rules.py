"""CloudFront's rules for what functions return: each breach is a 502, with the rule's name."""

from typing import Any

import pytest

from tests.functional.local_edge import sources
from workbench.local_edge.rule_table import Rule

REQUEST_BREACHES = [
    ("None", "result-is-an-object"),
    ("[request]", "result-is-an-object"),
    ("request | {'method': 'POST'}", "method-unchanged"),
    ("request | {'clientIp': '192.0.2.1'}", "client-ip-unchanged"),
    ("request | {'uri': 'no-slash'}", "uri-starts-with-slash"),
    ("{'headers': request['headers']}", "uri-starts-with-slash"),
    ("request | {'uri': '/a?b=1'}", "uri-characters"),
    ("request | {'uri': '/a b'}", "uri-characters"),
    ("request | {'querystring': 'a b'}", "querystring-characters"),
    ("request | {'querystring': 'a#b'}", "querystring-characters"),
    ("request | {'querystring': {'a': '1'}}", "querystring-is-a-string"),
    ("request | {'querystring': 'a' * 8190}", "url-size"),
    ("request | {'headers': []}", "header-structure"),
    ("request | {'headers': {**request['headers'], 'x-a': 'text'}}", "header-structure"),
    ("request | {'headers': {**request['headers'], 'x-a': ['text']}}", "header-structure"),
    ("request | {'headers': {**request['headers'], 'x-a': [{'key': 'X-A'}]}}", "header-structure"),
    ("request | {'headers': {**request['headers'], 'x-a': [{'value': 1}]}}", "header-structure"),
    ("request | {'headers': {**request['headers'], 'X-A': [{'value': '1'}]}}", "header-name"),
    ("request | {'headers': {**request['headers'], 'x a': [{'value': '1'}]}}", "header-name"),
    ("request | {'headers': {**request['headers'], 'x-a': [{'key': 'X-B', 'value': '1'}]}}", "header-name"),
    ("request | {'headers': {**request['headers'], 'x-a': [{'value': 'a\\nb'}]}}", "header-characters"),
    ("request | {'headers': {}}", "read-only-header"),
    ("request | {'headers': {'host': [{'value': 'other.example.com'}]}}", "read-only-header"),
    ("request | {'headers': {**request['headers'], 'via': [{'value': '1'}]}}", "read-only-header"),
    ("request | {'headers': {**request['headers'], 'content-length': [{'value': '1'}]}}", "read-only-header"),
    ("request | {'headers': {**request['headers'], 'cdn-loop': [{'value': '1'}]}}", "read-only-header"),
    ("request | {'headers': {**request['headers'], 'connection': [{'value': '1'}]}}", "disallowed-header"),
    ("request | {'headers': {**request['headers'], 'x-amzn-auth': [{'value': '1'}]}}", "disallowed-header"),
    (
        "request | {'headers': {**request['headers'], 'x-accel-charset': [{'value': '1'}]}}",
        "disallowed-header",
    ),
    ("request | {'headers': {**request['headers'], 'client-cert': [{'value': '1'}]}}", "disallowed-header"),
    ("request | {'headers': {**request['headers'], 'x-edge-a': [{'value': '1'}]}}", "disallowed-header"),
    ("request | {'headers': {**request['headers'], 'x-real-ip': [{'value': '1'}]}}", "disallowed-header"),
    (
        "request | {'headers': {**request['headers'], 'cloudfront-viewer-country': [{'value': 'DE'}]}}",
        "viewer-country-header",
    ),
    ("request | {'body': 'text'}", "body-is-an-object"),
    ("request | {'body': {'action': 'delete'}}", "body-action"),
    ("request | {'body': {'action': 'replace', 'data': 'a'}}", "body-needs-include-body"),
    ("{'status': 302}", "status-is-a-string"),
    ("{'status': None}", "status-is-a-string"),
    ("{'status': '199'}", "status-from-200-to-599"),
    ("{'status': 'OK'}", "status-from-200-to-599"),
    ("{'status': '200', 'statusDescription': 1}", "status-description"),
    ("{'status': '200', 'headers': {'content-length': [{'value': '0'}]}}", "read-only-header"),
    ("{'status': '200', 'headers': {'keep-alive': [{'value': '0'}]}}", "disallowed-header"),
    ("{'status': '200', 'headers': {'x-a': {'value': '0'}}}", "header-structure"),
    ("{'status': '200', 'body': {'a': 1}}", "body-is-a-string"),
    ("{'status': '200', 'body': 'a', 'bodyEncoding': 'gzip'}", "body-encoding"),
    ("{'status': '200', 'body': '%%%', 'bodyEncoding': 'base64'}", "body-encoding"),
    ("{'status': '204', 'body': 'a'}", "no-body-in-204"),
    ("{'status': '200', 'body': 'a' * 40961}", "response-size"),
    ("{'status': '200', 'headers': {'x-a': [{'value': 'a' * 40960}]}}", "response-size"),
]

RESPONSE_BREACHES = [
    ("None", "result-is-an-object"),
    ("response | {'status': '404'}", "status-unchanged"),
    ("response | {'status': 200}", "status-is-a-string"),
    ("{'headers': response['headers']}", "status-is-a-string"),
    ("response | {'body': 'text'}", "no-body-in-viewer-response"),
    ("response | {'headers': None}", "header-structure"),
    ("response | {'headers': {}}", "read-only-header"),
    (
        "response | {'headers': {**response['headers'], 'content-length': [{'value': '1'}]}}",
        "read-only-header",
    ),
    (
        "response | {'headers': {**response['headers'], 'content-encoding': [{'value': 'br'}]}}",
        "read-only-header",
    ),
    ("response | {'headers': {**response['headers'], 'warning': [{'value': '1'}]}}", "read-only-header"),
    ("response | {'headers': {**response['headers'], 'x-cache': [{'value': '1'}]}}", "disallowed-header"),
    ("response | {'headers': {**response['headers'], 'x-a': [{'value': 'a\\rb'}]}}", "header-characters"),
    ("response | {'headers': {**response['headers'], 'x-a': [{'value': 'a' * 40960}]}}", "response-size"),
]


def check_breach(site: Any, event_type: str, rule: str) -> None:
    response = site.ask("/?a=1")
    assert response.status == 502
    assert response.values("x-cache") == ["LambdaValidationError from local-edge"]
    (breach,) = site.rule_breaches
    assert (breach.event_type, breach.rule) == (event_type, rule)
    (message,) = site.log
    assert (message["message"], message["rule"]) == ("function result failed validation", rule)
    assert message["page"] == next(one.page for one in Rule if one.id == rule)
    assert message["detail"]


@pytest.mark.parametrize(("returned", "rule"), REQUEST_BREACHES)
def test_a_breach_in_viewer_request_is_a_502_with_the_rule_logged(
    workshop: Any, returned: str, rule: str
) -> None:
    site = workshop.site(sources.returning(returned), sources.PASS_RESPONSE)
    check_breach(site, "viewer-request", rule)
    assert site.origin.received == []


@pytest.mark.parametrize(("returned", "rule"), RESPONSE_BREACHES)
def test_a_breach_in_viewer_response_is_a_502_with_the_rule_logged(
    workshop: Any, returned: str, rule: str
) -> None:
    check_breach(workshop.site(response=sources.returning(returned)), "viewer-response", rule)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("{'action': 'replace', 'encoding': 'base64', 'data': '%'}", "body-encoding"),
        ("{'action': 'replace', 'data': 'text!'}", "body-encoding"),
        ("{'action': 'replace', 'encoding': 'gzip', 'data': 'a'}", "body-encoding"),
        ("{'action': 'replace', 'encoding': 'text', 'data': None}", "body-is-a-string"),
    ],
)
def test_a_replaced_body_that_breaks_a_rule_is_a_502(workshop: Any, body: str, rule: str) -> None:
    site = workshop.site(sources.returning(f"request | {{'body': {body}}}"), include_body=True)
    check_breach(site, "viewer-request", rule)


@pytest.mark.parametrize(
    "returned",
    [
        "request",
        "{'uri': request['uri'], 'method': request['method'], 'headers': request['headers']}",
        "request | {'uri': '/other', 'querystring': ''}",
        "request | {'headers': {**request['headers'], 'x-a': [{'value': ''}, {'value': 'b'}]}}",
        "request | {'querystring': 'a=%20&b=%23'}",
        "request | {'querystring': 'a' * 8189}",
        "request | {'headers': {**request['headers'], 'x-amzn-trace-id': [{'value': '1'}]}}",
        "{'status': '200'}",
        "{'status': '200', 'body': 'a' * 40960}",
        "{'status': '200', 'headers': {'cloudfront-viewer-country': [{'value': 'DE'}]}}",
        "{'status': '200', 'statusDescription': None, 'headers': {}, 'body': ''}",
    ],
)
def test_a_result_within_the_rules_is_accepted(workshop: Any, returned: str) -> None:
    site = workshop.site(sources.returning(returned))
    assert site.ask("/?a=1").status == 200
    assert site.rule_breaches == []
