"""An AWS account to run the function in: a CloudFront of ours, moto's Parameter Store, Lambda by a list of ARNs."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from behavior_association import handler
from tests.behavior_association.cloudfront import ACCOUNT, CloudFront
from tests.behavior_association.cloudfront_server import CloudFrontServer
from tests.behavior_association.distributions import DISTRIBUTION, arn, behavior, distribution, pair

NOW = 1_790_000_000


@cache
def _client(service: str, endpoint_url: str | None = None) -> Any:
    """One client for all tests: what Parameter Store is asked, moto answers afresh for each."""
    session: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "not-a-real-key", region_name="us-east-1")
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=endpoint_url, config=config)


class Functions:
    """Lambda, as far as asking for a function goes."""

    def __init__(self) -> None:
        self.arns = {
            arn(f"{connector}-viewer-{part}", version)
            for connector in ("shop", "shop2")
            for part in ("request", "response")
            for version in range(1, 6)
        }

    def get_function(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        """As boto3's, less the answer."""
        if FunctionName not in self.arns:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "Function not found"}},
                "GetFunction",
            )
        return {}


class Account:
    """Call it with an event to run the function; `lines` is what it logged, `waits` how long it slept."""

    parameter = f"/queueit/shop/behavior-association/{DISTRIBUTION}"

    def __init__(self, server: CloudFrontServer) -> None:
        from moto.ssm.models import ssm_backends  # loads all of EC2's

        ssm_backends[ACCOUNT].reset()
        self.cloudfront = server.cloudfront = CloudFront()
        self.functions = Functions()
        self.lines: list[str] = []
        self.waits: list[float] = []
        self.now = float(NOW)
        self.ssm = _client("ssm")
        self.clients = {
            "cloudfront": _client("cloudfront", server.url),
            "ssm": self.ssm,
            "lambda": self.functions,
        }

    def put_shop(self) -> None:
        """A distribution with behaviors for tickets, the basket and images."""
        ordered = [behavior("/tickets/*"), behavior("basket*"), behavior("*.jpg")]
        self.has(*ordered)

    def has(self, *ordered: Any, **changes: Any) -> None:
        """Make the distribution one of these behaviors."""
        self.cloudfront.put(DISTRIBUTION, distribution(*ordered, **changes))

    def __call__(self, *path_patterns: str | None, **event: Any) -> dict[str, Any]:
        self.now += 1
        document = {
            "distribution_id": DISTRIBUTION,
            "path_patterns": list(path_patterns),
            "associations": pair(),
            **event,
        }
        return handler.run(
            document,
            {"AWS_LAMBDA_FUNCTION_NAME": "shop-behavior-association"},
            client=self.clients.__getitem__,
            clock=lambda: self.now,
            sleep=self.waits.append,
            print_line=self.lines.append,
        )

    def detach(self, *path_patterns: str | None, **event: Any) -> dict[str, Any]:
        """As Terraform does on destroy: the input of the state, and `tf`."""
        return self(*path_patterns, tf={"action": "delete", "prev_input": {}}, **event)

    @property
    def config(self) -> dict[str, Any]:
        """The distribution as it is stored."""
        return self.cloudfront.config(DISTRIBUTION)

    def record(self) -> str | None:
        """The record's text; None without one."""
        try:
            value: str = self.ssm.get_parameter(Name=self.parameter)["Parameter"]["Value"]
        except self.ssm.exceptions.ParameterNotFound:
            return None
        return value
