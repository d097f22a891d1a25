"""AWS in a process of its own: moto's server, and what moto lacks that a connector is made of.

Its own, because moto keeps its state in the process, and tests beside these reset it. Started as
`python aws_process.py PLATFORMS CLOUDFRONT`, it says its URL in one line and serves until standard input ends.
PLATFORMS is a JSON object: where the waiting room of each customer id is reached; that of any other customer id is the
first. CLOUDFRONT is where deployed functions find CloudFront, empty for here.

What is added to moto:

- An invocation runs the function as Terraform deployed it: its zip and its handler, cold, under AWS's runtime client,
  with the environment that Terraform gave it and what Lambda adds. One variable is the tests': QUEUEIT_BASE_URL,
  which leads to the sample waiting room instead of `https://{customer id}.queue-it.net`.
- /calls tells invocations, and changes of a role's policy, in their order, a line each.
- The code's location that GetFunction names serves the zip.
- A function that a behavior has named is not deleted at the first try but at the second, as CloudFront still has
  replicas of it: Lambda's error for that is what the provider waits for.
- A second statement of one id is refused in a function's policy: by that error the provider knows that there is one.
- CloudFront remembers the functions of a behavior, and makes up neither ForwardedValues beside a cache policy nor a
  certificate beside its own.
- DynamoDB has replicas: a table of the same name in the other region, active at once. Items are not copied.
"""

import json
import os
import re
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.models import LambdaFunction as MotoFunction
from moto.awslambda.policy import Policy
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from moto.cloudfront.models import DefaultCacheBehaviour, ViewerCertificate
from moto.core.config import default_user_config
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from workbench.lambda_runtime import (
    IN_REGION,
    Answer,
    ExecutionEnvironment,
    LambdaFunction,
    reserved_variables,
)

_ACCOUNT, _REGION = "123456789012", "us-east-1"

_HOST = "127.0.0.1"
_CODE_PATH = "/deployed-code/"

_Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _QuietHandler(WSGIRequestHandler):
    """Writes no line a request."""

    def log_request(self, *arguments: Any) -> None:
        """Write nothing."""


def run_function(deployed: Any, event: Any, environment: dict[str, str]) -> Answer:
    """Run a function of moto's once, as Lambda would: a cold start of its zip, under its runtime."""
    quotas = IN_REGION._replace(memory_mb=deployed.memory_size)
    with tempfile.TemporaryDirectory(prefix="function-") as directory:
        with zipfile.ZipFile(BytesIO(deployed.code_bytes)) as archive:
            archive.extractall(directory)
        reserved = reserved_variables(
            deployed.function_name,
            deployed.version,
            deployed.handler,
            Path(directory),
            runtime=deployed.run_time,
            region=_REGION,
            memory_mb=quotas.memory_mb,
        )
        function = LambdaFunction(
            deployed.function_name,
            deployed.function_arn,
            deployed.version,
            deployed.handler,
            Path(directory),
            {**reserved, **environment},
            runtime=deployed.run_time,
            with_sdk=True,
        )
        running = ExecutionEnvironment(function, quotas, lambda line: None)
        try:
            return running.failure or running.invoke(event)
        finally:
            running.stop()


def _run_deployed_functions(
    url: str, platforms: dict[str, str], cloudfront_url: str, calls: list[str]
) -> None:
    default_user_config["lambda"] = {"use_docker": False}

    def invoke(
        self: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        function = self.get_function(function_name, qualifier)
        platform = platforms.get(function.environment_vars.get("QUEUEIT_CUSTOMER_ID", ""))
        environment = {
            **function.environment_vars,
            "AWS_ACCESS_KEY_ID": "role-access-key-not-real",
            "AWS_SECRET_ACCESS_KEY": "role-secret-access-key-not-real",
            "AWS_ENDPOINT_URL": url,
            "QUEUEIT_BASE_URL": platform or next(iter(platforms.values())),
            **({"AWS_ENDPOINT_URL_CLOUDFRONT": cloudfront_url} if cloudfront_url else {}),
        }
        event = json.loads(body or "{}")
        if "distribution_id" in event:
            calls.append(
                f"Invoke {event.get('tf', {}).get('action', 'rehearsal')} {event['distribution_id']}"
            )
        answer = run_function(function, event, environment)
        if answer.error is not None:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps(answer.error).encode()
        return json.dumps(answer.result).encode()

    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign]


def _serve_code(url: str) -> None:
    describe = MotoFunction.get_code

    def get_code(self: Any) -> dict[str, Any]:
        location = f"{url}{_CODE_PATH}{self.function_name}/{self.version}"
        return describe(self) | {"Code": {"RepositoryType": "S3", "Location": location}}

    MotoFunction.get_code = get_code  # type: ignore[method-assign]


def _with_calls(application: _Application, calls: list[str]) -> _Application:
    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/calls":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return ["\n".join(calls).encode()]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        changed = re.match(rb"Action=((?:Put|Delete)RolePolicy)", body)
        if changed:
            calls.append(changed[1].decode())
        return application(environ, start_response)

    return serve


def _with_code(application: _Application) -> _Application:
    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(_CODE_PATH):
            return application(environ, start_response)
        name, version = environ["PATH_INFO"].removeprefix(_CODE_PATH).split("/")
        code: bytes = lambda_simple_backends[_ACCOUNT][_REGION].get_function(name, version).code_bytes
        start_response("200 OK", [("Content-Type", "application/zip"), ("Content-Length", str(len(code)))])
        return [code]

    return serve


def _remember_what_behaviors_say(replicated: set[str]) -> None:
    make_behavior, make_certificate = DefaultCacheBehaviour.__init__, ViewerCertificate.__init__

    def behavior(self: Any, config: dict[str, Any]) -> None:
        make_behavior(self, config)
        self.lambda_function_associations = config.get("LambdaFunctionAssociations") or {"Quantity": 0}
        for association in self.lambda_function_associations.get("Items") or []:
            replicated.add(association["LambdaFunctionARN"].rpartition(":")[0])
        if "ForwardedValues" not in config:
            self.forwarded_values = None

    def certificate(self: Any, config: dict[str, Any]) -> None:
        make_certificate(self, config)
        self.iam_certificate_id = config.get("IAMCertificateId")
        self.acm_certificate_arn = config.get("ACMCertificateArn")

    DefaultCacheBehaviour.__init__ = behavior  # type: ignore[method-assign]
    ViewerCertificate.__init__ = certificate  # type: ignore[method-assign]


def _hold_replicated_functions(replicated: set[str]) -> None:
    delete = LambdaBackend.delete_function

    def delete_function(self: Any, function_name: str, qualifier: str | None = None) -> None:
        arn = f"arn:aws:lambda:{self.region_name}:{self.account_id}:function:{function_name}"
        if arn in replicated:
            replicated.remove(arn)
            raise InvalidParameterValueException(
                f"Lambda was unable to delete {arn} because it is a replicated function. Please see our "
                "documentation for Deleting Lambda@Edge Functions and Replicas."
            )
        delete(self, function_name, qualifier)

    LambdaBackend.delete_function = delete_function  # type: ignore[method-assign]


class _StatementExists(LambdaClientError):
    code = 409

    def __init__(self, statement_id: str) -> None:
        message = f"The statement id ({statement_id}) provided already exists."
        super().__init__("ResourceConflictException", message)


def _refuse_statements_that_exist() -> None:
    add = Policy.add_statement

    def add_statement(self: Any, raw: str, qualifier: str | None = None) -> Any:
        statement_id = json.loads(raw)["StatementId"]
        if any(statement["Sid"] == statement_id for statement in self.statements):
            raise _StatementExists(statement_id)
        return add(self, raw, qualifier)

    Policy.add_statement = add_statement  # type: ignore[method-assign]


def _keep_replicas() -> None:
    update, describe = DynamoHandler.update_table, Table.describe

    def update_table(self: Any) -> Any:
        tables, name = dynamodb_backends[self.current_account], self.body["TableName"]
        table: Any = tables[self.region].get_table(name)
        replicas = table.__dict__.setdefault("replicas", {})
        for change in self.body.get("ReplicaUpdates") or []:
            for action, replica in change.items():
                region, key = replica["RegionName"], replica.get("KMSMasterKeyId")
                if action == "Create":
                    tables[region].create_table(
                        name,
                        schema=table.schema,
                        throughput=None,
                        attr=table.attr,
                        global_indexes=[],
                        indexes=[],
                        streams=table.stream_specification,
                        billing_mode=table.billing_mode,
                        sse_specification={"Enabled": True, "KMSMasterKeyId": key} if key else None,
                        tags=[],
                        deletion_protection_enabled=False,
                        warm_throughput=None,
                    )
                    replicas[region] = replica
                elif action == "Delete":
                    tables[region].delete_table(name)
                    del replicas[region]
        return update(self)

    def describe_table(self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
        description = describe(self, base_key)
        description[base_key]["Replicas"] = [
            {"ReplicaStatus": "ACTIVE", **replica} for replica in self.__dict__.get("replicas", {}).values()
        ]
        return description

    DynamoHandler.update_table = update_table  # type: ignore[method-assign]
    Table.describe = describe_table  # type: ignore[method-assign]


def main(platforms: str, cloudfront_url: str) -> None:
    """Serve until standard input ends."""
    calls: list[str] = []
    application = _with_calls(_with_code(DomainDispatcherApplication(create_backend_app)), calls)
    server = make_server(_HOST, 0, application, threaded=True, request_handler=_QuietHandler)
    url = f"http://{_HOST}:{server.server_port}"
    replicated: set[str] = set()
    _run_deployed_functions(url, json.loads(platforms), cloudfront_url, calls)
    _serve_code(url)
    _remember_what_behaviors_say(replicated)
    _hold_replicated_functions(replicated)
    _refuse_statements_that_exist()
    _keep_replicas()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(url, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
