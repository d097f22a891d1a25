"""The frame that all commands share."""

import io
import re
import shlex
import sys
from collections.abc import Iterator
from typing import Any

import click
import pytest

from queueit import __version__
from tests.command_line import in_a_process, queueit
from workbench.cli.__main__ import COMMAND_LINE
from workbench.cli.command import columns, duration, moment, plural
from workbench.cli.commands import COMMANDS
from workbench.cli.display import write_text


def lines_of(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command that a command line can end in."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from lines_of(command, (*before, name))
        else:
            yield (*before, name)


LINES = [*lines_of(COMMAND_LINE)]


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_every_command_takes_json_and_has_help_with_examples_that_parse(words: tuple[str, ...]) -> None:
    shown = queueit(*words, "--help").out
    examples = re.findall(r"^ +queueit (.+)$", shown.partition("Examples:")[2], re.MULTILINE)
    assert "--json" in shown
    assert examples
    for example in examples:
        arguments = shlex.split(example.partition(" > ")[0])
        assert tuple(arguments[: len(words)]) == words
        command: Any = COMMAND_LINE
        for word in words:
            command = command.get_command(click.Context(command), word)
        command.make_context("queueit", arguments[len(words) :])


def test_the_list_of_commands_is_what_the_modules_hold() -> None:
    assert [line[0] for line in LINES if line[0] != "token"] == [name for name in COMMANDS if name != "token"]


def test_the_version_is_the_modules() -> None:
    assert queueit("--version").out == f"queueit {__version__}\n"


def test_a_command_line_that_makes_no_sense_is_json_too_where_json_is_asked_for() -> None:
    ran = queueit("explain", "ftp://a.b/", "--json")
    assert (ran.status, ran.document["ok"], ran.err) == (2, False, "")
    assert "has the scheme ftp" in ran.document["error"]


@pytest.mark.parametrize(
    "arguments", [["--version"], pytest.param(["--help"], marks=pytest.mark.full), ["validate", "--help"]]
)
def test_what_a_command_does_not_need_is_not_imported(arguments: list[str]) -> None:
    code = (
        "import sys; from workbench.cli.__main__ import main; main(sys.argv[1:], {}); "
        "print([one for one in ('boto3', 'botocore', 'requests', 'rich') if one in sys.modules], file=sys.stderr)"
    )
    done = in_a_process(sys.executable, "-c", code, *arguments)
    assert (done.returncode, done.stderr) == (0, "[]\n")


@pytest.mark.parametrize(
    "shell", ["bash", *[pytest.param(shell, marks=pytest.mark.full) for shell in ("zsh", "fish")]]
)
def test_a_shell_can_complete_commands_and_options(shell: str) -> None:
    found = in_a_process(
        sys.executable,
        "-c",
        "from workbench.cli.__main__ import main; main()",
        _QUEUEIT_COMPLETE=f"{shell}_complete",
        COMP_WORDS="queueit expl",
        COMP_CWORD="expl" if shell == "fish" else "1",
    )
    assert "explain" in found.stdout


class Terminal(io.StringIO):
    """A terminal to write to."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, pipe = Terminal(), io.StringIO()
    write_text("problem  one\nok       two", terminal)
    write_text("problem  one\nok       two", pipe)
    assert terminal.getvalue().startswith("\x1b[1;31mproblem ")
    assert pipe.getvalue() == "problem  one\nok       two\n"
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    write_text("problem  one", terminal)
    assert "[1;31m" not in terminal.getvalue()


def test_columns_stand_one_under_the_other_whatever_the_script() -> None:
    assert columns([("a", "東京", "x"), ("bcd", "e", "y")]) == ["a    東京  x", "bcd  e     y"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (200, "3 min 20 s"), (90061, "1 d 1 h"), (7200, "2 h"), (-5, "0 s")],
)
def test_durations_are_told_in_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_moments_are_in_utc_and_numbers_agree_with_their_nouns() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert [plural(number, "error") for number in (0, 1, 2)] == ["no errors", "1 error", "2 errors"]
