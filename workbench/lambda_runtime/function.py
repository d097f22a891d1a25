"""A version of a function, unpacked, with all that Lambda needs to run it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

DEFAULT_RUNTIME = "python3.13"
"""What the Terraform module chooses where nothing else is said."""


class LambdaFunction(NamedTuple):
    """A function's version: `directory` is its unpacked zip, `environment` all that its process gets to see.

    `with_sdk` lets it import boto3, as Lambda's runtime does; a function at the edge is kept from it.
    """

    name: str
    arn: str
    version: str
    handler: str
    directory: Path
    environment: Mapping[str, str]
    runtime: str = DEFAULT_RUNTIME
    with_sdk: bool = False


class Quotas(NamedTuple):
    """How long and how large a function may be; as they stand, what Lambda@Edge grants at viewer events."""

    timeout_seconds: float = 5.0
    init_timeout_seconds: float = 10.0
    memory_mb: int = 128


_BUSY_MACHINE = 6
"""How many times as long as at Lambda, with a CPU to itself, importing boto3 may take on a machine that runs tests."""

IN_REGION = Quotas(timeout_seconds=60.0, init_timeout_seconds=10.0 * _BUSY_MACHINE, memory_mb=256)
"""What the functions in us-east-1 get: the Terraform module's defaults, and time to initialise."""


def reserved_variables(
    name: str, version: str, handler: str, directory: Path, *, runtime: str, region: str, memory_mb: int
) -> dict[str, str]:
    """Lambda's reserved environment variables, but for the credentials and the Runtime API's address.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "LAMBDA_TASK_ROOT": str(directory),
        "_HANDLER": handler,
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }
