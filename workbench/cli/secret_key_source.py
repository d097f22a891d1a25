"""Where a command gets the account's secret key from: never from the command line, where others could read it."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from queueit.secret_keys import key_problem
from workbench.cli.command import CommandFailed, Context, UsageError

VARIABLE = "QUEUEIT_SECRET_KEY"


def add_secret_file(parser: ArgumentParser) -> None:
    """The option that says where the key is."""
    parser.add_argument(
        "--secret-file",
        metavar="FILE",
        help="a file with the account's secret key, as plain text or as the JSON that the connector's secret in "
        "Secrets "
        f"Manager holds; - reads standard input (or the variable {VARIABLE})",
    )


def secret_key(options: Namespace, context: Context) -> str | None:
    """The key, None when nothing gives one. Raises CommandFailed when what should hold it does not."""
    if not options.secret_file:
        return _checked(context.environ.get(VARIABLE) or "", VARIABLE) or None
    if options.secret_file == "-":
        text, place = context.stdin.read(), "standard input"
    else:
        place = f"the file {options.secret_file}"
        try:
            text = Path(options.secret_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandFailed(f"{place} cannot be read: {_why(error)}") from None
    # A text file ends in a line break, which is none of the key.
    key = _key_of(text.removesuffix("\n").removesuffix("\r"))
    if not key:
        raise CommandFailed(f'{place} holds no key; write the key alone, or {{"secret_key": …}}')
    return _checked(key, place)


def required_secret_key(options: Namespace, context: Context) -> str:
    """The key. Raises UsageError when nothing gives one."""
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
    except ValueError:
        return ""
    value = document.get("secret_key")
    return value if isinstance(value, str) else ""


def _why(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not UTF-8 text"
