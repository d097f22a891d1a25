"""The run's keys: made here and kept in Secrets Manager alone, where a run that is taken up again finds them."""

import json
import secrets
from typing import Any, Final

from botocore.exceptions import ClientError

_KEPT: Final = ("secret_key", "api_key", "next_secret_key", "previous_secret_key")


class Keys:
    """The secret of one run."""

    def __init__(self, client: Any, name: str) -> None:
        """`client` is Secrets Manager's; `name` is the connector's."""
        self._client = client
        self._id = f"{name}-keys"

    def make(self) -> str:
        """Make the secret where there is none. The result is its ARN."""
        try:
            return str(self._client.describe_secret(SecretId=self._id)["ARN"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
        value = {"secret_key": new_key(), "api_key": new_key()}
        created = self._client.create_secret(Name=self._id, SecretString=json.dumps(value))
        return str(created["ARN"])

    def read(self) -> dict[str, str]:
        """The keys by their names."""
        value = json.loads(self._client.get_secret_value(SecretId=self._id)["SecretString"])
        return {name: value[name] for name in _KEPT if name in value}

    def write(self, **keys: str) -> None:
        """Replace all keys but the api key."""
        value = {"api_key": self.read()["api_key"], **keys}
        self._client.put_secret_value(SecretId=self._id, SecretString=json.dumps(value))

    def remove(self) -> None:
        """Delete the secret at once, where there is one."""
        try:
            self._client.delete_secret(SecretId=self._id, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise


def new_key() -> str:
    """A new random key."""
    return secrets.token_hex(32)
