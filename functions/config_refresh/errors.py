"""What can go wrong with a refresh: each text says what was wrong and what to do, and holds no credential."""


class RefreshError(Exception):
    """The refresh failed; the snapshot in force stays."""


class InvalidEnvironment(RefreshError):
    """A variable of the function's environment is missing or not accepted."""


class CredentialsError(RefreshError):
    """The secret cannot be read or does not hold what it should."""


class PlatformError(RefreshError):
    """The platform gave no integration configuration that could be used."""


class PublicationRefused(RefreshError):
    """The snapshot may not be published: too old, too large, or overtaken by another publication."""


class TooLarge(PublicationRefused):
    """The snapshot does not fit into an item of the table."""


class Overtaken(PublicationRefused):
    """Another publication was faster: what this one was decided by is no longer so."""
