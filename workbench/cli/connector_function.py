"""Invokes a connector's config-refresh function, which alone may change what the edges serve."""

import getpass
import json
import socket
from argparse import ArgumentParser, Namespace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from edge.regions import HOME_REGION
from workbench.cli.command import CommandFailed, Context, add_name, connector_name, home_client

_LONGEST_ACTOR, _LONGEST_REASON = 200, 500


def add_arguments(parser: ArgumentParser) -> None:
    """The options of every command that acts on a connector and is recorded with who and why."""
    add_name(parser)
    parser.add_argument("--reason", metavar="TEXT", help="why, for the history")


def invoke(name: str, event: dict[str, Any], context: Context) -> dict[str, Any]:
    """The function's result. Raises CommandFailed with what it, or AWS, said."""
    function = f"{name}-config-refresh"
    try:
        answer = home_client(context, "lambda").invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=json.dumps(event).encode()
        )
        result: Any = json.loads(answer["Payload"].read() or b"null")
    except ClientError as error:
        raise CommandFailed(_said_by_aws(error, function)) from None
    except NoCredentialsError:
        raise CommandFailed("there are no AWS credentials; set AWS_PROFILE, or log in") from None
    except (BotoCoreError, ValueError, OSError) as error:
        raise CommandFailed(
            f"{function} in {HOME_REGION} gave no answer ({type(error).__name__}); see: queueit status --name {name}"
        ) from None
    if answer.get("FunctionError"):
        message = result.get("errorMessage") if isinstance(result, dict) else None
        raise CommandFailed(message or f"{function} failed; its log group /aws/lambda/{function} says why")
    if not isinstance(result, dict):
        raise CommandFailed(
            f"{function} answered with something else than its result; is its version another?"
        )
    return result


def act(options: Namespace, context: Context, action: str, **more: Any) -> dict[str, Any]:
    """Invoke an operator's action, with who and why. Raises CommandFailed or UsageError."""
    event = {"action": action, "actor": actor(context), **more}
    if options.reason:
        event["reason"] = options.reason[:_LONGEST_REASON]
    return invoke(connector_name(options, context), event, context)


def actor(context: Context) -> str:
    """Who runs the command: the caller's ARN, or when AWS does not say, the user of this machine.

    A switch that must work in an emergency does not wait for a third service.
    """
    try:
        arn: str = home_client(context, "sts").get_caller_identity()["Arn"]
    except (BotoCoreError, ClientError):
        arn = f"{_user()}@{socket.gethostname()} (not confirmed by AWS)"
    return "".join([character for character in arn if character.isprintable()])[:_LONGEST_ACTOR]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _said_by_aws(error: ClientError, function: str) -> str:
    code = error.response.get("Error", {}).get("Code", "unknown error")
    if code == "ResourceNotFoundException":
        return f"there is no function {function} in {HOME_REGION} of this account; check --name and the credentials"
    if code in ("AccessDeniedException", "AccessDenied"):
        return f"these credentials may not invoke {function}; they need lambda:InvokeFunction on it"
    return f"Lambda answered {code} for {function}; try again, or look at the function in {HOME_REGION}"


def described(result: dict[str, Any]) -> str:
    """What an action did, in a few lines."""
    outcome = str(result.get("outcome", "")).replace("_", " ")
    lines = [f"{outcome}: version {result.get('version')}, snapshot {result.get('snapshot')}"]
    if result.get("previous_snapshot") not in (None, result.get("snapshot")):
        lines.append(f"before   {result['previous_snapshot']}")
        lines.append(
            "Running edges follow at their next poll (setting poll_interval_seconds, 30 s by default)."
        )
    if result.get("enabled") is False:
        lines.append("The connector is switched OFF: every request passes without queueing.")
    if result.get("frozen"):
        lines.append("Publications are frozen: new configurations are not taken.")
    return "\n".join(lines)
