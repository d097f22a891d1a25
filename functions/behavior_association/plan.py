"""Which associations of a distribution have to change, and what is in the way. Pure: configurations in and out."""

from copy import deepcopy
from typing import Any, NamedTuple

from behavior_association.distribution_config import (
    CATCH_ALL,
    FUNCTION,
    LAMBDA,
    Config,
    Difference,
    behaviors,
    count_lambda_associations,
    differences,
    find,
    items,
    put_items,
)
from behavior_association.record import NO_RECORD, NOTHING_TAKEN, Record, Taken
from behavior_association.request import (
    DEFAULT_BEHAVIOR,
    VIEWER_EVENTS,
    Association,
    Request,
    function_arn,
)


class Plan(NamedTuple):
    """`config` is what to write, `record` what is to be remembered then; with a problem, nothing may be written."""

    config: Config
    record: Record
    differences: list[Difference]
    problems: list[str]
    warnings: list[str]


def _written(association: Association) -> dict[str, Any]:
    return {
        "LambdaFunctionARN": association.lambda_arn,
        "EventType": association.event_type,
        "IncludeBody": association.include_body,
    }


def _read(item: dict[str, Any]) -> Association:
    return Association(item["EventType"], item["LambdaFunctionARN"], bool(item.get("IncludeBody")))


def _put_lambda(behavior: Config, event_type: str, association: Association | None) -> None:
    """Associate, in the place of what is there on the event; None takes off what is there."""
    content = []
    for item in items(behavior, LAMBDA):
        if item["EventType"] != event_type:
            content.append(item)
        elif association is not None:
            content.append(item if _read(item) == association else _written(association))
            association = None
    if association is not None:
        content.append(_written(association))
    put_items(behavior, LAMBDA, content)


def _functions(request: Request) -> tuple[str, ...]:
    return tuple(sorted({function_arn(association.lambda_arn) for association in request.associations}))


