"""What this function added to a distribution, kept in a parameter of Systems Manager's Parameter Store.

The distribution does not say who added an association, and Terraform remembers what was asked for, not what was done:
it keeps the new input of an update even when the update failed, and hands nothing else to a destroy.
"""

import json
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from behavior_association.association_request import Association
from behavior_association.errors import Refused, ServiceError

MAX_BYTES: Final = 8 * 1024
"""What an advanced parameter holds; up to 4 KB it is a standard one and costs nothing."""

_FORMAT = 1


class Taken(NamedTuple):
    """What had to give way in a behavior: by event type, Lambda@Edge functions, and ARNs of CloudFront Functions."""

    lambdas: dict[str, Association]
    functions: dict[str, str]


NOTHING_TAKEN: Final = Taken({}, {})


class Record(NamedTuple):
    """The pair's functions (ARNs without version, sorted), and the behaviors that they were added to."""

    revision: str | None
    functions: tuple[str, ...]
    behaviors: dict[str, Taken]


NO_RECORD: Final = Record(None, (), {})


def joined(before: Record, after: Record) -> Record:
    """A record of either: what is kept while nobody knows yet whether a change came through."""
    functions = tuple(sorted({*before.functions, *after.functions}))
    return Record(before.revision, functions, {**before.behaviors, **after.behaviors})


def encode(record: Record) -> str:
    """The record as JSON, small and the same for the same record; CloudFront Functions keep their order."""
    behaviors = {}
    for name, taken in sorted(record.behaviors.items()):
        document: dict[str, Any] = {}
        if taken.lambdas:
            document["lambdas"] = {
                event_type: {
                    "lambda_arn": association.lambda_arn,
                    **({"include_body": True} if association.include_body else {}),
                }
                for event_type, association in taken.lambdas.items()
            }
        if taken.functions:
            document["functions"] = taken.functions
        behaviors[name] = document
    return json.dumps(
        {
            "format": _FORMAT,
            "revision": record.revision,
            "functions": record.functions,
            "behaviors": behaviors,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(text: str) -> Record:
    """The record in `text`. Raises ValueError for anything that `encode` did not write."""
    try:
        document = json.loads(text)
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        behaviors = {
            name: Taken(
                {
                    event_type: Association(event_type, item["lambda_arn"], item.get("include_body", False))
                    for event_type, item in taken.get("lambdas", {}).items()
                },
                dict(taken.get("functions", {})),
            )
            for name, taken in document["behaviors"].items()
        }
        return Record(document["revision"], tuple(document["functions"]), behaviors)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a record: {error!r}") from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


class Records:
    """The records of one connector, through a boto3 SSM client. Every method raises ServiceError when it fails."""

    def __init__(self, ssm: Any, connector: str) -> None:
        self._ssm = ssm
        self._prefix = f"/queueit/{connector}/behavior-association"

    def name(self, distribution_id: str) -> str:
        """The parameter's name."""
        return f"{self._prefix}/{distribution_id}"

    def _call(self, operation: str, distribution_id: str, **arguments: Any) -> Any:
        name = self.name(distribution_id)
        try:
            return getattr(self._ssm, operation)(Name=name, **arguments)
        except ClientError as error:
            if _code(error) == "ParameterNotFound":
                return None
            raise ServiceError(
                f"Parameter Store answered {_code(error)} for {name}; check the function's role"
            ) from None
        except BotoCoreError as error:
            raise ServiceError(f"Parameter Store could not be reached: {type(error).__name__}") from None

    def read(self, distribution_id: str) -> Record | None:
        """The record of a distribution; None when nothing was ever attached to it."""
        answer = self._call("get_parameter", distribution_id)
        if answer is None:
            return None
        try:
            return decode(answer["Parameter"]["Value"])
        except ValueError:
            raise ServiceError(
                f"the parameter {self.name(distribution_id)} is not a record of this function; restore an earlier "
                "version of it, or delete it to go by the associations that are asked for"
            ) from None

    def write(self, distribution_id: str, record: Record) -> None:
        """Keep the record of a distribution. Raises Refused for one that no parameter can hold."""
        text = encode(record)
        if len(text.encode()) > MAX_BYTES:
            raise Refused(
                [
                    f"distribution {distribution_id}: the record of what was added takes more than {MAX_BYTES} bytes; "
                    "name fewer behaviors"
                ]
            )
        self._call(
            "put_parameter",
            distribution_id,
            Value=text,
            Type="String",
            Tier="Intelligent-Tiering",
            Overwrite=True,
            Description="What the Queue-it connector added to this distribution; its destroy needs it",
        )

    def delete(self, distribution_id: str) -> None:
        """Forget the record of a distribution, if there is one."""
        self._call("delete_parameter", distribution_id)
