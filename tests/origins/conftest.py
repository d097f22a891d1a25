from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.origins import site
from tests.origins.http_pipeline import Answer
from tests.origins.origin_servers import ALL, Origins, answers
from tests.origins.spellings import Spelling, spellings


class Served(NamedTuple):
    """What an origin serves: the spellings that it takes for the protected page, and the exempt paths it knows."""

    protected: list[Spelling]
    exempt: list[str]


def _is_page(answer: Answer | None, text: str) -> bool:
    return answer is not None and answer.status == 200 and answer.body == text.encode()


def _served(origins: Origins) -> dict[str, Served]:
    spelled = spellings(site.PROTECTED)
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
def asked() -> dict[str, Future[dict[str, Served]]]:
    """By the name of an origin, what it and those of the same program serve; without those that are missing here."""
    with ThreadPoolExecutor(len(ALL)) as threads:
        running = {origins: threads.submit(_served, origins) for origins in ALL if origins.missing() is None}
        return {name: future for origins, future in running.items() for name in origins.names}


@pytest.fixture(params=[pytest.param((one, name), id=name) for one in ALL for name in one.names])
def origin(request: pytest.FixtureRequest, asked: dict[str, Future[dict[str, Served]]]) -> Served:
    """What one origin serves."""
    origins, name = request.param
    if missing := origins.missing():
        pytest.skip(missing)
    return asked[name].result()[name]
