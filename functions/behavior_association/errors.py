"""What can go wrong with an association: each text names the distribution, the behavior and the way out."""


class AssociationError(Exception):
    """The distribution was not changed, or not as wanted; the text says what to do."""


class InvalidRequest(AssociationError):
    """The event is not one that this function takes."""


class Refused(AssociationError):
    """The wanted associations cannot or must not be made; `problems` has a sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class ServiceError(AssociationError):
    """An AWS service refused a call or could not be reached."""


class Overtaken(AssociationError):
    """Somebody else changed the distribution between reading and writing."""


class NotAllowed(ServiceError):
    """The role may not do this, or not yet: a policy that was just written takes some seconds to be in force."""


class MissingDistribution(AssociationError):
    """There is no such distribution in this account."""
