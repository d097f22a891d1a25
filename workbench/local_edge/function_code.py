"""A function as it was deployed: its zip, unpacked, and the environment it runs in."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from workbench.lambda_runtime import LambdaFunction, Quotas, reserved_variables
from workbench.lambda_runtime.function import DEFAULT_RUNTIME
from workbench.local_edge.distribution import Association

FAKE_SESSION_TOKEN = "local-edge-fake-session-token"
_FAKE_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ASIALOCALEDGEFAKEKEY",
    "AWS_SECRET_ACCESS_KEY": "local-edge-fake-secret-access-key",
    "AWS_SESSION_TOKEN": FAKE_SESSION_TOKEN,
}
_SETTABLE = frozenset(
    {*_FAKE_CREDENTIALS, "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"}
)


def deploy(
    association: Association,
    zip_path: Path,
    handler: str,
    *,
    environment: Mapping[str, str],
    quotas: Quotas,
    directory: Path,
) -> LambdaFunction:
    """Unpack the zip into `directory` and make the environment of Lambda's reserved variables.

    `environment` may set where and as whom the function calls AWS (region, credentials, endpoints); any other name
    raises ValueError, because a function at the edge has no variables of its own.
    """
    foreign = sorted(set(environment) - _SETTABLE)
    if foreign:
        raise ValueError(
            f"{foreign[0]} cannot be set: Lambda@Edge functions have no environment variables but Lambda's own; "
            f"here one may set {', '.join(sorted(_SETTABLE))}"
        )
    directory.mkdir()
    with zipfile.ZipFile(zip_path) as archive:
        archive.extractall(directory)
    region = environment.get("AWS_REGION", "us-east-1")
    name, version = f"us-east-1.{association.function}", association.version
    reserved = reserved_variables(
        name, version, handler, directory, runtime=DEFAULT_RUNTIME, region=region, memory_mb=quotas.memory_mb
    )
    variables = {**_FAKE_CREDENTIALS, **reserved, **environment}
    return LambdaFunction(association.function, association.arn, version, handler, directory, variables)


def for_worker(function: LambdaFunction, number: int) -> LambdaFunction:
    """The function as its worker of that number runs it: each has a session of its own, as in Lambda.

    So a stand-in for AWS can tell workers apart. Credentials that were given stay as they are.
    """
    token = function.environment["AWS_SESSION_TOKEN"]
    if token != FAKE_SESSION_TOKEN:
        return function
    return function._replace(environment={**function.environment, "AWS_SESSION_TOKEN": f"{token}-{number}"})


def number_of_worker(session_token: str) -> int | None:
    """The number in a session token of `for_worker`; None in any other."""
    begin, _, number = session_token.rpartition("-")
    return int(number) if begin == FAKE_SESSION_TOKEN and number.isdecimal() else None
