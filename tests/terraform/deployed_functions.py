"""Functions that Terraform deployed, taken back from the account."""

import base64
import hashlib
from pathlib import Path

import requests

from tests.terraform.aws import Aws


def take_back(aws: Aws, arn: str, directory: Path) -> tuple[str, Path, str]:
    """Name, zip and handler of the version that `arn` names, as the account has them."""
    function = aws.client("lambda").get_function(FunctionName=arn)
    configuration = function["Configuration"]
    with requests.Session() as session:
        session.trust_env = False
        code = session.get(function["Code"]["Location"], timeout=10).content
    assert base64.b64encode(hashlib.sha256(code).digest()).decode() == configuration["CodeSha256"]
    path = directory / f"{configuration['FunctionName']}.zip"
    path.write_bytes(code)
    return configuration["FunctionName"], path, configuration["Handler"]
