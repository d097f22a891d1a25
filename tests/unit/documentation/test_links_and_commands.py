"""The documentation leads somewhere: its links, its make targets, and what it says of the local edge."""

import re
from pathlib import Path

import pytest

from workbench.local_edge import rules

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_there_are_pages_to_check() -> None:
    assert {"README.md", "docs/local-edge.md", "docs/conformance.md"} <= set(map(page_id, PAGES))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target]

    assert [target for target in files if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_make_command_is_a_target(page: Path) -> None:
    fenced = "".join(re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", fenced)) <= set(targets)


def test_the_page_on_the_local_edge_names_every_rule_that_it_enforces() -> None:
    source = Path(rules.__file__).read_text(encoding="utf-8")
    enforced = {
        *re.findall(r'RuleBroken\(\s*"([a-z0-9-]+)"', source),
        "method-unchanged",
        "client-ip-unchanged",
    }
    table = (
        (ROOT / "docs" / "local-edge.md").read_text(encoding="utf-8").partition("## The rules it enforces")[2]
    )
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", table.partition("\n## ")[0]))

    assert named == enforced
