"""What can go wrong with a run: each text says what was wrong and what to do, and holds no credential."""

import traceback


class RefreshError(Exception):
    """The run failed, and what is in force stays."""


class InvalidEnvironment(RefreshError):
    """A variable of the function's environment is missing or not accepted."""


class CredentialsError(RefreshError):
    """The secret cannot be read or does not hold what it should."""


class PlatformError(RefreshError):
    """The platform gave no integration configuration that could be used."""


class StoreError(RefreshError):
    """The table could not be read or written."""


class Overtaken(RefreshError):
    """Somebody else changed the state: what this run decided by is no longer so."""


class OutOfTime(RefreshError):
    """The run ended by itself, as Lambda would have ended it before the next attempt was over."""


class NothingInForce(RefreshError):
    """There is nothing usable in force yet that could be changed; the schedule brings it."""


class Defect(RefreshError):
    """A fault of the code itself; the text says where, not what, as the cause's own text may hold anything."""


def place_of(defect: Exception) -> str:
    """Where a defect showed: its own text might quote what was sent, or a key."""
    frame = traceback.extract_tb(defect.__traceback__)[-1]
    return (
        f"a defect of the connector, {type(defect).__name__} in {frame.name}, line {frame.lineno}; what is in force "
        "stays, please report it"
    )


class PublicationRefused(RefreshError):
    """What is offered may not be published."""


class TooLarge(PublicationRefused):
    """The snapshot does not fit into an item of the table."""


class Frozen(PublicationRefused):
    """Operators have frozen publications."""


class Held(PublicationRefused):
    """A rollback holds the configuration in force, and this one is not newer than the newest there was."""


class Unusable(PublicationRefused):
    """The edge could not load the configuration."""


class PassingFailure(Exception):
    """An attempt of a download failed in a way that another one may not."""
