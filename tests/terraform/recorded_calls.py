"""What Terraform asks of AWS, in the words of IAM.

A proxy notes the action and the resource of each request, and passes it on.
"""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import botocore.session

_ACCOUNT, _REGION = "123456789012", "us-east-1"
_SERVICES = {"monitoring": "cloudwatch"}
_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}


class Call(NamedTuple):
    """An action such as `lambda:GetFunction`, and the ARN that it is about; `*` where it names none."""

    action: str
    resource: str


@cache
def _operations(service: str) -> list[tuple[str, str, re.Pattern[str], set[str]]]:
    """Name, method, path and fixed query of a REST service's operations, from AWS's own model of it."""
    model = botocore.session.get_session().get_service_model(service)
    operations = []
    for name in model.operation_names:
        description = model.operation_model(name).http
        uri, _, query = description["requestUri"].partition("?")
        path = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(uri.rstrip("/"))) + "/?")
        operations.append((name, description["method"], path, set(query.split("&")) - {""}))
    return operations


def _operation(service: str, method: str, path: str, query: str) -> str:
    fitting = [
        (name, fixed)
        for name, its, pattern, fixed in _operations(service)
        if its == method and pattern.fullmatch(path) and fixed <= set(query.split("&"))
    ]
    longest = max([len(fixed) for _, fixed in fitting], default=0)
    found = [name for name, fixed in fitting if len(fixed) == longest]
    if len(found) != 1:
        raise ValueError(f"{method} {path} of {service} is none of its operations: {found}")
    return found[0]


def _arn(service: str, resource: str) -> str:
    return resource if resource.startswith("arn:") else f"arn:aws:{service}:{_REGION}:{_ACCOUNT}:{resource}"


def _resource(service: str, path: str, fields: dict[str, Any]) -> str:
    """What a request is about, from the fields of its body or query, or from its path."""
    if service == "cloudfront":
        named = re.match(r"/[^/]+/distribution/([^/]+)", path)
        return (
            f"arn:aws:cloudfront::{_ACCOUNT}:distribution/{named[1]}"
            if named
            else fields.get("Resource", "*")
        )
    arn = fields.get("ResourceArn") or fields.get("resourceArn") or fields.get("ResourceARN")
    if arn:
        return str(arn)
    parts = [unquote(part) for part in path.split("/")]
    if service == "lambda":
        name = fields.get("FunctionName") or (parts[3] if len(parts) > 3 else "")
        return _arn(service, str(name) if str(name).startswith("arn:") else f"function:{name}")
    if service == "scheduler":
        return _arn(service, f"schedule/default/{parts[2]}")
    if service == "dynamodb":
        return _arn(service, f"table/{fields['TableName']}")
    if service == "secretsmanager":
        secret = fields.get("SecretId") or f"secret:{fields['Name']}-AbCdEf"
        return _arn(service, secret)
    if service == "logs" and "logGroupName" in fields:
        return _arn(service, f"log-group:{fields['logGroupName']}")
    if service == "iam" and "RoleName" in fields:
        return f"arn:aws:iam::{_ACCOUNT}:role/{fields['RoleName']}"
    dashboard = fields.get("DashboardName") or fields.get("DashboardNames.member.1")
    if service == "cloudwatch" and dashboard:
        return f"arn:aws:cloudwatch::{_ACCOUNT}:dashboard/{dashboard}"
    alarm = fields.get("AlarmName") or fields.get("AlarmNames.member.1")
    if service == "cloudwatch" and alarm and fields["Action"] != "DescribeAlarms":
        return _arn(service, f"alarm:{alarm}")
    return "*"


def calls_of(service: str, method: str, path: str, target: str, body: bytes) -> list[Call]:
    """What IAM checks for a request: its action, and iam:PassRole where it hands a role to a service."""
    service = _SERVICES.get(service, service)
    path, _, query = path.partition("?")
    text = body.decode() if service != "cloudfront" else query
    fields: dict[str, Any]
    fields = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
    # In JSON, "Action" is a parameter: what AddPermission permits.
    named = target.rpartition(".")[2] or ("" if text.startswith("{") else fields.get("Action"))
    operation = named or _operation(service, method, path, query)
    action = f"{service}:{operation}"
    calls = [Call(_ACTIONS.get(action, action), _resource(service, path, fields))]
    role = fields.get("Role") or (fields.get("Target") or {}).get("RoleArn")
    if role:
        calls.append(Call("iam:PassRole", role))
    return calls


def allows(policy: dict[str, Any], call: Call) -> bool:
    """Whether a statement of the policy names the call. Conditions are not looked at."""
    return any(
        any(fnmatchcase(call.action.lower(), action.lower()) for action in statement["Action"])
        and any(fnmatchcase(call.resource, resource) for resource in statement["Resource"])
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
    )


@contextmanager
def recorded(url: str) -> Iterator[tuple[str, set[Call]]]:
    """A proxy in front of `url`: its own URL, and the calls it has seen."""
    address = urlsplit(url).netloc
    calls: set[Call] = set()

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            signed = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers.get("Authorization", ""))
            if signed:
                target = self.headers.get("X-Amz-Target", "")
                calls.update(calls_of(signed[1], self.command, self.path, target, body))
            connection = http.client.HTTPConnection(address, timeout=120)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 the names that http.server looks for

        def log_message(self, format: str, *arguments: Any) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
