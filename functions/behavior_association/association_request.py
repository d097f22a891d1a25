"""The event of an invocation, parsed and checked."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from behavior_association.errors import InvalidRequest

VIEWER_EVENTS: Final = ("viewer-request", "viewer-response")
DEFAULT_BEHAVIOR: Final = "*"
DEFAULT_QUOTA: Final = 100
"""Lambda@Edge associations in one distribution, as AWS sets it for an account that has asked for no more."""

_DISTRIBUTION_ID = re.compile(r"[A-Z0-9]{1,64}")
_FUNCTION_ARN = re.compile(
    r"(arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):[0-9]{12}:function:[A-Za-z0-9_-]{1,64})"
    r"(?::(?P<qualifier>[A-Za-z0-9$_-]+))?"
)
_MAX_PATTERN_CHARACTERS = 255


class Association(NamedTuple):
    """A function on an event: `lambda_arn` is that of a numbered version."""

    event_type: str
    lambda_arn: str
    include_body: bool


class AssociationRequest(NamedTuple):
    """What is asked for. `path_patterns` has `*` for the default behavior.

    `revision` is kept in the record when the associations are as asked for; None leaves the one that is there.
    """

    action: str
    distribution_id: str
    path_patterns: tuple[str, ...]
    associations: tuple[Association, ...]
    replaces: bool
    remembers: bool
    quota: int
    dry_run: bool
    revision: str | None


def function_arn(lambda_arn: str) -> str:
    """The ARN without its version; as it is when it is not an ARN of a function."""
    match = _FUNCTION_ARN.fullmatch(lambda_arn)
    return match[1] if match else lambda_arn


def _association(item: object) -> Association:
    if not isinstance(item, Mapping):
        raise InvalidRequest('"associations" holds something that is not an object')
    event_type, arn, include_body = item.get("event_type"), item.get("lambda_arn"), item.get("include_body")
    if event_type not in VIEWER_EVENTS:
        raise InvalidRequest(
            f'an association has the event type "{event_type}"; use viewer-request or viewer-response'
        )
    match = _FUNCTION_ARN.fullmatch(arn) if isinstance(arn, str) else None
    if match is None:
        raise InvalidRequest(f'{event_type}: "{arn}" is not the ARN of a Lambda function')
    if match["region"] != "us-east-1":
        raise InvalidRequest(
            f"{event_type}: {arn} is in {match['region']}, but Lambda@Edge functions live in us-east-1; deploy the "
            "connector with a provider of that region"
        )
    qualifier = match["qualifier"]
    if qualifier is None or not qualifier.isdecimal():
        raise InvalidRequest(
            f"{event_type}: {arn} {'has no version' if qualifier is None else f'ends in {qualifier}'}, but CloudFront "
            "takes a numbered version only; give the qualified ARN, such as the connector's output "
            "lambda_function_associations has"
        )
    if not isinstance(include_body, bool | None):
        raise InvalidRequest(f'{event_type}: "include_body" takes true or false')
    if include_body and event_type != "viewer-request":
        raise InvalidRequest(
            f"{event_type}: CloudFront shows a body to request events only; no include_body here"
        )
    return Association(event_type, match[0], bool(include_body))


def _associations(items: object, is_required: bool) -> tuple[Association, ...]:
    if not isinstance(items, list | None):
        raise InvalidRequest('"associations" takes a list')
    associations = tuple(_association(item) for item in items or [])
    if is_required and not associations:
        raise InvalidRequest('"associations" is empty; give the pair')
    if len({association.event_type for association in associations}) < len(associations):
        raise InvalidRequest('"associations" has two functions for one event type; CloudFront takes one')
    return associations


def _path_patterns(items: object, is_required: bool) -> tuple[str, ...]:
    if not isinstance(items, list | None):
        raise InvalidRequest('"path_patterns" takes a list')
    patterns = []
    for item in items or []:
        pattern = DEFAULT_BEHAVIOR if item is None else item
        if not isinstance(pattern, str) or not 1 <= len(pattern) <= _MAX_PATTERN_CHARACTERS:
            raise InvalidRequest('"path_patterns" takes path patterns of up to 255 characters, * or null')
        patterns.append(pattern)
    if is_required and not patterns:
        raise InvalidRequest('"path_patterns" is empty; give "*" for the default behavior')
    return tuple(dict.fromkeys(patterns))


def _flag(event: Mapping[str, Any], name: str) -> bool:
    value = event.get(name)
    if not isinstance(value, bool | None):
        raise InvalidRequest(f'"{name}" takes true or false')
    return bool(value)


def _action(event: Mapping[str, Any]) -> str:
    """`attach` or `detach`; Terraform says what happens to its resource under the key `tf`."""
    terraform = event.get("tf")
    if isinstance(terraform, Mapping):
        return "detach" if terraform.get("action") == "delete" else "attach"
    action = event.get("action", "attach")
    if action not in ("attach", "detach"):
        raise InvalidRequest(f'the action "{action!s:.50}" is not known; use attach or detach')
    return str(action)


def parse_request(event: Mapping[str, Any]) -> AssociationRequest:
    """Parse an event. Raises InvalidRequest: what is wrong and what is taken instead.

    `detach` needs no path patterns and associations where a record says what was attached.
    """
    action = _action(event)
    distribution_id = event.get("distribution_id")
    if isinstance(distribution_id, str) and distribution_id.startswith("dt_"):
        raise InvalidRequest(
            f'"distribution_id" is "{distribution_id:.100}", a tenant, and a tenant has no behaviors; give the id of '
            "its multi-tenant distribution"
        )
    if not isinstance(distribution_id, str) or not _DISTRIBUTION_ID.fullmatch(distribution_id):
        raise InvalidRequest(
            f'"distribution_id" is "{distribution_id!s:.100}"; it takes an id such as EDFDVBD6EXAMPLE'
        )
    on_conflict = event.get("on_conflict", "fail")
    if on_conflict not in ("fail", "replace"):
        raise InvalidRequest(f'"on_conflict" is "{on_conflict!s:.50}"; use fail or replace')
    quota = event.get("association_quota", DEFAULT_QUOTA)
    if not isinstance(quota, int) or isinstance(quota, bool) or quota < 1:
        raise InvalidRequest('"association_quota" takes a whole number from 1')
    revision = event.get("revision")
    if not isinstance(revision, str | None):
        raise InvalidRequest('"revision" takes text')
    return AssociationRequest(
        action=action,
        distribution_id=distribution_id,
        path_patterns=_path_patterns(event.get("path_patterns"), action == "attach"),
        associations=_associations(event.get("associations"), action == "attach"),
        replaces=on_conflict == "replace",
        remembers=_flag(event, "remember_previous"),
        quota=quota,
        dry_run=_flag(event, "dry_run"),
        revision=revision,
    )
