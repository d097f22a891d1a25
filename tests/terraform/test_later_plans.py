"""What a later plan touches: settings config-refresh alone, code the functions and what names their versions.

The first test's plan reads what is there; the others change nothing of it, and need not read it again.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.terraform.workspace import Workspace, change_code

REFRESH = "module.waiting_room.module.config_refresh"
EDGE = "module.waiting_room.module.edge_functions"
REFRESHED = {
    f"{REFRESH}.module.function.aws_lambda_function.this": "update",
    f"{REFRESH}.aws_lambda_invocation.this": "replace",
}


@contextmanager
def new_code(place: Workspace, name: str) -> Iterator[None]:
    """Another version of a zip for a while."""
    zipped = place.copy / "functions" / "dist" / name
    kept = shutil.copy(zipped, place.copy / "kept.zip")
    change_code(place.copy, name)
    yield
    shutil.move(kept, zipped)


def test_the_same_configuration_elsewhere_plans_nothing(elsewhere: Workspace) -> None:
    exit_code, text = elsewhere.exit_code_of_plan()
    assert exit_code == 0, text


def test_a_changed_setting_touches_config_refresh_alone(elsewhere: Workspace) -> None:
    wanted = "  customer_id = var.customer_id\n"
    with elsewhere.edited("main.tf", wanted, f"{wanted}  enabled     = false\n"):
        assert elsewhere.changes("-refresh=false") == REFRESHED


def test_new_code_at_the_edge_changes_the_functions_and_what_names_their_versions(
    elsewhere: Workspace,
) -> None:
    with new_code(elsewhere, "edge.zip"):
        plan = elsewhere.plan("-refresh=false")
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


def test_new_code_of_config_refresh_touches_no_function_at_the_edge(elsewhere: Workspace) -> None:
    with new_code(elsewhere, "config_refresh.zip"):
        assert elsewhere.changes("-refresh=false") == REFRESHED
