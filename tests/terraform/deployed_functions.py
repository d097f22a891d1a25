"""Functions that Terraform deployed, taken back from the account."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tests.terraform.aws import Aws
from workbench.demo.system import as_served_here
from workbench.local_edge import LocalEdge


@contextmanager
def deployed_edge(
    aws: Aws, distribution_id: str, origin_urls: Mapping[str, str], workers_per_function: int = 1
) -> Iterator[LocalEdge]:
    """The distribution and its functions as the account has them; at the end, no function has broken a rule."""
    config = aws.client("cloudfront").get_distribution_config(Id=distribution_id)
    distribution: Any = config["DistributionConfig"]
    associations = distribution["DefaultCacheBehavior"]["LambdaFunctionAssociations"]["Items"]
    with TemporaryDirectory(prefix="deployed-") as directory:
        arns = [item["LambdaFunctionARN"] for item in associations]
        with LocalEdge(
            distribution,
            dict([_take_back(aws, arn, Path(directory)) for arn in arns]),
            environment={"AWS_ENDPOINT_URL": aws.url},
            origin_urls=origin_urls,
            workers_per_function=workers_per_function,
            rewrite_locations=as_served_here,
            log=lambda line: None,
        ) as edge:
            yield edge
            breaches = [breach._asdict() for breach in edge.rule_breaches]
            assert breaches == [], "the functions broke rules of CloudFront"


def _take_back(aws: Aws, arn: str, directory: Path) -> tuple[str, tuple[Path, str]]:
    """Name, and zip and handler, of the version that `arn` names, as the account has them."""
    function = aws.client("lambda").get_function(FunctionName=arn)
    configuration = function["Configuration"]
    with requests.Session() as session:
        session.trust_env = False
        code = session.get(function["Code"]["Location"], timeout=10).content
    assert base64.b64encode(hashlib.sha256(code).digest()).decode() == configuration["CodeSha256"]
    path = directory / f"{configuration['FunctionName']}.zip"
    path.write_bytes(code)
    return configuration["FunctionName"], (path, configuration["Handler"])
