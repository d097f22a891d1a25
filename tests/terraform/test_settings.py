"""settings: one list of names, and what Terraform accepts is what functions/queueit/settings.py accepts.

The values below go into both; Terraform's verdicts come from one `terraform test`, which stops at the first difference.
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
from tests.terraform.workspace import ROOT, VARIABLES, Workspace, copy_module

OBJECTS: dict[str, Any] = {
    "session_cookie": SessionCookieSettings,
    "enqueue_token": EnqueueTokenSettings,
    "verify": VerifySettings,
    "direct_pass": DirectPassSettings,
}
# Inputs of their own: two follow from other inputs, one is the kill switch.
ELSEWHERE = {"enabled", "include_body", "replica_regions"}

URLS = (
    "https://verify.example.com",
    "https://verify.example.com:8443/a/b?c=d&e=%20",
    "http://localhost:8000/",
    "http://127.0.0.1",
    "http://verify.example.com",
    "https://Verify.example.com",
    "https://user:word@verify.example.com/",
    "https://verify.example.com/#part",
    "https://verify.example.com/a b",
    "https://verify.example.com/é",
    "https://verify.example.com:0/",
    "https://-verify.example.com/",
    "https://verify.example.com/?a?b",
    "https://verify.example.com?a=b",
    "https:///path",
    "ftp://verify.example.com/",
    "",
)
ORIGINS = (
    "https://www.example.com",
    "https://www.example.com:8443",
    "https://www.example.com:4430",
    "https://www.example.com:443",
    "https://www.example.com/",
    "https://WWW.example.com",
    "http://www.example.com",
    "http://localhost:443",
    "http://localhost",
    "https://*.example.com",
    "null",
    "",
)
VALUES: tuple[dict[str, Any], ...] = (
    {},
    *[{"url_matching": value} for value in ("every_form", "as_configured", "raw_or_normalized", "")],
    *[{"own_domain": value} for value in ("queue", "as_sent", "pass")],
    *[{"preflight": value} for value in ("pass", "decide", "queue")],
    *[
        {"ignored_methods": value}
        for value in ([], ["TRACE"], ["trace"], ["GET", ""], ["A" * 32], ["A" * 33])
    ],
    *[{"session_cookie": {"same_site": value}} for value in ("Lax", "Strict", "None", "lax")],
    {"session_cookie": {"same_site": "None", "secure": True}},
    {"session_cookie": {"same_site": "None", "secure": False}},
    {"session_cookie": {"secure": False, "http_only": True}},
    *[{"poll_interval_seconds": value} for value in (4, 5, 5.5, 300, 301)],
    *[{"truncated_body": value} for value in ("queue", "visible_part", "pass")],
    *[{"allowed_origins": [value]} for value in ORIGINS],
    {"enqueue_token": {}},
    {"enqueue_token": {"enabled": False, "key": True, "client_ip": False, "x_forwarded_for": True}},
    *[{"enqueue_token": {"validity_seconds": value}} for value in (29, 30, 240.5, 3600, 3601)],
    *[{"verify": {"url": value}} for value in URLS],
    *[{"verify": {"url": URLS[0] + "/" + "a" * length}} for length in (1024 - 27, 1024 - 26)],
    *[{"verify": {"url": URLS[0], "timeout_ms": value}} for value in (99, 100, 3000, 3001)],
    *[{"direct_pass": {"url": URLS[0], "timeout_ms": value}} for value in (799, 800, 4000, 4001)],
    *[{"direct_pass": {"url": URLS[0], "on_failure": value}} for value in ("pass", "queue", "open")],
    *[{"diagnostics": value} for value in (True, False)],
    *[{"decision_log_rate": value} for value in (-0.1, 0, 0.5, 1, 1.1)],
)


def is_accepted(settings: dict[str, Any]) -> bool:
    """The verdict of config_refresh."""
    try:
        parse_settings(settings, strict=True)
    except InvalidSettings:
        return False
    return True


def run(index: int, settings: dict[str, Any]) -> str:
    """A run that passes where Terraform's verdict is that of config_refresh."""
    value = json.dumps(settings, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    refusal = "" if is_accepted(settings) else "  expect_failures = [var.settings]\n"
    return f'run "value_{index}" {{\n  command = plan\n  variables {{\n    settings = {value}\n  }}\n{refusal}}}\n'


def test_terraform_accepts_what_config_refresh_accepts(terraform: None, tmp_path: Path) -> None:
    place = Workspace(copy_module(tmp_path / "copy"), "modules/options", {}, {})
    (place.path / VARIABLES).unlink()
    options = ("publish_endpoint", "log_retention", "dashboard")
    nothing = [*[f"{option} = null" for option in options], "edge = {}", "config_refresh = {}", "given = {}"]
    runs = [run(index, settings) for index, settings in enumerate(VALUES)]
    test = place.path / "tests" / "options.tftest.hcl"
    test.write_text("\n".join(["variables {", *nothing, "}", *runs]), encoding="utf-8")
    place.init()
    _, printed = place.attempt("test", "-no-color")
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
    yes_or_no = {"diagnostics"}
    for name in set(Settings._fields) - ELSEWHERE - yes_or_no:
        assert verdicts[name] == {True, False}, name
