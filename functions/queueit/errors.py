"""What the engine raises: each level of the tree is useful to catch."""


def shown(value: object, max_length: int = 60) -> str:
    """`value`, of a document, for a message: as JSON in ASCII on one line, cut where it is long."""
    import json

    try:
        text = json.dumps(value, default=str).replace("\x7f", "\\u007f")
    except (RecursionError, TypeError, ValueError):  # nested too deeply, or not of JSON
        return f"a {type(value).__name__}"
    return text if len(text) <= max_length else text[: max_length - 3] + "..."


class QueueitError(ValueError):
    """Anything that is wrong with a document handed to the engine; its text is safe to log."""


class _InvalidDocument(QueueitError):
    """A document with one or more problems, each a sentence that names the place and the way out."""

    subject = "document"

    def __init__(self, problems: "tuple[str, ...]") -> None:
        self.problems = problems
        shown = "; ".join(problems[:10])
        more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
        super().__init__(f"invalid {self.subject}: {shown}{more}")


class InvalidIntegrationConfig(_InvalidDocument):
    """The integration configuration cannot be compiled; `problems` names integration, trigger and field."""

    subject = "integration configuration"


class InvalidSettings(_InvalidDocument):
    """One or more settings are unknown or have a value that is not accepted."""

    subject = "settings"


class InvalidSnapshot(QueueitError):
    """The snapshot document as a whole is not usable."""


class UnknownSnapshotFormat(InvalidSnapshot):
    """A snapshot of a later format than this code knows."""


class IntegrationUnusable(QueueitError):
    """An integration that was published cannot be compiled: nobody knows whether it is for a request."""


class InvalidTableItem(QueueitError):
    """An item of the table is not what a connector writes."""
