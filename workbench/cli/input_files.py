"""What a command reads from a file or from standard input, within limits."""

import json
from pathlib import Path
from typing import Any, Final, NoReturn

from workbench.cli.command import CommandFailed, Context

MAX_BYTES: Final = 64 * 1024 * 1024
"""More than any configuration, table or edge could take."""


def place_of(path: str) -> str:
    """How a message calls it."""
    return "standard input" if path == "-" else path


def read_text(path: str, context: Context) -> str:
    """The text of a file, or of standard input for `-`. Raises CommandFailed."""
    place = place_of(path)
    try:
        if path == "-":
            if context.stdin is None:
                raise CommandFailed("standard input is closed")
            text = context.stdin.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                text = file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise CommandFailed(f"{place} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandFailed(f"{place} is not UTF-8 text") from None
    except ValueError:  # a name that no file can have
        raise CommandFailed(f"{place} cannot be read: there is no such file") from None
    if len(text) > MAX_BYTES:
        raise CommandFailed(
            f"{place} is larger than {MAX_BYTES // 1024 // 1024} MB, which nothing here can be"
        )
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


def parse_json(text: str, place: str) -> Any:
    """The JSON of `text`, which is from `place`. Raises CommandFailed."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise CommandFailed(f"{place} is nested too deeply for JSON that anything here reads") from None
    except ValueError as error:
        why = "it has a number of thousands of digits" if "integer string" in str(error) else error
        raise CommandFailed(f"{place} is not JSON: {why}") from None


def read_json(path: str, context: Context) -> Any:
    """The JSON of a file, or of standard input for `-`. Raises CommandFailed."""
    return parse_json(read_text(path, context), place_of(path))
