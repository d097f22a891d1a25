"""The publish endpoint: takes the configurations that the platform pushes to the function's URL (protocol section 2).

Anybody can call it, so the cheap checks come first, the MAC before anything is decoded, and an answer to what is not
signed says nothing. What was wrong with what is signed is in the log.
"""

import json
import os
import re
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from config_refresh import report
from config_refresh.aws_calls import Client, aws_client
from config_refresh.credentials import CachedCredentials, Credentials, read_credentials
from config_refresh.deadline import DEFAULT_SECONDS, REPORT_SECONDS, Deadline, seconds_of
from config_refresh.environment import connector_name, read_environment
from config_refresh.errors import Frozen, Held, PublicationRefused, RefreshError, TooLarge, Unusable, place_of
from config_refresh.in_force import Connector
from config_refresh.push import publish
from config_refresh.store import Store
from queueit.secret_keys import secret_keys
from queueit.snapshot import SECRET_KEY_NAMES

MAX_BODY_CHARACTERS: Final = 4_000_000
"""Of a request's body, in which a configuration takes two characters a byte."""

_MAC = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-fA-F]+")


class Push(NamedTuple):
    """A request's body as it came: hexadecimal text, and what claims to be its MAC."""

    hex_text: str
    mac: str


class Answer(NamedTuple):
    """An HTTP status, and a word for the person who reads it on the platform."""

    status: int
    word: str
    version: int | None = None


_WRONG_METHOD = Answer(405, "method")
_TOO_LARGE = Answer(413, "size")
_REFUSED = Answer(403, "refused")
_UNAVAILABLE = Answer(503, "unavailable")


def _method(event: Mapping[str, Any]) -> object:
    try:
        return event["requestContext"]["http"]["method"]
    except (KeyError, TypeError):
        return None


def read_push(event: Mapping[str, Any]) -> Push | Answer:
    """The push in a function URL's event (payload format 2.0), or the answer to what cannot be one."""
    if _method(event) != "PUT":
        return _WRONG_METHOD
    body = event.get("body")
    if not isinstance(body, str):
        return _REFUSED
    if event.get("isBase64Encoded"):
        if len(body) > MAX_BODY_CHARACTERS * 4 // 3 + 4:
            return _TOO_LARGE
        try:
            body = b64decode(body, validate=True).decode()
        except ValueError:
            return _REFUSED
    if len(body) > MAX_BODY_CHARACTERS:
        return _TOO_LARGE
    try:
        envelope = json.loads(body)
    except (RecursionError, ValueError):
        return _REFUSED
    if not isinstance(envelope, dict):
        return _REFUSED
    hex_text, mac = envelope.get("integrationInfo"), envelope.get("hash")
    if not isinstance(hex_text, str) or not isinstance(mac, str):
        return _REFUSED
    is_hex = len(hex_text) % 2 == 0 and _HEX.fullmatch(hex_text)
    return Push(hex_text, mac) if is_hex and _MAC.fullmatch(mac) else _REFUSED


def _is_signed(push: Push, credentials: Credentials) -> bool:
    document = credentials.document
    keys = secret_keys(*[document.get(name, "") for name in SECRET_KEY_NAMES])
    return keys.verify(push.hex_text, push.mac)


def is_genuine(push: Push, credentials: CachedCredentials, deadline: Deadline) -> bool:
    """Whether a current secret key signed the push. Raises CredentialsError and OutOfTime."""
    if _is_signed(push, credentials.current(deadline)):
        return True
    # The key may have been rotated since the secret was read.
    renewed = credentials.renewed(deadline)
    return renewed is not None and _is_signed(push, renewed)


def _configuration(push: Push) -> dict[str, Any]:
    """The configuration: JSON in UTF-8, or where it is not UTF-8 in Latin-1 (protocol section 2)."""
    body = bytes.fromhex(push.hex_text)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    try:
        config = json.loads(text)
    except (RecursionError, ValueError):
        config = None
    if not isinstance(config, dict):
        raise Unusable("the pushed configuration is no JSON object")
    return config


def _answer_to(error: Exception) -> Answer:
    if isinstance(error, (Unusable, TooLarge)):
        return Answer(422, "invalid")
    if isinstance(error, Frozen):
        return Answer(409, "frozen")
    if isinstance(error, Held):
        return Answer(409, "held")
    if isinstance(error, PublicationRefused):
        return Answer(409, "conflict")
    return _UNAVAILABLE


def run(
    event: Mapping[str, Any],
    environ: Mapping[str, str],
    credentials: CachedCredentials,
    *,
    seconds: float = DEFAULT_SECONDS,
    client: Client = aws_client,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    print_line: report.Print = print,
) -> Answer:
    """Answer one request within `seconds`. Never raises: what went wrong is in the log and in the metrics.

    PublishRefused counts what is not taken though all is well here (not signed, older, frozen), PublishFailed the rest.
    """
    now = clock()
    deadline = Deadline(monotonic() + seconds - REPORT_SECONDS, monotonic, sleep)
    connector = connector_name(environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))

    def count(**values: int) -> None:
        report.metrics(connector, values, now, print_line)

    try:
        push = read_push(event)
        if isinstance(push, Answer) or not is_genuine(push, credentials, deadline):
            count(PublishRefused=1)
            return push if isinstance(push, Answer) else _REFUSED
        environment = read_environment(environ)
        store = Store(client("dynamodb"), environment.connector, deadline)
        done = publish(Connector(environment, store, int(now), deadline), _configuration(push))
    except Exception as error:
        answer = _answer_to(error)
        is_refused = answer.status == 409
        report.log(
            {
                "level": "warning" if is_refused else "error",
                "event": "push_refused" if is_refused else "push_failed",
                "error": type(error).__name__,
                "message": str(error) if isinstance(error, RefreshError) else place_of(error),
            },
            print_line,
        )
        count(**{"PublishRefused" if is_refused else "PublishFailed": 1})
        return answer
    level = "warning" if done.warnings else "info"
    report.log({"level": level, "event": "push_succeeded", **done._asdict()}, print_line)
    count(
        PublishAccepted=1, PublishFailed=0, ConfigurationVersion=done.version, Integrations=done.integrations
    )
    return Answer(200, done.outcome, done.version)


def response(answer: Answer) -> dict[str, Any]:
    """The function URL's response, with a body of a few bytes."""
    body: dict[str, Any] = {"status": answer.word}
    if answer.version is not None:
        body["version"] = answer.version
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    if answer == _WRONG_METHOD:
        headers["allow"] = "PUT"
    if answer == _UNAVAILABLE:
        headers["retry-after"] = "60"
    return {"statusCode": answer.status, "headers": headers, "body": json.dumps(body)}


_credentials = CachedCredentials(
    lambda deadline: read_credentials(
        aws_client("secretsmanager"), os.environ.get("QUEUEIT_SECRET_ARN", ""), deadline
    ),
    time.monotonic,
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point for requests to the function's URL; see `run`."""
    return response(run(event, os.environ, _credentials, seconds=seconds_of(context)))
