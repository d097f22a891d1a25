"""The account's credentials, from Secrets Manager."""

import json
import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from config_refresh.errors import CredentialsError

_SHAPE = (
    '{"secret_key": …, "api_key": …} with text values, and optionally "previous_secret_key" and "proxy_key"'
)


CACHE_SECONDS: Final = 300.0
RENEWAL_SECONDS: Final = 10.0


class Credentials(NamedTuple):
    """`document` is what a snapshot carries of them; optional ones that are not set are left out."""

    api_key: str
    document: dict[str, str]

    def __repr__(self) -> str:
        return "Credentials(…)"


def read_credentials(secrets: Any, secret_arn: str) -> Credentials:
    """Read the secret with the boto3 client `secrets`. Raises CredentialsError, without a word of its content."""
    try:
        text = secrets.get_secret_value(SecretId=secret_arn).get("SecretString")
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown error")
        raise CredentialsError(
            f"Secrets Manager answered {code} for {secret_arn}; check that the secret exists and has a value, and that "
            "the function's role may read it"
        ) from None
    except BotoCoreError as error:
        raise CredentialsError(f"Secrets Manager could not be reached: {type(error).__name__}") from None
    try:
        document = json.loads(text or "")
    except (RecursionError, TypeError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise CredentialsError(f"the secret {secret_arn} is not a JSON object; store {_SHAPE}")
    found = {}
    for name, is_required in (
        ("secret_key", True),
        ("previous_secret_key", False),
        ("api_key", True),
        ("proxy_key", False),
    ):
        value = document.get(name)
        if value is not None and not isinstance(value, str):
            raise CredentialsError(f'the secret {secret_arn} has a "{name}" that is not text; store {_SHAPE}')
        if is_required and not value:
            raise CredentialsError(f'the secret {secret_arn} has no "{name}"; store {_SHAPE}')
        if value:
            found[name] = value
    return Credentials(found["api_key"], found)


class CachedCredentials:
    """Credentials for a function that anybody may call: kept for 5 minutes, so that a flood reads no secret.

    A failure is not kept. `clock` is monotonic, in seconds.
    """

    def __init__(self, read: Callable[[], Credentials], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._credentials: Credentials | None = None
        self._read_at = -math.inf

    def current(self) -> Credentials:
        """The credentials, at most 5 minutes old. Raises CredentialsError."""
        if self._credentials is None or self._clock() - self._read_at >= CACHE_SECONDS:
            self._credentials = None
            self._credentials, self._read_at = self._read(), self._clock()
        return self._credentials

    def renewed(self) -> Credentials | None:
        """The credentials read again, for when they may have been rotated; None when they are at most 10 s old."""
        if self._clock() - self._read_at < RENEWAL_SECONDS:
            return None
        self._credentials = None
        return self.current()
