"""The page on the demo names every option that there is, every switch, and every port's default."""

from pathlib import Path

import click

from workbench.demo.command import command
from workbench.demo.switches import SWITCHES

PAGE = (Path(__file__).parents[3] / "docs" / "local-edge.md").read_text(encoding="utf-8")


def test_the_page_names_every_option_and_variable_of_the_demo() -> None:
    options = [one for one in command.params if isinstance(one, click.Option)]
    names = [name for one in options for name in one.opts]
    variables = [str(one.envvar) for one in options if one.envvar]

    assert len(names) > 10
    assert [name for name in [*names, *variables] if f"`{name}" not in PAGE] == []


def test_the_page_names_every_switch_once_and_no_other() -> None:
    table = PAGE.partition("### Switches\n")[2].partition("\n## ")[0]

    assert [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")] == [
        one.name for one in SWITCHES
    ]
