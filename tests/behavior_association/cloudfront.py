"""A CloudFront in memory that stores and refuses what the real one does, as far as associations can tell.

Parameters are validated, written as XML and read back by botocore's own service model, so whatever the API would drop,
reorder or refuse to serialize is dropped, reordered or refused here too. ETags, 412, statuses and the rules for
functions follow AWS's API reference and its pages on edge functions' restrictions and quotas.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import botocore.session
from botocore.exceptions import ClientError, ParamValidationError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

Config = dict[str, Any]

ACCOUNT = "123456789012"

_SERVICE: Any = botocore.session.get_session().get_service_model("cloudfront")
_UPDATE = _SERVICE.operation_model("UpdateDistribution")
_READ = _SERVICE.operation_model("GetDistributionConfig")
_VERSION = re.compile(rf"arn:aws:lambda:us-east-1:{ACCOUNT}:function:[A-Za-z0-9_-]+:[0-9]+")
_VIEWER_EVENTS = frozenset(("viewer-request", "viewer-response"))
_LAMBDA_EVENTS = _VIEWER_EVENTS | {"origin-request", "origin-response"}


class _Distribution(NamedTuple):
    body: bytes
    etag: str
    status: str


class CloudFront:
    """Distributions by id. `refuses` makes updates of a distribution fail with an error code.

    `before_update` are called, each once, right before an update is looked at: somebody else's turn.
    """

    def __init__(self, quota: int = 100) -> None:
        self.quota = quota
        self.refuses: dict[str, str] = {}
        self.before_update: list[Callable[[], None]] = []
        self.updates: list[str] = []
        self.not_allowed = 0
        self.missing_functions: set[str] = set()
        self._distributions: dict[str, _Distribution] = {}
        self._etags = (f"E{number:013X}" for number in itertools.count(0xA1))

    def put(self, distribution_id: str, config: Config) -> None:
        """Create a distribution, or replace it as its owner would, whatever its ETag."""
        self._check(distribution_id, config)
        body = _written({"Id": distribution_id, "DistributionConfig": config})
        self._distributions[distribution_id] = _Distribution(body, next(self._etags), "InProgress")

    def config(self, distribution_id: str) -> Config:
        """What is stored, without an ETag."""
        config: Config = self.get_distribution_config(Id=distribution_id)["DistributionConfig"]
        return config

    def deployed(self, distribution_id: str) -> None:
        """Let a deployment end."""
        self._distributions[distribution_id] = self._distributions[distribution_id]._replace(
            status="Deployed"
        )

    def status(self, distribution_id: str) -> str:
        """InProgress after a change, until `deployed`."""
        return self._distributions[distribution_id].status

    def delete(self, distribution_id: str) -> None:
        """Remove a distribution, as its owner would."""
        del self._distributions[distribution_id]

    def stored(self, distribution_id: str) -> tuple[bytes, str]:
        """A configuration as XML, and its ETag. Raises ClientError as GetDistributionConfig does."""
        if self.not_allowed:
            self.not_allowed -= 1
            raise _error("AccessDenied", 403, "not authorized to perform cloudfront:GetDistributionConfig")
        distribution = self._stored(distribution_id, "GetDistributionConfig")
        return distribution.body, distribution.etag

    # The operations of boto3's client.

    def get_distribution_config(self, *, Id: str) -> dict[str, Any]:  # noqa: N803
        """As boto3's."""
        body, etag = self.stored(Id)
        response = {"status_code": 200, "headers": {"ETag": etag}, "body": body}
        answer: dict[str, Any] = create_parser("rest-xml").parse(response, _READ.output_shape)
        del answer["ResponseMetadata"]
        return answer

    def update_distribution(self, **parameters: Any) -> dict[str, Any]:
        """As boto3's, less the answer's body."""
        report = ParamValidator().validate(parameters, _UPDATE.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        distribution_id, config = parameters["Id"], parameters["DistributionConfig"]
        if self.before_update:
            self.before_update.pop(0)()
        stored = self._stored(distribution_id, "UpdateDistribution")
        if "IfMatch" not in parameters:
            raise _error("InvalidIfMatchVersion", 400, "The If-Match version is missing or not valid.")
        if parameters["IfMatch"] != stored.etag:
            raise _error(
                "PreconditionFailed", 412, "The request failed because it didn't meet a precondition."
            )
        if distribution_id in self.refuses:
            raise _error(self.refuses[distribution_id], 400, "as the test has it")
        if config["CallerReference"] != self.config(distribution_id)["CallerReference"]:
            raise _error("IllegalUpdate", 400, "CallerReference cannot be changed.")
        self.put(distribution_id, config)
        self.updates.append(distribution_id)
        return {"ETag": self._distributions[distribution_id].etag}

    def _stored(self, distribution_id: str, operation: str) -> _Distribution:
        try:
            return self._distributions[distribution_id]
        except KeyError:
            raise _error(
                "NoSuchDistribution", 404, "The specified distribution does not exist.", operation
            ) from None

    def _check(self, distribution_id: str, config: Config) -> None:
        behaviors = [config["DefaultCacheBehavior"], *_items(config, "CacheBehaviors")]
        patterns = [item["PathPattern"].removeprefix("/") for item in behaviors[1:]]
        if len(set(patterns)) < len(patterns):
            raise _error("InvalidArgument", 400, "Two behaviors have one path pattern.")
        for behavior in behaviors:
            lambdas, functions = (
                _items(behavior, "LambdaFunctionAssociations"),
                _items(behavior, "FunctionAssociations"),
            )
            self._check_lambdas(lambdas)
            events = [item["EventType"] for item in [*lambdas, *functions]]
            if len(set(events)) < len(events):
                raise _error("InvalidFunctionAssociation", 400, "Two functions on one event type.")
            if functions and _VIEWER_EVENTS & {item["EventType"] for item in lambdas}:
                raise _error("InvalidFunctionAssociation", 400, "Functions and Lambda@Edge on viewer events.")
            if not {item["EventType"] for item in functions} <= _VIEWER_EVENTS:
                raise _error("InvalidFunctionAssociation", 400, "Functions run on viewer events.")
        if sum(len(_items(behavior, "LambdaFunctionAssociations")) for behavior in behaviors) > self.quota:
            raise _error("TooManyLambdaFunctionAssociations", 400, "More associations than are allowed.")

    def _check_lambdas(self, lambdas: list[Any]) -> None:
        for item in lambdas:
            arn, event_type = item["LambdaFunctionARN"], item["EventType"]
            if not _VERSION.fullmatch(arn) or arn in self.missing_functions:
                raise _error("InvalidLambdaFunctionAssociation", 400, f"The function ARN {arn} is invalid.")
            if event_type not in _LAMBDA_EVENTS:
                raise _error("InvalidLambdaFunctionAssociation", 400, "Unknown event type.")
            if item.get("IncludeBody") and not event_type.endswith("-request"):
                raise _error("InvalidLambdaFunctionAssociation", 400, "No body for response events.")


def _items(parent: Mapping[str, Any], key: str) -> list[Any]:
    listed = parent.get(key) or {"Quantity": 0}
    content = list(listed.get("Items") or [])
    if listed["Quantity"] != len(content):
        raise _error("InconsistentQuantities", 400, f"The quantity of {key} is not that of its items.")
    return content


def _written(parameters: dict[str, Any]) -> bytes:
    body: bytes = create_serializer("rest-xml").serialize_to_request(parameters, _UPDATE)["body"]
    return body


def _error(code: str, status: int, message: str, operation: str = "UpdateDistribution") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )
