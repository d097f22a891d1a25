"""The frame that all commands share."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from queueit import __version__
from workbench.cli.__main__ import COMMANDS, main, parser
from workbench.cli.command import duration, moment, plural

ROOT = Path(__file__).parents[3]


def test_the_console_script_is_installed_by_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"queueit": "workbench.cli.__main__:main"}


def test_every_command_takes_json_and_has_help_that_says_what_it_is_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in COMMANDS:
        words = (
            [[command.NAME]]
            if command.NAME != "token"
            else [["token", one] for one in ("mint", "cookie", "read")]
        )
        for line in words:
            with pytest.raises(SystemExit) as stopped:
                parser().parse_args([*line, "--help"])
            assert stopped.value.code == 0
            assert "--json" in capsys.readouterr().out


def test_the_version_is_the_modules(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--version"])
    assert capsys.readouterr().out == f"queueit {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["explode"], ["explain"], ["validate"]])
def test_a_command_line_that_names_no_command_or_too_little_exits_with_two(
    arguments: list[str], capsys: Any
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments, {})
    assert stopped.value.code == 2
    assert "usage: queueit" in capsys.readouterr().err


def test_main_runs_a_command_of_the_process_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.json"
    path.write_text("{}")
    assert main(["validate", str(path)], {}) == 1
    assert "Version is null; give a whole number from 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (200, "3 min 20 s"), (90061, "1 d 1 h"), (7200, "2 h"), (-5, "0 s")],
)
def test_durations_are_told_in_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_moments_are_in_utc_and_numbers_agree_with_their_nouns() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert [plural(number, "error") for number in (0, 1, 2)] == ["no errors", "1 error", "2 errors"]
