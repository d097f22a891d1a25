"""What can go wrong with keeping log groups in order: each text says what was wrong and what to do."""


class LogRetentionError(Exception):
    """Not every log group is as it should be."""


class InvalidEnvironment(LogRetentionError):
    """A variable of the function's environment is missing or not accepted."""


class RegionsUnknown(LogRetentionError):
    """The account's regions cannot be listed."""


class Incomplete(LogRetentionError):
    """Some log groups could not be read or changed; all others are as they should be."""
