"""The documentation leads somewhere: its links, its make targets, and what it says of the local edge."""

import re
from pathlib import Path

import pytest

from queueit.settings import Settings

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


def anchors(page: Path) -> set[str]:
    """The fragments that lead to a heading of a page, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_link_to_a_heading_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", page.read_text(encoding="utf-8"))
    pages = [((page.parent / target) if target else page, fragment) for target, fragment in links]

    assert [
        fragment for target, fragment in pages if target.suffix == ".md" and fragment not in anchors(target)
    ] == []


def test_the_readme_names_every_example_and_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = [one.parent.name for one in ROOT.glob("examples/*/README.md")]
    pages = [page_id(page) for page in ROOT.glob("docs/*.md")]

    assert [name for name in examples if f"](examples/{name})" not in text] == []
    assert [name for name in pages if f"]({name}" not in text] == []


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (
            "How do I protect one path?",
            ["docs/behaviors.md#choosing-behaviors", "docs/command-line.md#doctor"],
        ),
        ("How do I test before AWS?", ["#ten-minutes-with-the-demo", "docs/command-line.md#validate"]),
        (
            "Who let this visitor in?",
            ["docs/operations.md#where-the-logs-are", "docs/command-line.md#explain"],
        ),
    ],
)
def test_the_readme_answers_what_people_ask_first_on_its_first_screen(
    question: str, answers: list[str]
) -> None:
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
    answer = first_screen.partition(f"| {question} |")[2].partition("\n")[0]

    assert [link for link in answers if f"]({link})" not in answer] == []


def test_how_soon_a_configuration_arrives_is_what_the_defaults_come_to() -> None:
    page = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    options = (ROOT / "modules" / "options" / "variables-config-refresh.tf").read_text(encoding="utf-8")
    interval = re.search(r"interval_minutes\s+= optional\(number, (\d+)\)", options)
    said = re.search(
        r"\| (\d+) seconds: the schedule's .*?\((\d+) minute\).*?\((\d+) seconds\).*\| (\d+) seconds:", page
    )
    assert interval
    assert said
    by_schedule, minutes, poll, pushed = map(int, said.groups())

    assert (minutes, poll) == (int(interval[1]), Settings().poll_interval_seconds)
    assert (by_schedule, pushed) == (60 * minutes + poll + 5, poll + 5)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_make_command_is_a_target(page: Path) -> None:
    fenced = "".join(re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", fenced)) <= set(targets)
