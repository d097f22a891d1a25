from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.origins import site
from tests.origins.http_pipeline import Answer
from tests.origins.origin_servers import ALL, NODE, Origins, answers
from tests.origins.spellings import Spelling, spellings


class Served(NamedTuple):
    """What an origin serves: the spellings that it takes for the protected page, and the exempt paths it knows."""

    protected: list[Spelling]
    exempt: list[str]


def _is_page(answer: Answer | None, text: str) -> bool:
    return answer is not None and answer.status == 200 and answer.body == text.encode()


def _served(origins: Origins, spelled: list[Spelling]) -> dict[str, Served]:
    targets = [*[one.text for one in spelled], *site.EXEMPT]
    with TemporaryDirectory(prefix="origins-") as folder:
        by_name = answers(origins, Path(folder), targets)
    return {
        name: Served(
            [one for one, answer in zip(spelled, given, strict=False) if _is_page(answer, site.MARK)],
            [
                path
                for (path, file), answer in zip(site.EXEMPT.items(), given[len(spelled) :], strict=True)
                if _is_page(answer, site.exempt_text(file))
            ],
        )
        for name, given in by_name.items()
    }


@pytest.fixture(scope="session")
def served(is_full: bool) -> Callable[[Origins], dict[str, Served]]:
    """By name, what the origins of one program serve; each program is asked once."""
    spelled = spellings(site.PROTECTED, one_pair_in=1 if is_full else 8)
    return cache(lambda origins: _served(origins, spelled))


@pytest.fixture(
    params=[
        pytest.param((one, name), id=name, marks=() if one is NODE else pytest.mark.full)
        for one in ALL
        for name in one.names
    ]
)
def origin(request: pytest.FixtureRequest, served: Callable[[Origins], dict[str, Served]]) -> Served:
    """What one origin serves."""
    origins, name = request.param
    if missing := origins.missing():
        pytest.skip(missing)
    return served(origins)[name]
