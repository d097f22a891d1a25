"""A CloudFront in memory that stores and refuses what the real one does, as far as associations can tell.

It stores the XML that it gets, settings that no SDK knows included, and reads it by botocore's service model. ETags,
412, statuses and the rules for functions follow AWS's API reference and its pages on edge functions' restrictions
and quotas.
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

    def put(self, distribution_id: str, config: Config | bytes) -> None:
        """Create a distribution, or replace it as its owner would, whatever its ETag."""
        body = config if isinstance(config, bytes) else written(config)
        self._check(read(body))
        self.store(distribution_id, body)

    def store(self, distribution_id: str, body: bytes) -> None:
        """Have whatever XML there is returned, as a later CloudFront might."""
        self._distributions[distribution_id] = _Distribution(body, next(self._etags), "InProgress")

    def config(self, distribution_id: str) -> Config:
        """What is stored, as an SDK reads it."""
        return read(self.document(distribution_id))

    def document(self, distribution_id: str) -> bytes:
        """What is stored, as XML."""
        return self._stored(distribution_id, "GetDistributionConfig").body

    def etag(self, distribution_id: str) -> str:
        """The ETag of what is stored."""
        return self._distributions[distribution_id].etag

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

    def get(self, distribution_id: str) -> tuple[bytes, str]:
        """A configuration as XML, and its ETag. Raises ClientError as GetDistributionConfig does."""
        if self.not_allowed:
            self.not_allowed -= 1
            raise _error("AccessDenied", 403, "not authorized to perform cloudfront:GetDistributionConfig")
        distribution = self._stored(distribution_id, "GetDistributionConfig")
        return distribution.body, distribution.etag

    def update(self, distribution_id: str, body: bytes, if_match: str | None) -> None:
        """Raises ClientError as UpdateDistribution does."""
        config = read(body)
        if self.before_update:
            self.before_update.pop(0)()
        stored = self._stored(distribution_id, "UpdateDistribution")
        if if_match is None:
            raise _error("InvalidIfMatchVersion", 400, "The If-Match version is missing or not valid.")
        if if_match != stored.etag:
            raise _error(
                "PreconditionFailed", 412, "The request failed because it didn't meet a precondition."
            )
        if distribution_id in self.refuses:
            raise _error(self.refuses[distribution_id], 400, "as the test has it")
        if config["CallerReference"] != read(stored.body)["CallerReference"]:
            raise _error("IllegalUpdate", 400, "CallerReference cannot be changed.")
        self.put(distribution_id, body)
        self.updates.append(distribution_id)

    def _stored(self, distribution_id: str, operation: str) -> _Distribution:
        try:
            return self._distributions[distribution_id]
        except KeyError:
            raise _error(
                "NoSuchDistribution", 404, "The specified distribution does not exist.", operation
            ) from None

    def _check(self, config: Config) -> None:
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


def written(config: Config) -> bytes:
    """A configuration as CloudFront sends it: XML, with every list written out."""
    parameters = {"Id": "E1", "DistributionConfig": config}
    report = ParamValidator().validate(parameters, _UPDATE.input_shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())
    body: bytes = create_serializer("rest-xml").serialize_to_request(parameters, _UPDATE)["body"]
    return b'<?xml version="1.0"?>\n' + body


def read(body: bytes) -> Config:
    """What botocore makes of it; raises ClientError for what is no configuration."""
    response = {"status_code": 200, "headers": {}, "body": body}
    config = create_parser("rest-xml").parse(response, _READ.output_shape).get("DistributionConfig") or {}
    if "CallerReference" not in config or "DefaultCacheBehavior" not in config:
        raise _error("MalformedXML", 400, "The XML document is malformed.")
    return dict(config)


def _error(code: str, status: int, message: str, operation: str = "UpdateDistribution") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )
