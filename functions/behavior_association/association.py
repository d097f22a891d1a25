"""The two actions, attach and detach: read, plan, record what will be added, write, and again if overtaken."""

import random
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from behavior_association.association_request import AssociationRequest
from behavior_association.distribution_config import Difference
from behavior_association.distribution_store import Distributions, Stored
from behavior_association.errors import AssociationError, MissingDistribution, NotAllowed, Overtaken, Refused
from behavior_association.plan import Plan, plan_attachment, plan_detachment
from behavior_association.record import NO_RECORD, Record, Records, encode, joined

ATTEMPTS: Final = 6
"""How often a change is tried when others write in between."""

PERMISSION_ATTEMPTS: Final = 5
"""How often a read is tried that is not allowed: a new policy is in force some seconds after it was written."""


class Account(NamedTuple):
    """All that an action needs: the services, and time."""

    distributions: Distributions
    records: Records
    functions: Any
    sleep: Callable[[float], None]
    new_revision: Callable[[], str]


class Outcome(NamedTuple):
    """What an invocation did, or in a dry run would do.

    `outcome` is attached, detached, unchanged or, in a dry run, pending. `revision` stays the same as long as the
    associations are as asked for, and is a new one in every dry run that finds them otherwise.
    """

    outcome: str
    differences: list[Difference]
    problems: list[str]
    warnings: list[str]
    revision: str | None


def _wait(account: Account, attempt: int) -> None:
    account.sleep(0.5 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - spreads writers, hides nothing


def _read(account: Account, request: AssociationRequest) -> Stored:
    for attempt in range(PERMISSION_ATTEMPTS):
        try:
            return account.distributions.read(request.distribution_id)
        except NotAllowed:
            if request.dry_run or attempt == PERMISSION_ATTEMPTS - 1:
                raise
            _wait(account, attempt)
    raise AssertionError("the last attempt returns or raises")


def _missing_versions(account: Account, request: AssociationRequest) -> list[str]:
    """Why versions cannot be associated, as Lambda sees it."""
    problems = []
    for association in request.associations:
        arn, where = (
            association.lambda_arn,
            f"distribution {request.distribution_id}, {association.event_type}",
        )
        try:
            account.functions.get_function(FunctionName=arn)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown error")
            if code == "ResourceNotFoundException":
                problems.append(f"{where}: there is no {arn}; name a version that was published")
            else:
                problems.append(f"{where}: Lambda answered {code} for {arn}; check the function's role")
        except BotoCoreError as error:
            problems.append(f"{where}: Lambda could not be asked: {type(error).__name__}")
    return problems


def _is_settled(plan: Plan, record: Record | None) -> bool:
    """Whether the associations and the record of them are as asked for, whatever the revision."""
    return (
        not plan.differences
        and record is not None
        and encode(record._replace(revision=None)) == encode(plan.record._replace(revision=None))
    )


def _rehearse(account: Account, request: AssociationRequest) -> Outcome:
    """What an attachment would do. What is in its way comes back as `problems`: a destroy has to get past them."""
    new = account.new_revision()
    try:
        record = account.records.read(request.distribution_id)
        plan = plan_attachment(account.distributions.read(request.distribution_id).config, request, record)
    except AssociationError as error:
        return Outcome("pending", [], [str(error)], [], new)
    problems = [*_missing_versions(account, request), *plan.problems]
    if _is_settled(plan, record) and not problems:
        return Outcome("unchanged", [], [], plan.warnings, record.revision if record else None)
    return Outcome("pending", plan.differences, problems, plan.warnings, new)


def _change(
    account: Account,
    request: AssociationRequest,
    make_plan: Callable[..., Plan],
    before_write: Callable[[Plan, Record | None], None],
) -> Plan:
    """Write what `make_plan` wants, planning again on what somebody else wrote in between."""
    for attempt in range(ATTEMPTS):
        stored = _read(account, request)
        record = account.records.read(request.distribution_id)
        plan = make_plan(stored.config, request, record)
        if plan.problems:
            raise Refused(plan.problems)
        before_write(plan, record)
        if not plan.differences:
            return plan
        try:
            account.distributions.write(request.distribution_id, plan.document, stored.etag)
            return plan
        except Overtaken:
            if attempt == ATTEMPTS - 1:
                raise
            _wait(account, attempt)
    raise AssertionError("the last attempt returns or raises")


def attach(account: Account, request: AssociationRequest) -> Outcome:
    """Make the pair's associations those of `request`, and remember what was added and what gave way.

    Raises AssociationError. The record is written before the distribution, so that whatever happens in between
    nothing is added that a later destroy would not know of.
    """
    if request.dry_run:
        return _rehearse(account, request)
    missing = _missing_versions(account, request)
    if missing:
        raise Refused(missing)

    def remember(plan: Plan, record: Record | None) -> None:
        both = joined(record or NO_RECORD, plan.record)
        if plan.differences and both != record:
            account.records.write(request.distribution_id, both)

    plan = _change(account, request, plan_attachment, remember)
    if plan.record != account.records.read(request.distribution_id):
        account.records.write(request.distribution_id, plan.record)
    outcome = "attached" if plan.differences else "unchanged"
    return Outcome(outcome, plan.differences, [], plan.warnings, plan.record.revision)


def detach(account: Account, request: AssociationRequest) -> Outcome:
    """Take off what was added, and nothing else. A distribution that is gone has nothing left to take off.

    Raises AssociationError. A dry run that was never followed by an attachment has nothing to take off either.
    """
    record = account.records.read(request.distribution_id)
    if request.dry_run and record is None:
        return Outcome("unchanged", [], [], [], None)
    real = request._replace(dry_run=False)
    try:
        plan = _change(account, real, plan_detachment, lambda plan, record: None)
    except MissingDistribution:
        account.records.delete(request.distribution_id)
        return Outcome("unchanged", [], [], [], None)
    account.records.delete(request.distribution_id)
    return Outcome("detached" if plan.differences else "unchanged", plan.differences, [], plan.warnings, None)
