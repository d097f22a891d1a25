"""`queueit get`, `queueit diff` and `queueit test` on what a connector serves, from its table in moto."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import SECRET_KEY, integration_config, queue_integration, triggers, url_part
from tests.functional.cli.test_status import Shop, shop

__all__ = ["shop"]  # a fixture

NAME = ("--name", "shop")


@pytest.fixture
def live(shop: Shop) -> Shop:
    """A connector that serves version 7 of one integration, with a setting."""
    shop.publish(settings={"poll_interval_seconds": 10})
    return shop


def written(tmp_path: Path, document: Any, name: str = "configuration.json") -> str:
    path = tmp_path / name
    path.write_text(json.dumps(document))
    return str(path)


def test_get_prints_what_is_live_and_no_key(live: Shop) -> None:
    ran = live("get", *NAME)
    assert json.loads(ran.out) == integration_config(version=7)
    assert json.loads(live("get", *NAME, "--what", "settings").out) == {"poll_interval_seconds": 10}
    everything = live("get", *NAME, "--json").out
    assert json.loads(everything)["customer_id"] == "example"
    assert SECRET_KEY not in everything + ran.out


def test_what_get_prints_does_not_differ_and_passes_the_tests_that_were_recorded(
    live: Shop, tmp_path: Path
) -> None:
    path = written(tmp_path, json.loads(live("get", *NAME).out))
    ran = live("diff", path, *NAME)
    assert (ran.status, ran.out) == (0, f"no differences between connector shop and {path}\n")
    cases = str(tmp_path / "cases.yaml")
    assert live("test", cases, *NAME, "--record").status == 0
    assert live("test", cases, *NAME).status == live("test", cases, "--config", path).status == 0


def test_differences_are_told_in_words_with_the_triggers_that_changed(live: Shop, tmp_path: Path) -> None:
    either = triggers(url_part("/rock"), url_part("/pop\x1b"), operator="Or")
    changed = queue_integration(EventId="rock", Triggers=either)
    path = written(tmp_path, integration_config(changed, queue_integration(Name="More"), version=8))
    ran = live("diff", path, *NAME)
    assert ran.status == 1
    assert ran.out.splitlines() == [
        "version 7 → 8",
        'integration "More" is new',
        'integration "Tickets": EventId "tickets" → "rock", other triggers',
        '  - PagePath contains "/tickets"',
        r'  + PagePath contains "/rock" or PagePath contains "/pop\x1b"',
        f"3 differences between connector shop and {path}",
    ]
    found = json.loads(live("diff", path, *NAME, "--json").out)
    assert found["integrations"]['integration "Tickets"']["EventId"] == {"before": "tickets", "after": "rock"}
    assert len(found["differences"]) == 3


def test_settings_are_compared_where_they_are_given(live: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, integration_config(version=7))
    settings = written(tmp_path, {"poll_interval_seconds": 20}, "settings.json")
    ran = live("diff", path, *NAME, "--with-settings", settings)
    assert ran.out.splitlines()[0] == "setting poll_interval_seconds 10 → 20"


def test_a_configuration_that_would_be_refused_is_not_compared(live: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, integration_config(queue_integration(EventId="")))
    ran = live("diff", path, *NAME)
    assert (ran.status, f"{path}: invalid integration configuration" in ran.err) == (1, True)
