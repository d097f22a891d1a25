"""Calls of AWS services: how often they are made, within the time of the run, and what their errors mean to people."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from botocore.parsers import ResponseParserError

from config_refresh.deadline import Deadline
from config_refresh.errors import OutOfTime

ATTEMPTS: Final = 3
"""How often a call is made at most; the SDK itself repeats none."""

CONNECT_SECONDS: Final = 1.5
READ_SECONDS: Final = 2.5
ATTEMPT_SECONDS: Final = CONNECT_SECONDS + READ_SECONDS
"""Seconds that one attempt may take; none begins with less time left."""

AWS_ERRORS: Final = (BotoCoreError, ClientError, ResponseParserError)
"""What a call can fail with that is no defect of ours."""

_CLIENT_CONFIG: Final = Config(
    connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}
)
_PASSING_CODES: Final = frozenset(
    (
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    )
)
_PASSES: Final = "that passes as a rule, and the next run tries again"

Client = Callable[[str], Any]
"""A boto3 client by its service's name."""

_Result = TypeVar("_Result")


def aws_client(service: str) -> Any:
    """A boto3 client that makes one attempt a call, of ATTEMPT_SECONDS at most."""
    connect: Any = boto3.client  # its stubs know each service by name only
    return connect(service, config=_CLIENT_CONFIG)


def code_of(error: ClientError) -> str:
    """AWS's name for the error."""
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def reasons_of(error: ClientError) -> list[str]:
    """Why a transaction was cancelled: the codes of the actions that failed."""
    response: Any = error.response
    codes = [reason.get("Code", "None") for reason in response.get("CancellationReasons") or []]
    return [code for code in codes if code != "None"]


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed a moment later."""
    if not isinstance(error, ClientError):
        return isinstance(error, (HTTPClientError, ConnectionError, ResponseParserError))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    codes = reasons_of(error) or [code_of(error)]
    return status >= 500 or all(code in _PASSING_CODES for code in codes)


def attempted(call: Callable[[], _Result], deadline: Deadline, service: str) -> _Result:
    """The result of `call`, which is made up to ATTEMPTS times while its failure may pass and there is time.

    Raises OutOfTime, and what the last attempt raised: one of AWS_ERRORS.
    """
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            deadline.wait(0.1 * 2**attempt * (1 + random.random()))  # noqa: S311 - spreads callers, hides nothing
        if deadline.left() < ATTEMPT_SECONDS:
            raise OutOfTime(
                f"no time was left for {service}{problem}; what is missing is done by the next run. Where this comes "
                "again, give the function more time (timeout_seconds)"
            )
        try:
            return call()
        except AWS_ERRORS as error:
            if attempt == ATTEMPTS - 1 or not is_passing(error):
                raise
            problem = f", which {_said(error)}"
    raise AssertionError("the last attempt returns or raises")


def _said(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return f"could not be reached ({type(error).__name__})"
    reasons = ", ".join(reasons_of(error))
    return f"answered {code_of(error)} ({reasons})" if reasons else f"answered {code_of(error)}"


def trouble(error: Exception, advice: Mapping[str, str]) -> str:
    """What a service said and what to do about it; `advice` says that for some of AWS's error codes."""
    code = code_of(error) if isinstance(error, ClientError) else ""
    if code in advice:
        way_out = advice[code]
    elif is_passing(error):
        way_out = _PASSES
    elif code:
        way_out = "look this error up in AWS's reference of the service"
    else:
        way_out = "check the function's network and role"
    return f"{_said(error)}; {way_out}"
