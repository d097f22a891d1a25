"""CloudFront's rules for what a function returns (protocol section 8). Pure: a result in, a checked value out."""

import base64
import binascii
import re
from typing import Any, NamedTuple

from workbench.local_edge.restricted_headers import (
    READ_ONLY_IN_VIEWER_REQUEST,
    READ_ONLY_IN_VIEWER_RESPONSE,
    VIEWER_COUNTRY,
    is_disallowed,
)
from workbench.local_edge.rule_table import Rule
from workbench.local_edge.viewer_event import HeaderLines, header_lines

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f#]")
_STATUS = re.compile(r"[2-5][0-9][0-9]")


class RuleBroken(Exception):
    """A result that CloudFront refuses; `detail` says what was wrong."""

    def __init__(self, rule: Rule, detail: str) -> None:
        self.rule = rule
        self.detail = detail
        super().__init__(f"{rule.id}: {detail}")


class GeneratedResponse(NamedTuple):
    """A response that viewer-request made."""

    status: int
    reason: str
    headers: HeaderLines
    body: bytes


class ChangedRequest(NamedTuple):
    """The request that viewer-request returned; `body` is None where the visitor's own goes on."""

    document: dict[str, Any]
    body: bytes | None


class ChangedResponse(NamedTuple):
    """The reason and headers that viewer-response returned."""

    reason: str
    headers: HeaderLines


def check_viewer_request_result(
    result: object, request: dict[str, Any]
) -> ChangedRequest | GeneratedResponse:
    """What viewer-request returned for `request`, `Records[0].cf.request` of its event. Raises RuleBroken."""
    if not isinstance(result, dict):
        raise RuleBroken(Rule.RESULT_IS_AN_OBJECT, f"viewer-request returned {_kind(result)}, not an object")
    if "status" in result:
        return _generated_response(result)
    return _changed_request(result, request)


def check_viewer_response_result(result: object, response: dict[str, Any]) -> ChangedResponse:
    """What viewer-response returned for `response`, `Records[0].cf.response` of its event. Raises RuleBroken."""
    if not isinstance(result, dict):
        raise RuleBroken(Rule.RESULT_IS_AN_OBJECT, f"viewer-response returned {_kind(result)}, not an object")
    status = _status(result)
    if status != response["status"]:
        raise RuleBroken(
            Rule.STATUS_UNCHANGED,
            f"viewer-response changed the status from {response['status']} to {status}",
        )
    if result.get("body") is not None:
        raise RuleBroken(Rule.NO_BODY_IN_VIEWER_RESPONSE, "viewer-response returned a body")
    headers = _headers(result)
    _check_read_only(headers, response["headers"], READ_ONLY_IN_VIEWER_RESPONSE)
    reason = _reason(result)
    lines = header_lines(headers)
    _check_size(lines, b"")
    return ChangedResponse(reason, lines)


def _changed_request(result: dict[str, Any], request: dict[str, Any]) -> ChangedRequest:
    for name, rule in (
        ("method", Rule.METHOD_UNCHANGED),
        ("clientIp", Rule.CLIENT_IP_UNCHANGED),
    ):
        if name in result and result[name] != request[name]:
            raise RuleBroken(rule, f"{name} changed from {request[name]!r} to {result[name]!r}")
    uri = result.get("uri")
    if not isinstance(uri, str) or not uri.startswith("/"):
        raise RuleBroken(Rule.URI_STARTS_WITH_SLASH, f"uri is {uri!r}")
    querystring = result.get("querystring", "")
    if not isinstance(querystring, str):
        raise RuleBroken(Rule.QUERYSTRING_IS_A_STRING, f"querystring is {_kind(querystring)}")
    if _NOT_IN_URL.search(uri) or "?" in uri:
        raise RuleBroken(Rule.URI_CHARACTERS, f"uri {uri!r} holds a space, a control character, ? or #")
    if _NOT_IN_URL.search(querystring):
        raise RuleBroken(Rule.QUERYSTRING_CHARACTERS, "querystring holds a space, a control character or #")
    size = len(uri) + (len(querystring) + 1 if querystring else 0)
    if size >= Rule.URL_SIZE.limit:
        raise RuleBroken(Rule.URL_SIZE, f"uri and querystring have {size} characters")
    headers = _headers(result)
    _check_read_only(headers, request["headers"], READ_ONLY_IN_VIEWER_REQUEST)
    if _values(headers.get(VIEWER_COUNTRY)) not in ([], _values(request["headers"].get(VIEWER_COUNTRY))):
        raise RuleBroken(Rule.VIEWER_COUNTRY_HEADER, f"{VIEWER_COUNTRY} was added or changed")
    document = {**request, "uri": uri, "querystring": querystring, "headers": headers}
    return ChangedRequest(document, _replaced_body(result, request))


def _replaced_body(result: dict[str, Any], request: dict[str, Any]) -> bytes | None:
    body = result.get("body")
    if body is None:
        return None
    if not isinstance(body, dict):
        raise RuleBroken(Rule.BODY_IS_AN_OBJECT, f"body is {_kind(body)}")
    action = body.get("action", "read-only")
    if action not in ("read-only", "replace"):
        raise RuleBroken(Rule.BODY_ACTION, f"body.action is {action!r}; read-only and replace exist")
    if action == "read-only":
        return None
    if "body" not in request:
        raise RuleBroken(Rule.BODY_NEEDS_INCLUDE_BODY, "a body is replaced without IncludeBody")
    data, encoding = body.get("data", ""), body.get("encoding", "base64")
    decoded = _decoded_body(data, encoding)
    if encoding == "text":
        return decoded[: Rule.REPLACED_TEXT_CUT.limit]
    return base64.b64decode(data[: Rule.REPLACED_BASE64_CUT.limit])


def _generated_response(result: dict[str, Any]) -> GeneratedResponse:
    status = _status(result)
    headers = _headers(result)
    for name in sorted(READ_ONLY_IN_VIEWER_REQUEST & headers.keys()):
        raise RuleBroken(Rule.READ_ONLY_HEADER, f"the generated response sets {name}")
    body = b""
    if result.get("body") is not None:
        body = _decoded_body(result["body"], result.get("bodyEncoding", "text"))
    if status == "204" and body:
        raise RuleBroken(Rule.NO_BODY_IN_204, "a response of status 204 has a body")
    reason = _reason(result)
    lines = header_lines(headers)
    _check_size(lines, body)
    return GeneratedResponse(int(status), reason, lines, body)


def _decoded_body(data: object, encoding: object) -> bytes:
    if not isinstance(data, str):
        raise RuleBroken(Rule.BODY_IS_A_STRING, f"the body is {_kind(data)}")
    if encoding == "text":
        return data.encode()
    if encoding != "base64":
        raise RuleBroken(Rule.BODY_ENCODING, f"the body's encoding is {encoding!r}; text and base64 exist")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise RuleBroken(Rule.BODY_ENCODING, "the body is not valid base64") from None


def _status(result: dict[str, Any]) -> str:
    status = result.get("status")
    if not isinstance(status, str):
        raise RuleBroken(Rule.STATUS_IS_A_STRING, f"status is {_kind(status)}")
    if not _STATUS.fullmatch(status):
        raise RuleBroken(Rule.STATUS_FROM_200_TO_599, f"status is {status!r}")
    return status


def _reason(result: dict[str, Any]) -> str:
    reason = result.get("statusDescription")
    if reason is None:
        return ""
    if not isinstance(reason, str) or _CONTROL.search(reason):
        raise RuleBroken(Rule.STATUS_DESCRIPTION, "statusDescription is not a string of printable characters")
    return reason


def _headers(result: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    headers = result.get("headers", {})
    if not isinstance(headers, dict):
        raise RuleBroken(Rule.HEADER_STRUCTURE, f"headers is {_kind(headers)}, not an object")
    for name, lines in headers.items():
        _check_header(name, lines)
    return headers


def _check_header(name: str, lines: object) -> None:
    if name != name.lower() or not _TOKEN.fullmatch(name):
        raise RuleBroken(Rule.HEADER_NAME, f"{name!r} is not a header name in lower case")
    if is_disallowed(name):
        raise RuleBroken(Rule.DISALLOWED_HEADER, f"{name} may not be set by a function")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise RuleBroken(Rule.HEADER_STRUCTURE, f"{name} is not a list of {{key, value}} objects")
    for line in lines:
        key, value = line.get("key", name), line.get("value")
        if not isinstance(key, str) or not isinstance(value, str):
            raise RuleBroken(Rule.HEADER_STRUCTURE, f"{name}: key and value must be strings")
        if key.lower() != name:
            raise RuleBroken(Rule.HEADER_NAME, f"the key {key!r} does not belong to {name}")
        if _CONTROL.search(value):
            raise RuleBroken(Rule.HEADER_CHARACTERS, f"a value of {name} holds a control character")


def _check_read_only(headers: dict[str, Any], before: dict[str, Any], read_only: frozenset[str]) -> None:
    for name in sorted(read_only):
        if _values(headers.get(name)) != _values(before.get(name)):
            raise RuleBroken(Rule.READ_ONLY_HEADER, f"{name} was added, deleted or changed")


def _values(lines: list[dict[str, str]] | None) -> list[str]:
    return [line["value"] for line in lines or []]


def _check_size(lines: HeaderLines, body: bytes) -> None:
    size = sum(len(name.encode()) + len(value.encode()) + 4 for name, value in lines) + len(body)
    if size > Rule.RESPONSE_SIZE.limit:
        raise RuleBroken(Rule.RESPONSE_SIZE, f"headers and body are {size} bytes")


def _kind(value: object) -> str:
    return {type(None): "null", dict: "an object", list: "a list", str: "a string"}.get(
        type(value), f"{type(value).__name__} {value!r}"
    )
