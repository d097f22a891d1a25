"""The account's credentials, from Secrets Manager."""

import json
import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from config_refresh.aws_calls import AWS_ERRORS, attempted, trouble
from config_refresh.deadline import Deadline
from config_refresh.errors import CredentialsError
from queueit.secret_keys import key_problem

_SHAPE = (
    '{"secret_key": …, "api_key": …} with text values, and optionally "next_secret_key", "previous_secret_key" and '
    '"proxy_key"'
)


_ROLE: Final = (
    "check that the function's role may read the secret, and use its KMS key where it has one of its own"
)
_ADVICE: Final = {
    "AccessDenied": _ROLE,
    "AccessDeniedException": _ROLE,
    "DecryptionFailure": _ROLE,
    "InvalidRequestException": "the secret is about to be deleted; restore it, or name another one",
    "ResourceNotFoundException": "check that the secret exists and has a value",
}

CACHE_SECONDS: Final = 300.0
RENEWAL_SECONDS: Final = 10.0


class Credentials(NamedTuple):
    """`document` is what a snapshot carries of them; optional ones that are not set are left out."""

    api_key: str
    document: dict[str, str]

    def __repr__(self) -> str:
        return "Credentials(…)"


def read_credentials(secrets: Any, secret_arn: str, deadline: Deadline) -> Credentials:
    """Read the secret with the boto3 client `secrets`, and check the keys in it.

    Raises CredentialsError, without a word of the secret's content, and OutOfTime.
    """
    try:
        text = attempted(
            lambda: secrets.get_secret_value(SecretId=secret_arn), deadline, "Secrets Manager"
        ).get("SecretString")
    except AWS_ERRORS as error:
        raise CredentialsError(
            f"Secrets Manager, asked for {secret_arn}, {trouble(error, _ADVICE)}"
        ) from None
    try:
        document = json.loads(text or "")
    except (RecursionError, TypeError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise CredentialsError(f"the secret {secret_arn} is not a JSON object; store {_SHAPE}")
    found = {}
    for name, is_required in (
        ("secret_key", True),
        ("next_secret_key", False),
        ("previous_secret_key", False),
        ("api_key", True),
        ("proxy_key", False),
    ):
        value = document.get(name)
        if value is not None and not isinstance(value, str):
            raise CredentialsError(f'the secret {secret_arn} has a "{name}" that is not text; store {_SHAPE}')
        if value is None and is_required:
            raise CredentialsError(f'the secret {secret_arn} has no "{name}"; store {_SHAPE}')
        if value is None:
            continue
        if problem := key_problem(value):
            raise CredentialsError(
                f'the "{name}" in the secret {secret_arn} {problem}; store it as the platform shows it'
                + ("" if is_required else ", or leave it out")
            )
        found[name] = value
    return Credentials(found["api_key"], found)


class CachedCredentials:
    """Credentials for a function that anybody may call: kept for 5 minutes, so that a flood reads no secret.

    A failure is not kept. `read` gets the time that the request has; `clock` is monotonic, in seconds.
    """

    def __init__(self, read: Callable[[Deadline], Credentials], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._credentials: Credentials | None = None
        self._read_at = -math.inf

    def current(self, deadline: Deadline) -> Credentials:
        """The credentials, at most 5 minutes old. Raises CredentialsError and OutOfTime."""
        if self._credentials is None or self._clock() - self._read_at >= CACHE_SECONDS:
            self._credentials = None
            self._credentials, self._read_at = self._read(deadline), self._clock()
        return self._credentials

    def renewed(self, deadline: Deadline) -> Credentials | None:
        """The credentials read again, for when they may have been rotated; None when they are at most 10 s old."""
        if self._clock() - self._read_at < RENEWAL_SECONDS:
            return None
        self._credentials = None
        return self.current(deadline)
