"""The whole run against the stand-ins: interrupted, taken up again, reported, and nothing left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stand_ins import NOT_SHOWN, stand_ins
from tests.terraform.workspace import missing_terraform
from workbench.acceptance.__main__ import go
from workbench.acceptance.account import Account
from workbench.acceptance.program import run
from workbench.acceptance.progress import Progress, Result
from workbench.acceptance.steps import STEPS, Step
from workbench.acceptance.walk import Walk

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    if missing := missing_terraform():
        pytest.skip(missing)
    with stand_ins() as running:
        yield running


@pytest.fixture(scope="module")
def finished(account: Account, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The exit status and the directory of a run that was interrupted after its first step."""
    runs = tmp_path_factory.mktemp("runs")

    def interrupt(walk: Walk) -> Result:
        raise KeyboardInterrupt

    progress = Progress.begin(runs, account.what)
    with pytest.raises(KeyboardInterrupt):
        run(account, progress, print, steps=(STEPS[0], Step("interrupted", "nothing", interrupt)))
    return go(account, runs), progress.directory


@pytest.fixture(scope="module")
def report(finished: tuple[int, Path]) -> Any:
    return json.loads((finished[1] / "report.json").read_text("utf-8"))


def test_every_step_that_stand_ins_can_show_passes_and_the_others_are_named(
    finished: tuple[int, Path], report: Any
) -> None:
    statuses = {name: step["status"] for name, step in report["steps"].items()}
    assert finished[0] == 0, report["steps"]
    assert {name for name, status in statuses.items() if status == "not shown here"} == set(NOT_SHOWN)
    assert set(statuses) == {step.name for step in STEPS} | {"removal"}
    assert set(statuses.values()) == {"pass", "measured", "not shown here"}
    assert report["not_walked"] == []


def test_a_run_that_is_taken_up_keeps_what_it_had(finished: tuple[int, Path], report: Any) -> None:
    log = (finished[1] / "terraform.log").read_text("utf-8")
    assert log.count("$ terraform apply") == 1
    assert report["steps"][STEPS[0].name]["measured"]["first_ms"] > 0


def test_changes_arrive_as_fast_as_is_promised(report: Any) -> None:
    assert report["steps"]["kill"]["measured"]["killed_s"] < 10
    assert report["steps"]["publication"]["measured"]["arrived_s"] < 70


def test_no_secret_is_on_the_disk(finished: tuple[int, Path]) -> None:
    files = [file for file in finished[1].iterdir() if file.is_file()]
    files += finished[1].glob("module/workbench/acceptance/stack/*tf*")
    assert len(files) > 5
    assert [file.name for file in files if '"secret_key": ' in file.read_text("utf-8")] == []


def test_nothing_is_left_in_the_account(finished: tuple[int, Path], account: Account) -> None:
    def client(service: str) -> Any:
        return account.client(service, "us-east-1")

    left = {
        "functions": client("lambda").list_functions()["Functions"],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "buckets": client("s3").list_buckets()["Buckets"],
        "secrets": client("secretsmanager").list_secrets()["SecretList"],
        "distributions": client("cloudfront").list_distributions()["DistributionList"].get("Items", []),
        "log groups": client("logs").describe_log_groups()["logGroups"],
        "roles": client("iam").list_roles()["Roles"],
    }
    assert left == {what: [] for what in left}
