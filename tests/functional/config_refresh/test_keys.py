"""Keys are checked where they enter: what came along by copying is refused, named by its field, and never shown."""

import json
from typing import Any

import pytest

from config_refresh.errors import CredentialsError, RefreshError
from tests.builders import SECRET_KEY, integration_config
from tests.functional.config_refresh.conftest import API_KEY, combinations
from tests.functional.config_refresh.test_refresh import in_force, keys_in_force

BAD = ["{}\n", " {}", "\t{}", "{}\r\n", "{}\u00a0", "a{}\x00b", "{}é", "{}\ud800", "{}\u2028x", ""]
NAMES = ["secret_key", "previous_secret_key", "api_key", "proxy_key"]


@pytest.mark.parametrize(("bad", "name"), combinations(BAD, NAMES))
def test_a_bad_key_is_refused_by_name_and_not_shown(ready: Any, name: str, bad: str) -> None:
    key = bad.format("do-not-show-me")
    ready.store_secret({"secret_key": SECRET_KEY, "api_key": API_KEY, name: key})
    ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

    with pytest.raises(
        CredentialsError, match=f'the "{name}" in the secret .* store it as the platform shows it'
    ) as error:
        ready()

    assert "do-not-show-me" not in "".join([str(error.value), *ready.lines])
    assert json.loads(ready.lines[-1])["RefreshFailed"] == 1
    assert keys_in_force(ready) == {"secret_key": SECRET_KEY, "api_key": API_KEY}
    assert in_force(ready)["settings"] == {"enabled": False}


def test_a_bad_key_at_the_first_run_publishes_nothing(run: Any) -> None:
    run.store_secret({"secret_key": f"{SECRET_KEY}\n", "api_key": API_KEY})

    with pytest.raises(CredentialsError, match="has white space around it, such as a line break at its end"):
        run()

    assert run.everything() == []


def test_a_key_with_a_space_inside_is_a_key(run: Any) -> None:
    run.store_secret({"secret_key": "two words", "api_key": API_KEY, "proxy_key": None})

    assert run()["outcome"] == "published"


@pytest.mark.parametrize("action", ["refresh", "force", "freeze", "history"])
def test_no_exception_leaves_the_handler_unreported(run: Any, action: str) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise LookupError("do-not-show-me")

    run.clients["dynamodb"] = Broken()

    with pytest.raises(RefreshError, match="a defect of the connector, LookupError in __getattr__") as error:
        run.operate(action)

    assert "do-not-show-me" not in "".join([str(error.value), *run.lines])
    assert json.loads(run.lines[0])["error"] == "Defect"


def test_a_run_without_time_ends_by_itself_and_says_so(run: Any) -> None:
    run.seconds = 4.0

    with pytest.raises(RefreshError, match=r"no time was left for the table shop; .* \(timeout_seconds\)"):
        run()

    log, metrics = map(json.loads, run.lines[:2])
    assert (log["event"], log["error"]) == ("refresh_failed", "OutOfTime")
    assert metrics["RefreshFailed"] == 1


def test_a_configuration_without_integrations_is_published_with_a_warning_everywhere(ready: Any) -> None:
    ready.platform_has({**integration_config(version=8), "Integrations": []})

    result = ready()

    assert result["outcome"] == "published"
    assert result["warnings"] == [
        "the configuration has no integration: nobody is queued, every request passes"
    ]
    log, metrics = map(json.loads, ready.lines)
    assert (log["level"], log["warnings"]) == ("warning", result["warnings"])
    assert metrics["Integrations"] == 0
