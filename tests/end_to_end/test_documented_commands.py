"""Every command of the pages for operators, run in their order against the local system."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from queueit import outcome
from tests.command_line import Ran
from tests.end_to_end.test_command_line import queueit
from workbench.cli.commands import COMMANDS
from workbench.demo import Demo

__all__ = ["queueit"]  # a fixture

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("operations.md", "command-line.md")
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(queueit [^`]+)`")


def commands_of(page: str) -> list[str]:
    """The lines of the page's shell blocks."""
    blocks = _BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    return [
        line.strip() for kind, block in blocks if kind == "sh" for line in block.splitlines() if line.strip()
    ]


@pytest.fixture
def directory(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the pages' commands run: with the files that they name."""
    import json

    (tmp_path / "configuration.json").write_text(json.dumps(demo.waiting_room.publication.current()))
    (tmp_path / "settings.json").write_text('{"poll_interval_seconds": 10}')
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    demo.refresh()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_runs_in_its_order(
    page: str, demo: Demo, queueit: Callable[..., Ran], directory: Path
) -> None:
    demo.publish(demo.sample_configuration())
    demo.refresh()
    run = 0
    for line in commands_of(page):
        if line == "export QUEUEIT_CONNECTOR=shop":
            continue  # the connector here has another name
        command, _, may_fail = line.partition(" || ")
        assert may_fail in ("", "true"), line
        command, _, output = command.partition(" > ")
        words = shlex.split(command.replace("https://shop.example.com", demo.shop_url))
        assert words[0] == "queueit", line
        demo.publish(demo.sample_configuration())  # somebody publishes all the time
        ran = queueit(*words[1:], QUEUEIT_SECRET_KEY=demo.account.secret_key)
        assert may_fail or ran.status == 0, f"{line}\n{ran.out}{ran.err}"
        if output:
            Path(output).write_text(ran.out)
        run += 1
    assert run > 10


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_the_page_mentions_exists(
    page: str, queueit: Callable[..., Ran]
) -> None:
    text = _BLOCK.sub("", (DOCS / page).read_text(encoding="utf-8"))
    mentioned = [shlex.split(command)[1:] for command in _INLINE.findall(text)]
    assert mentioned
    for words in mentioned:
        assert words[0] in COMMANDS, words
        known = queueit(*words[: 2 if words[0] == "token" else 1], "--help").out
        assert [word for word in words if word.startswith("--") and word not in known] == []


def test_the_reference_names_every_command() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`queueit {name}" not in text] == []


def test_the_reference_names_every_warning_and_every_check() -> None:
    sources = {
        "configuration_warnings.py": r'Warned\(\s*"(\w+)"',
        "site_checks.py": r'(?:self\._(?:good|warning|problem|gate)|Check)\(\s*"(\w+)"',
        "ways_past.py": r'[cC]heck\(\s*"(\w+)"',
        "doctor.py": r'Check\(\s*"(\w+)"',
    }
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    for source, pattern in sources.items():
        code = (DOCS.parent / "workbench" / "cli" / source).read_text(encoding="utf-8")
        names: set[Any] = set(re.findall(pattern, code))
        assert names
        assert {name for name in names if f"`{name}`" not in text} == set(), source


def test_the_runbook_names_every_metric_and_event_of_the_edge() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    edge = DOCS.parent / "functions" / "edge"
    metrics = {one.metric for one in vars(outcome).values() if isinstance(one, outcome.Reason)}
    metrics |= {"PollFailures", "SnapshotAge"}
    assert len(metrics) > 10
    assert {name for name in metrics if f"`{name}`" not in text} == set()
    events = set()
    for module in edge.glob("*.py"):
        events |= set(re.findall(r'"event": "(\w+)"|"(snapshot_\w+)"', module.read_text(encoding="utf-8")))
    named = {first or second for first, second in events}
    assert {"decision", "defect", "snapshot_loaded", "snapshot_poll_failed"} <= named
    assert {name for name in named if f"`{name}`" not in text} == set()
