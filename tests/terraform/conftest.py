"""What the Terraform tests share: waiting rooms, AWS, and everything deployed once."""

from collections.abc import Iterator

import pytest

from tests.terraform.aws import Aws
from tests.terraform.stacks import EVERYTHING, Stacks, workspace
from tests.terraform.waiting_rooms import Platform, platforms
from tests.terraform.workspace import Plan, missing_terraform


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
def stacks(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """The module and its examples, being deployed."""
    deployed = Stacks(tmp_path_factory.mktemp("stacks"), aws)
    yield deployed
    deployed.stop()


@pytest.fixture(scope="session")
def everything(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan of the module with every optional part, its surroundings given by ARN."""
    place = workspace(EVERYTHING, tmp_path_factory.mktemp("everything") / "copy", aws)
    place.init()
    return place.plan()


@pytest.fixture(scope="session", autouse=True)
def under_way(request: pytest.FixtureRequest) -> None:
    """Begins to deploy before the first test, where any test will ask for it: the others run while Terraform waits."""
    needed = any("stacks" in getattr(item, "fixturenames", ()) for item in request.session.items)
    if needed and missing_terraform() is None:
        request.getfixturevalue("stacks")
