"""What a later plan touches: settings config-refresh alone, code the functions and what names their versions."""

import shutil

import pytest

from tests.terraform.stacks import Stacks
from tests.terraform.workspace import Workspace, change_code

REFRESH = "module.waiting_room.module.config_refresh"
EDGE = "module.waiting_room.module.edge_functions"


@pytest.fixture(scope="module")
def minimal(stacks: Stacks) -> Workspace:
    """The example `minimal` on another machine: another path, the same state."""
    place = stacks.another_copy("another-machine", "minimal")
    place.init()
    return place


def test_the_same_configuration_elsewhere_plans_nothing(minimal: Workspace) -> None:
    exit_code, text = minimal.exit_code_of_plan()
    assert exit_code == 0, text


def test_a_changed_setting_touches_config_refresh_alone(minimal: Workspace) -> None:
    wanted = "  customer_id = var.customer_id\n"
    minimal.edit("main.tf", wanted, f"{wanted}  enabled     = false\n")
    plan = minimal.plan()
    minimal.edit("main.tf", "  enabled     = false\n", "")
    assert plan.changes == {
        f"{REFRESH}.module.function.aws_lambda_function.this": ("update",),
        f"{REFRESH}.aws_lambda_invocation.this": ("delete", "create"),
    }


def test_new_code_at_the_edge_changes_the_functions_and_what_names_their_versions(minimal: Workspace) -> None:
    zipped = minimal.copy / "functions" / "dist" / "edge.zip"
    kept = shutil.copy(zipped, minimal.copy / "kept.zip")
    change_code(minimal.copy, "edge.zip")
    plan = minimal.plan()
    shutil.move(kept, zipped)
    assert plan.changes == {
        f'{EDGE}.aws_lambda_function.this["viewer-request"]': ("update",),
        f'{EDGE}.aws_lambda_function.this["viewer-response"]': ("update",),
        "aws_cloudfront_distribution.site": ("update",),
    }
    distribution = plan.change("aws_cloudfront_distribution.site")
    changed = {
        name for name, value in distribution["after"].items() if distribution["before"].get(name) != value
    }
    assert changed == {"default_cache_behavior"}


def test_new_code_of_config_refresh_touches_no_function_at_the_edge(minimal: Workspace) -> None:
    change_code(minimal.copy, "config_refresh.zip")
    assert minimal.plan().changes == {
        f"{REFRESH}.module.function.aws_lambda_function.this": ("update",),
        f"{REFRESH}.aws_lambda_invocation.this": ("delete", "create"),
    }
