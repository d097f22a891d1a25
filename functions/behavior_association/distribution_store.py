"""Reads a distribution's configuration and writes it back under its ETag, through a boto3 CloudFront client."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from behavior_association.distribution_config import Config, read_config
from behavior_association.errors import (
    AssociationError,
    MissingDistribution,
    NotAllowed,
    Overtaken,
    ServiceError,
)

_OVERTAKEN = frozenset(("PreconditionFailed", "InvalidIfMatchVersion"))
_ADVICE: Final = {
    "AccessDenied": (
        "check that the function's role may read and update this distribution, get and replicate the pair's functions "
        "and, the first time that this account uses Lambda@Edge, create its service-linked role "
        "(create_service_linked_roles)"
    ),
    "InvalidLambdaFunctionAssociation": (
        "check that the functions exist in this account, that each has a numbered version, and that its role trusts "
        "edgelambda.amazonaws.com; when an earlier function cannot be put back, set remember_previous to false"
    ),
    "InvalidFunctionAssociation": (
        "when an earlier CloudFront Function cannot be put back, set remember_previous to false"
    ),
    "TooManyLambdaFunctionAssociations": "name fewer behaviors, or have the quota raised",
    "TooManyDistributionsWithLambdaAssociations": "have the quota raised",
    "TooManyDistributionsWithSingleFunctionARN": "have the quota raised",
    "IllegalUpdate": "finish the continuous deployment of this distribution first",
}


class Stored(NamedTuple):
    """A configuration as it was read, and the ETag that a write of it has to bring."""

    config: Config
    etag: str


def _problem(error: ClientError, distribution_id: str) -> AssociationError:
    details = error.response.get("Error", {})
    code, message = details.get("Code", "unknown error"), details.get("Message", "")
    if code in _OVERTAKEN:
        return Overtaken(
            f"distribution {distribution_id}: somebody else changes it all the time; try again later"
        )
    if code == "NoSuchDistribution":
        return MissingDistribution(
            f"distribution {distribution_id}: there is none with this id in this account; check distribution_id and "
            "the account"
        )
    advice = _ADVICE.get(code)
    text = f"distribution {distribution_id}: CloudFront answered {code}: {message}".rstrip(": ")
    kind = NotAllowed if code == "AccessDenied" else ServiceError
    return kind(f"{text}; {advice}" if advice else text)


class Distributions:
    """CloudFront. Both methods raise AssociationError: MissingDistribution, NotAllowed, Overtaken or ServiceError.

    The client signs, retries and reads errors. Its own reading and writing of a configuration is not used, as it drops
    the settings that are newer than itself: the bytes are taken from the response, and put into the request. A client
    with `parameter_validation` off, so that a request needs no configuration beside them.
    """

    def __init__(self, cloudfront: Any) -> None:
        self._cloudfront = cloudfront

    def _call(
        self, operation: str, event: str, look: Callable[..., None], distribution_id: str, **arguments: Any
    ) -> Any:
        events = self._cloudfront.meta.events
        events.register(event, look)
        try:
            return getattr(self._cloudfront, operation)(Id=distribution_id, **arguments)
        except ClientError as error:
            raise _problem(error, distribution_id) from None
        except (BotoCoreError, ResponseParserError) as error:
            raise ServiceError(
                f"distribution {distribution_id}: CloudFront could not be asked: {type(error).__name__}"
            ) from None
        finally:
            events.unregister(event, look)

    def read(self, distribution_id: str) -> Stored:
        """The present configuration, deployed or still in progress."""
        bodies: list[bytes] = []

        def look(http_response: Any, **_: Any) -> None:
            bodies.append(http_response.content)

        event = "after-call.cloudfront.GetDistributionConfig"
        response = self._call("get_distribution_config", event, look, distribution_id)
        try:
            return Stored(read_config(bodies[-1]), response["ETag"])
        except ValueError as error:
            raise ServiceError(
                f"distribution {distribution_id}: CloudFront's configuration of it is not understood: {error}; use a "
                "newer version of the connector, or associate the functions by hand"
            ) from None

    def write(self, distribution_id: str, document: bytes, etag: str) -> None:
        """Write a whole configuration, on condition that it is still the one of `etag`. Raises Overtaken."""

        def look(params: dict[str, Any], **_: Any) -> None:
            params["body"] = document

        event = "before-call.cloudfront.UpdateDistribution"
        self._call("update_distribution", event, look, distribution_id, DistributionConfig={}, IfMatch=etag)
