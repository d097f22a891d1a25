"""Reads the account's secret key: from a file or a variable, never from the command line, where others could see it."""

import json

from queueit.secret_keys import key_problem
from workbench.cli.command import CommandFailed, Context, Options, UsageError, file_option
from workbench.cli.input_files import place_of, read_text

VARIABLE = "QUEUEIT_SECRET_KEY"


SECRET_FILE = file_option(
    "--secret-file",
    "a file with the account's secret key, as plain text or as the JSON that the connector's secret in Secrets "
    f"Manager holds; - reads standard input (or the variable {VARIABLE})",
)
"""The option that names the file."""


def secret_key(options: Options, context: Context) -> str | None:
    """The key; None when neither option nor variable is given. Raises CommandFailed for a file that holds no key."""
    if not options.secret_file:
        return _checked(context.environ.get(VARIABLE) or "", VARIABLE) or None
    place = place_of(options.secret_file)
    text = read_text(options.secret_file, context)
    # The line break at the end of a text file is not part of the key.
    key = _key_of(text.removesuffix("\n").removesuffix("\r"))
    if not key:
        raise CommandFailed(f'{place} holds no key; write the key alone, or {{"secret_key": …}}')
    return _checked(key, place)


def required_secret_key(options: Options, context: Context) -> str:
    """The key. Raises UsageError when neither option nor variable is given."""
    key = secret_key(options, context)
    if key is None:
        raise UsageError(
            f"the account's secret key is needed: set {VARIABLE}, or give --secret-file FILE (- for stdin)"
        )
    return key


def _checked(key: str, place: str) -> str:
    if key and (problem := key_problem(key)):
        raise CommandFailed(f"the secret key in {place} {problem}; give it as the platform shows it")
    return key


def _key_of(text: str) -> str:
    if not text.lstrip().startswith("{"):
        return text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    value = document.get("secret_key")
    return value if isinstance(value, str) else ""
