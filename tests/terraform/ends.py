"""What an engineer does with an example once it is deployed: a setting, an upgrade past a pin, and an end.

Each end is one of those that docs/terraform.md tells under "Remove it".
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.terraform.aws import Aws
from tests.terraform.workspace import Plan, TerraformError, Workspace, change_code, git

_CONNECTOR = re.compile(r'module "waiting_room" \{\n.*?^\}\n', re.DOTALL | re.MULTILINE)

Changes = dict[str, dict[str, str]]


class End(NamedTuple):
    """What plans on the way changed, by step and address, and what was printed at last.

    `setting` was planned alone; `pinned` brought new code while the pin held the old one; `moved` took the pin away.
    """

    changes: Changes
    moved: Plan
    exit_code_after_upgrade: int
    stopped: str
    destroyed: str
    exit_code_afterwards: int


def set_input(place: Workspace, name: str, value: str | None) -> None:
    """Write an input of the connector; None takes it out."""
    main = place.path / "main.tf"
    text = main.read_text(encoding="utf-8")
    block = _CONNECTOR.search(text)
    assert block, f"{main} has no connector"
    changed = re.sub(rf"^  {name} += .*\n", "", block[0], flags=re.MULTILINE)
    if value is not None:
        changed = re.sub(r"^  source += .*\n", rf"\g<0>  {name} = {value}\n", changed, flags=re.MULTILINE)
    main.write_text(text.replace(block[0], changed), encoding="utf-8")


def upgrade(place: Workspace) -> None:
    """Bring a version of the module with other code at the edge: by its tag where it comes from git."""
    change_code(place.copy, "edge.zip")
    if not (place.copy / ".git").exists():
        return
    git(place.copy, "commit", "--quiet", "--all", "--message", "The next version")
    git(place.copy, "tag", "v2")
    main = place.path / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace("?ref=v1", "?ref=v2"), encoding="utf-8")
    place.init()


def failure(act: Callable[[], object]) -> str:
    """What an act that has to fail says."""
    try:
        act()
    except TerraformError as error:
        return str(error)
    raise AssertionError("it was to fail")


def ended(example: str, place: Workspace, aws: Aws) -> End:
    """Live through it all.

    What is there was just read, and is read again once the upgrade is done: the plans on the way do not.
    """
    changes = {}
    set_input(place, "enabled", "false")
    changes["setting"] = place.changes("-refresh=false")
    set_input(place, "enabled", None)

    set_input(place, "pinned_versions", '{ viewer-request = "1", viewer-response = "1" }')
    upgrade(place)
    changes["pinned"] = place.changes("-refresh=false")
    place.apply_plan()
    set_input(place, "pinned_versions", None)
    moved = place.plan("-refresh=false")
    end = _ENDS.get(example)
    if end:
        place.apply_plan()
    else:
        set_input(place, "deletion_protection", "false")
        place.apply()
    exit_code, _ = place.exit_code_of_plan()
    return End(changes, moved, exit_code, *(end(place, aws, changes) if end else ("", place.destroy(), 0)))


def _stop_then_unprotect_apply_and_destroy(
    place: Workspace, aws: Aws, changes: Changes
) -> tuple[str, str, int]:
    stopped = failure(place.destroy)
    set_input(place, "deletion_protection", "false")
    changes["unprotected"] = place.changes()
    place.apply_plan()
    return stopped, place.destroy(), 0


def _stop_then_unprotect_by_hand_and_destroy(
    place: Workspace, aws: Aws, changes: Changes
) -> tuple[str, str, int]:
    stopped = failure(place.destroy)
    aws.client("dynamodb").update_table(TableName="many-sites", DeletionProtectionEnabled=False)
    return stopped, place.destroy(), 0


def _detach_then_remove(place: Workspace, aws: Aws, changes: Changes) -> tuple[str, str, int]:
    """For a distribution that stays: take the functions off, then the module out."""
    main = place.path / "main.tf"
    text = main.read_text(encoding="utf-8")
    text = re.sub(r"    # Waiting room\.\n    dynamic .*?\n    }\n", "", text, flags=re.DOTALL)
    main.write_text(text, encoding="utf-8")
    set_input(place, "deletion_protection", "false")
    changes["detached"] = place.changes()
    log = place.apply_plan()

    main.write_text(_CONNECTOR.sub("", main.read_text(encoding="utf-8")), encoding="utf-8")
    place.init()
    changes["removed"] = place.changes()
    log += place.apply_plan()
    return "", log, place.exit_code_of_plan()[0]


_ENDS = {
    "behaviors_plain": _stop_then_unprotect_apply_and_destroy,
    "many_distributions": _stop_then_unprotect_by_hand_and_destroy,
    "existing_distribution": _detach_then_remove,
}
