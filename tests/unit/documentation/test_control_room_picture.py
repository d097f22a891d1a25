"""The picture of the control room: there, small enough to load with the README, and named with what renews it."""

from pathlib import Path

from workbench import control_room_picture

ROOT = Path(__file__).parents[3]


def test_the_picture_is_a_png_under_300_kb_that_the_readme_shows() -> None:
    content = control_room_picture.FILE.read_bytes()

    assert content.startswith(b"\x89PNG")
    assert len(content) < 300_000
    assert f"({control_room_picture.FILE.relative_to(ROOT).as_posix()})" in (ROOT / "README.md").read_text(
        "utf-8"
    )


def test_the_page_for_contributors_names_the_command_that_renews_it() -> None:
    assert f"-m {control_room_picture.__name__}`" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