class _Planner:
    """One plan in the making: `config` is changed in place."""

    def __init__(self, config: Config, request: Request, record: Record) -> None:
        self.before = config
        self.config = deepcopy(config)
        self.request = request
        self.record = record
        self.problems: list[str] = []

    def problem(self, text: str, behavior: str | None = None) -> None:
        where = f"distribution {self.request.distribution_id}{f', behavior {behavior!r}' if behavior else ''}"
        self.problems.append(f"{where}: {text}")

    def targets(self) -> dict[str, Config]:
        """The behaviors that the pair is wanted on; a path pattern that is missing is a problem."""
        found = {}
        ordered = [pattern for pattern, _ in behaviors(self.config)][:-1]
        for pattern in self.request.path_patterns:
            target = find(self.config, pattern)
            if target is None:
                known = ", ".join([*ordered, DEFAULT_BEHAVIOR])
                self.problem(
                    "there is no behavior with this path pattern; add it to the distribution, or name one of "
                    f"{known} ({DEFAULT_BEHAVIOR} is the default behavior)",
                    pattern,
                )
            elif pattern == DEFAULT_BEHAVIOR and CATCH_ALL in ordered:
                self.problem(
                    "an ordered behavior takes every path, so the default behavior never gets a request; name that "
                    f"one, as {CATCH_ALL}, or remove it from the distribution",
                    pattern,
                )
            else:
                found[target[0]] = target[1]
        return found

    def is_ours(self, name: str, lambda_arn: str) -> bool:
        """Whether it is one of the pair's functions: as wanted, or as added to this behavior earlier."""
        function = function_arn(lambda_arn)
        wanted = [function_arn(association.lambda_arn) for association in self.request.associations]
        return function in wanted or (name in self.record.behaviors and function in self.record.functions)

    def take_functions(self, name: str, behavior: Config) -> dict[str, str]:
        """Make room for Lambda@Edge on the viewer events; the CloudFront Functions that had to go, by event type."""
        taken = {item["EventType"]: item["FunctionARN"] for item in items(behavior, FUNCTION)}
        if not self.request.replaces:
            for event_type, arn in taken.items():
                self.problem(
                    f"the CloudFront Function {arn} is on its {event_type}, and CloudFront does not let it share "
                    "viewer events with Lambda@Edge; take it off, or set on_conflict to replace",
                    name,
                )
        elif taken:
            put_items(behavior, FUNCTION, [])
        return taken

    def take(self, name: str, behavior: Config) -> Taken:
        """Put the pair on a behavior; what gave way: now, or earlier where the pair has kept the place since."""
        earlier = self.record.behaviors.get(name, NOTHING_TAKEN)
        wanted = {association.event_type: association for association in self.request.associations}
        present = {
            item["EventType"]: _read(item)
            for item in items(behavior, LAMBDA)
            if item["EventType"] in VIEWER_EVENTS
        }
        ours = {event for event, there in present.items() if self.is_ours(name, there.lambda_arn)}
        lambdas = {event: taken for event, taken in earlier.lambdas.items() if event in ours}
        functions = (earlier.functions if ours else {}) | self.take_functions(name, behavior)
        for event_type in VIEWER_EVENTS:
            association = wanted.get(event_type)
            if event_type in present and event_type not in ours:
                there = present[event_type]
                if association is None:
                    continue
                if not self.request.replaces:
                    self.problem(
                        f"the function {there.lambda_arn} is on its {event_type}, and CloudFront takes one function "
                        "an event; take it off, or set on_conflict to replace",
                        name,
                    )
                    continue
                lambdas[event_type] = there
            _put_lambda(behavior, event_type, association)
        return Taken(lambdas, functions)

    def release(self, behavior: Config, taken: Taken) -> None:
        """Take the pair off a behavior, where it still is, and put back what gave way where that is wanted."""
        restored = taken if self.request.remembers else NOTHING_TAKEN
        ours = [
            item["EventType"]
            for item in items(behavior, LAMBDA)
            if function_arn(item["LambdaFunctionARN"]) in self.record.functions
        ]
        for event_type in ours:
            _put_lambda(behavior, event_type, restored.lambdas.get(event_type))
        is_free = not [item for item in items(behavior, LAMBDA) if item["EventType"] in VIEWER_EVENTS]
        if ours and is_free and restored.functions and not items(behavior, FUNCTION):
            content = [
                {"FunctionARN": arn, "EventType": event_type}
                for event_type, arn in restored.functions.items()
            ]
            put_items(behavior, FUNCTION, content)

    def check_distribution(self) -> None:
        """What would make CloudFront refuse the configuration as a whole, or make a change of it vain."""
        if self.config.get("Staging"):
            self.problem(
                "it is the staging distribution of a continuous deployment, whose configuration is promoted or thrown "
                "away as a whole; finish that deployment, then name the primary distribution"
            )
        count = count_lambda_associations(self.config)
        if count > self.request.quota:
            self.problem(
                f"it would have {count} Lambda@Edge associations, more than the {self.request.quota} that CloudFront "
                "allows; name fewer behaviors, or have the quota raised and set association_quota to it"
            )

    def warnings(self) -> list[str]:
        if not self.config.get("ContinuousDeploymentPolicyId"):
            return []
        return [
            f"distribution {self.request.distribution_id}: it has a continuous deployment policy; promoting its "
            "staging distribution replaces these associations, so put the pair there too"
        ]

    def plan(self, record: Record) -> Plan:
        found = differences(self.before, self.config)
        return Plan(self.config, record, found, self.problems, self.warnings())


def plan_attachment(config: Config, request: Request, record: Record | None) -> Plan:
    """What makes the pair's associations those of `request`: on the behaviors it names, on no other it was added to."""
    planner = _Planner(config, request, record or NO_RECORD)
    targets = planner.targets()
    for name, taken in planner.record.behaviors.items():
        known = find(planner.config, name)
        if known and name not in targets:
            planner.release(known[1], taken)
    kept = {name: planner.take(name, behavior) for name, behavior in targets.items()}
    planner.check_distribution()
    revision = request.revision or planner.record.revision
    return planner.plan(Record(revision, _functions(request), kept))


def plan_detachment(config: Config, request: Request, record: Record | None) -> Plan:
    """What takes the pair off all it was added to: by the record, or without one by what `request` asked for."""
    if record is None:
        found = [find(config, pattern) for pattern in request.path_patterns]
        record = Record(None, _functions(request), {target[0]: NOTHING_TAKEN for target in found if target})
    planner = _Planner(config, request, record)
    for name, taken in record.behaviors.items():
        target = find(planner.config, name)
        if target:
            planner.release(target[1], taken)
    return planner.plan(NO_RECORD)
