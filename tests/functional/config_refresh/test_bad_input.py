"""What config-refresh does with input that it cannot use: it says exactly what is wrong, and changes nothing."""

import json
from typing import Any

import pytest

from tests.builders import integration_config, queue_integration, url_part


def test_a_wrong_setting_stops_the_run_and_changes_nothing(ready: Any) -> None:
    ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": "no"}'
    message = 'setting "enabled": got "no"; accepts true or false'

    ready.refused(message)

    log, metrics = map(json.loads, ready.lines)
    assert (log["event"], message in log["message"]) == ("refresh_failed", True)
    assert metrics["RefreshFailed"] == 1


def test_every_problem_of_a_configuration_is_in_the_log_with_its_place(ready: Any) -> None:
    parts = [url_part("/"), url_part("/") | {"Operator": 5, "IsNegative": "no"}]
    wrong = queue_integration(*parts, EventId="a b")
    ready.platform_has(integration_config(queue_integration(Name="Sound"), wrong, version=8))

    ready.refused('integration 2 "Tickets", trigger 1, part 2: Operator is 5; give text')

    message = json.loads(ready.lines[0])["message"]
    assert 'integration 2 "Tickets", trigger 1, part 2: IsNegative is "no"' in message
    assert 'integration 2 "Tickets": EventId is "a b"; give the waiting room\'s id' in message
    assert "Sound" not in message
    assert "the last good snapshot stays" in message


@pytest.mark.parametrize(
    "account",
    ["lone \\ud800 surrogate", "a\\nb", "🎟", "x" * 5000],
    ids=["surrogate", "newline", "emoji", "long"],
)
def test_whatever_an_account_is_called_the_log_line_can_be_printed(run: Any, account: str) -> None:
    text = json.dumps(integration_config(), ensure_ascii=False).replace('"example"', f'"{account}"')
    run.answers = [(200, text.encode())]

    run.refused("the configuration is of the account")

    assert json.loads(run.lines[0])["event"] == "refresh_failed"
    assert run.lines[0].encode("utf-8").isascii() or account == "🎟"
