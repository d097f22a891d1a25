"""settings: one list of names, and what Terraform accepts is what functions/queueit/settings.py accepts.

The values of tests/every_setting.py go into both; Terraform's verdicts come from one `terraform test`, which stops at
the first difference.
"""

import json
import re
from pathlib import Path
from typing import Any

from queueit.errors import InvalidSettings
from queueit.settings import (
    DirectPassSettings,
    EnqueueTokenSettings,
    SessionCookieSettings,
    Settings,
    VerifySettings,
    parse_settings,
)
from tests.every_setting import VALUES
from tests.terraform.workspace import ROOT, VARIABLES, Workspace, copy_module

OBJECTS: dict[str, Any] = {
    "session_cookie": SessionCookieSettings,
    "enqueue_token": EnqueueTokenSettings,
    "verify": VerifySettings,
    "direct_pass": DirectPassSettings,
}
# Inputs of their own: two follow from other inputs, one is the kill switch.
ELSEWHERE = {"enabled", "include_body", "replica_regions"}


def is_accepted(settings: dict[str, Any]) -> bool:
    """The verdict of config_refresh."""
    try:
        parse_settings(settings, strict=True)
    except InvalidSettings:
        return False
    return True


def run(settings: dict[str, Any]) -> dict[str, Any]:
    """A run that passes where Terraform's verdict is that of config_refresh."""
    refusal = {} if is_accepted(settings) else {"expect_failures": ["var.settings"]}
    return {"command": "plan", "variables": {"settings": settings}, **refusal}


def test_terraform_accepts_what_config_refresh_accepts(terraform: None, tmp_path: Path) -> None:
    place = Workspace(copy_module(tmp_path / "copy"), "modules/options", {}, {})
    (place.path / VARIABLES).unlink()
    variables: dict[str, Any] = {"edge": {}, "config_refresh": {}, "given": {}}
    absent = dict.fromkeys(("publish_endpoint", "log_retention", "dashboard"))
    runs = {f"value_{index}": run(settings) for index, settings in enumerate(VALUES)}
    text = (
        json.dumps({"variables": variables | absent, "run": runs}).replace("${", "$${").replace("%{", "%%{")
    )
    (place.path / "tests" / "settings.tftest.json").write_text(text, encoding="utf-8")
    place.init()
    _, printed = place.attempt("test", "-no-color", "-filter=tests/settings.tftest.json")
    differing = [VALUES[int(index)] for index in re.findall(r'run "value_(\d+)"\.\.\. fail', printed)]
    assert not differing, f"config_refresh says {is_accepted(differing[0])}; Terraform says:\n{printed}"
    assert f"Success! {len(VALUES)} passed" in printed


def test_both_know_the_same_settings() -> None:
    text = (ROOT / "modules" / "options" / "variables-settings.tf").read_text(encoding="utf-8")
    declared = re.search(r"^  type = object\(\{\n(.*?)^  \}\)", text, re.DOTALL | re.MULTILINE)
    assert declared
    names, inner = set(), {}
    for name, body in re.findall(
        r"^    (\w+) += (optional\(object.*?^    \}\)\)|.*?$)", declared[1], re.S | re.M
    ):
        names.add(name)
        inner[name] = set(re.findall(r"^      (\w+) +=", body, re.MULTILINE))
    assert names == set(Settings._fields) - ELSEWHERE
    assert {name: inner[name] for name in OBJECTS} == {
        name: set(kind._fields) for name, kind in OBJECTS.items()
    }


def test_every_limit_has_a_value_on_either_side() -> None:
    verdicts = {name: {is_accepted(value) for value in VALUES if name in value} for name in Settings._fields}
    yes_or_no = {name for name, default in Settings()._asdict().items() if isinstance(default, bool)}
    for name in set(Settings._fields) - ELSEWHERE - yes_or_no:
        assert verdicts[name] == {True, False}, name
