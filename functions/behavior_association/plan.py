"""Which associations of a distribution have to change, and what is in the way. Pure: configurations in, plans out."""

from typing import NamedTuple

from behavior_association.association_request import (
    DEFAULT_BEHAVIOR,
    VIEWER_EVENTS,
    AssociationRequest,
    function_arn,
)
from behavior_association.distribution_config import (
    CATCH_ALL,
    Behavior,
    Config,
    Difference,
    differences,
    edited,
)
from behavior_association.record import NO_RECORD, NOTHING_TAKEN, Record, Taken


class Plan(NamedTuple):
    """`document` is the XML to write, `record` what is then remembered; with a problem, nothing may be written."""

    document: bytes
    record: Record
    differences: list[Difference]
    problems: list[str]
    warnings: list[str]


def _functions(request: AssociationRequest) -> tuple[str, ...]:
    return tuple(sorted({function_arn(association.lambda_arn) for association in request.associations}))


class _Planner:
    """One plan in the making: `behaviors` are replaced one by one."""

    def __init__(self, config: Config, request: AssociationRequest, record: Record) -> None:
        self.config = config
        self.behaviors = list(config.behaviors)
        self.request = request
        self.record = record
        self.problems: list[str] = []

    def problem(self, text: str, behavior: str | None = None) -> None:
        where = f"distribution {self.request.distribution_id}{f', behavior {behavior!r}' if behavior else ''}"
        self.problems.append(f"{where}: {text}")

    def targets(self) -> list[int]:
        """The behaviors that the pair is wanted on; a path pattern that is missing is a problem."""
        found = []
        ordered = [behavior.name for behavior in self.behaviors[:-1]]
        for pattern in self.request.path_patterns:
            target = self.config.position(pattern)
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
            elif target not in found:
                found.append(target)
        return found

    def is_ours(self, name: str, lambda_arn: str) -> bool:
        """Whether it is one of the pair's functions: as wanted, or as added to this behavior earlier."""
        function = function_arn(lambda_arn)
        wanted = [function_arn(association.lambda_arn) for association in self.request.associations]
        return function in wanted or (name in self.record.behaviors and function in self.record.functions)

    def check_lists(self, behavior: Behavior) -> None:
        """What in a behavior's lists makes a change of them unclear."""
        for stranger in behavior.unclear:
            self.problem(
                f"its functions are listed with {stranger}, which this version of the connector does not know, so "
                "nobody can tell what a change would do; use a newer version, or associate the functions by hand",
                behavior.name,
            )

    def check_lost(self, behavior: Behavior, event_type: str) -> None:
        """Find what an association that has to give way holds and a record of it could not give back."""
        for stranger in behavior.unknown.get(event_type, ()):
            self.problem(
                f"the function on its {event_type} cannot be replaced: it has {stranger}, which this version of the "
                "connector does not know and could not put back; take the function off by hand",
                behavior.name,
            )

    def take_functions(self, behavior: Behavior) -> dict[str, str]:
        """The CloudFront Functions, by event type, that have to go: no viewer event may have one beside Lambda@Edge."""
        for event_type, arn in behavior.functions.items():
            if self.request.replaces:
                self.check_lost(behavior, event_type)
            else:
                self.problem(
                    f"the CloudFront Function {arn} is on its {event_type}, and CloudFront does not let it share "
                    "viewer events with Lambda@Edge; take it off, or set on_conflict to replace",
                    behavior.name,
                )
        return behavior.functions

    def take(self, number: int) -> Taken:
        """Put the pair on a behavior. The result is what gave way to it, now or when it was put there."""
        behavior = self.behaviors[number]
        self.check_lists(behavior)
        if behavior.has_grpc:
            self.problem(
                "it has gRPC switched on, and CloudFront runs no function for gRPC requests, so they would pass the "
                "waiting room; switch gRPC off there, or give gRPC a behavior of its own, and do not name that one",
                behavior.name,
            )
        earlier = self.record.behaviors.get(behavior.name, NOTHING_TAKEN)
        wanted = {association.event_type: association for association in self.request.associations}
        present = {event: there for event, there in behavior.lambdas.items() if event in VIEWER_EVENTS}
        ours = {event for event, there in present.items() if self.is_ours(behavior.name, there.lambda_arn)}
        taken = {event: function for event, function in earlier.lambdas.items() if event in ours}
        functions = (earlier.functions if ours else {}) | self.take_functions(behavior)
        lambdas = {
            event: there for event, there in behavior.lambdas.items() if event in wanted or event not in ours
        }
        for event_type, association in wanted.items():
            if event_type in present and event_type not in ours:
                there = present[event_type]
                if self.request.replaces:
                    self.check_lost(behavior, event_type)
                    taken[event_type] = there
                else:
                    self.problem(
                        f"the function {there.lambda_arn} is on its {event_type}, and CloudFront takes one function "
                        "an event; take it off, or set on_conflict to replace",
                        behavior.name,
                    )
            lambdas[event_type] = association
        self.behaviors[number] = behavior._replace(lambdas=lambdas, functions={})
        return Taken(taken, functions)

    def release(self, name: str, taken: Taken) -> None:
        """Take the pair off a behavior, where both still are, and put back what gave way where that is wanted."""
        number = self.config.position(name)
        if number is None:
            return
        behavior = self.behaviors[number]
        restored = taken if self.request.remembers else NOTHING_TAKEN
        lambdas, functions = {}, behavior.functions
        for event_type, there in behavior.lambdas.items():
            is_ours = function_arn(there.lambda_arn) in self.record.functions
            kept = restored.lambdas.get(event_type) if is_ours else there
            if kept is not None:
                lambdas[event_type] = kept
        is_free = not any(event_type in lambdas for event_type in VIEWER_EVENTS)
        if lambdas != behavior.lambdas and is_free and not functions:
            functions = restored.functions
        if (lambdas, functions) != (behavior.lambdas, behavior.functions):
            self.check_lists(behavior)
        self.behaviors[number] = behavior._replace(lambdas=lambdas, functions=functions)

    def check_distribution(self) -> None:
        """What would make CloudFront refuse the configuration as a whole, or make a change to it useless."""
        if self.config.is_staging:
            self.problem(
                "it is the staging distribution of a continuous deployment, whose configuration is promoted or thrown "
                "away as a whole; finish that deployment, then name the primary distribution"
            )
        count = sum(len(behavior.lambdas) for behavior in self.behaviors)
        if count > self.request.quota:
            self.problem(
                f"it would have {count} Lambda@Edge associations, more than the {self.request.quota} that CloudFront "
                "allows; name fewer behaviors, or have the quota raised and set association_quota to it"
            )

    def warnings(self) -> list[str]:
        where = f"distribution {self.request.distribution_id}"
        found = []
        if self.config.has_continuous_deployment:
            found.append(
                f"{where}: it has a continuous deployment policy; promoting its staging distribution replaces these "
                "associations, so put the pair there too"
            )
        if self.config.is_multi_tenant:
            found.append(
                f"{where}: it is a multi-tenant distribution, so the pair runs for every domain of all its tenants, "
                "with one configuration; tell tenants apart by triggers on the host name"
            )
        return found

    def plan(self, record: Record) -> Plan:
        behaviors = tuple(self.behaviors)
        found = differences(self.config.behaviors, behaviors)
        document = self.config.document if self.problems else edited(self.config, behaviors)
        return Plan(document, record, found, self.problems, self.warnings())


def plan_attachment(config: Config, request: AssociationRequest, record: Record | None) -> Plan:
    """What makes the pair's associations those of `request`: on the behaviors it names, on no other it was added to."""
    planner = _Planner(config, request, record or NO_RECORD)
    targets = planner.targets()
    named = {config.behaviors[number].name for number in targets}
    for name, taken in planner.record.behaviors.items():
        if name not in named:
            planner.release(name, taken)
    kept = {config.behaviors[number].name: planner.take(number) for number in targets}
    planner.check_distribution()
    revision = request.revision or planner.record.revision
    return planner.plan(Record(revision, _functions(request), kept))


def plan_detachment(config: Config, request: AssociationRequest, record: Record | None) -> Plan:
    """What takes the pair off all it was added to: by the record, or without one by what `request` asked for."""
    if record is None:
        found = [config.position(pattern) for pattern in request.path_patterns]
        names = [config.behaviors[number].name for number in found if number is not None]
        record = Record(None, _functions(request), dict.fromkeys(names, NOTHING_TAKEN))
    planner = _Planner(config, request, record)
    for name, taken in record.behaviors.items():
        planner.release(name, taken)
    return planner.plan(NO_RECORD)
