"""What the Terraform tests share: waiting rooms, AWS, and everything deployed once.

Files that share a deployment go to one worker: tests/conftest.py says which.
"""

from collections.abc import Iterator

import pytest

from tests.terraform.aws import Aws
from tests.terraform.life import Life, live
from tests.terraform.stacks import EVERYTHING, EXAMPLES, REPOSITORIES, Stacks, workspace
from tests.terraform.story import Story, told
from tests.terraform.waiting_rooms import Platform, platforms
from tests.terraform.workspace import Plan, Workspace, missing_terraform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the ends last, and give Terraform time on a busy machine."""
    items.sort(key=lambda item: item.path.name == "test_ends.py")
    for item in items:
        if "tests/terraform/" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def terraform() -> None:
    """Skips what needs Terraform where there is none."""
    if missing := missing_terraform():
        pytest.skip(missing)


@pytest.fixture(scope="session")
def rooms() -> Iterator[dict[str, Platform]]:
    """The waiting rooms by customer id."""
    with platforms() as served:
        yield served


@pytest.fixture(scope="session")
def aws(terraform: None, rooms: dict[str, Platform]) -> Iterator[Aws]:
    """The account that everything is deployed to."""
    with Aws({customer_id: platform.url for customer_id, platform in rooms.items()}) as running:
        yield running


@pytest.fixture(scope="session")
def stacks(
    request: pytest.FixtureRequest, aws: Aws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stacks]:
    """The examples, being deployed."""
    deployed = Stacks(tmp_path_factory.mktemp("stacks"), aws)
    everything = any(item.get_closest_marker("full") for item in request.session.items)
    deployed.begin(*EXAMPLES, *(REPOSITORIES if everything else ()))
    yield deployed
    deployed.stop()


@pytest.fixture(scope="session")
def elsewhere(stacks: Stacks) -> Workspace:
    """The example `minimal` on another machine: another path, the same state."""
    place = stacks.another_copy("another-machine", "minimal")
    place.init()
    return place


@pytest.fixture(scope="session")
def everything(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan of the module with every optional part, its surroundings given by ARN."""
    place = workspace(EVERYTHING, tmp_path_factory.mktemp("everything") / "copy", aws)
    place.init()
    return place.plan()


@pytest.fixture(scope="session")
def life(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A connector from a first apply that fails to its end."""
    return live(tmp_path_factory.mktemp("life") / "copy", aws)


@pytest.fixture(scope="session")
def story(terraform: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """What modules/behavior_association does to four distributions."""
    with told(tmp_path_factory.mktemp("story") / "copy") as story:
        yield story
