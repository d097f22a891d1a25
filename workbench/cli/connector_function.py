"""Invokes a connector's config-refresh function, which alone may change what the edges serve."""

import json
from typing import Any

from edge.regions import HOME_REGION
from workbench.cli.aws_errors import AwsErrors, code_of, failed
from workbench.cli.command import CommandFailed, Context, home_client


def invoke(name: str, event: dict[str, Any], context: Context) -> dict[str, Any]:
    """The function's result. Raises CommandFailed with what it, or AWS, said."""
    function = f"{name}-config-refresh"
    try:
        answer = home_client(context, "lambda").invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=json.dumps(event).encode()
        )
        result: Any = json.loads(answer["Payload"].read() or b"null")
    except json.JSONDecodeError:
        result, answer = None, {}
    except AwsErrors as error:
        raise _said_by_aws(error, function) from None
    if answer.get("FunctionError"):
        message = result.get("errorMessage") if isinstance(result, dict) else None
        raise CommandFailed(message or f"{function} failed; its log group /aws/lambda/{function} says why")
    if not isinstance(result, dict):
        raise CommandFailed(
            f"{function} answered with something else than its result; is its version another?"
        )
    return result


def _said_by_aws(error: Exception, function: str) -> CommandFailed:
    code = code_of(error)
    if code == "ResourceNotFoundException":
        return CommandFailed(
            f"there is no function {function} in {HOME_REGION} of this account; check --name and the credentials"
        )
    if code in ("AccessDeniedException", "AccessDenied"):
        return CommandFailed(
            f"these credentials may not invoke {function}; they need lambda:InvokeFunction on it"
        )
    return failed(error, f"{function} in {HOME_REGION} gave no answer")
