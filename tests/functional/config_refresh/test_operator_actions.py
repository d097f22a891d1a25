"""What operators do by hand, who is recorded for it, and what stays in force until they lift it."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from config_refresh import publish_endpoint
from config_refresh.errors import RefreshError
from tests.builders import integration_config, queue_integration
from tests.functional.config_refresh.conftest import USUAL
from tests.functional.config_refresh.test_refresh import in_force, keys_in_force, version_in_force


class TestFreeze:
    def test_no_configuration_is_taken_or_asked_for_and_the_run_says_so(self, ready: Any) -> None:
        assert ready.operate("freeze")["outcome"] == "frozen"
        ready.platform_has(integration_config(version=8))
        asked = len(ready.requests)

        result = ready()
        assert (result["outcome"], result["frozen"], result["version"]) == ("frozen", True, 7)
        assert version_in_force(ready) == 7
        assert len(ready.requests) == asked

    def test_settings_and_credentials_still_change(self, ready: Any) -> None:
        ready.operate("freeze")
        ready.environ["QUEUEIT_SETTINGS"] = '{"poll_interval_seconds": 60}'
        ready.store_secret({"secret_key": "another", "api_key": "another"})

        assert ready()["outcome"] == "published"
        assert in_force(ready)["settings"] == {"poll_interval_seconds": 60}
        assert keys_in_force(ready) == {"secret_key": "another", "api_key": "another"}

    def test_force_is_refused_and_says_by_whom(self, ready: Any) -> None:
        ready.operate("freeze")

        with pytest.raises(RefreshError, match=r'frozen by ada@example.com; invoke with .*"unfreeze"'):
            ready.operate("force")

    def test_a_rollback_goes_on_under_it(self, run: Any, two: tuple[str, str]) -> None:
        run.operate("freeze")

        assert run.operate("rollback", snapshot=two[0])["outcome"] == "rolled_back"
        assert run()["outcome"] == "frozen"
        assert version_in_force(run) == 7

    def test_after_it_the_next_run_takes_what_the_platform_has(self, ready: Any) -> None:
        ready.operate("freeze")
        ready.platform_has(integration_config(version=8))

        assert ready.operate("unfreeze")["outcome"] == "unfrozen"
        assert version_in_force(ready) == 7
        assert ready()["version"] == 8

    def test_the_first_freeze_stays_on_record_when_somebody_freezes_again(self, ready: Any) -> None:
        ready.operate("freeze", reason="on-sale")
        ready.now += 60

        assert ready(action="freeze", actor="bob")["outcome"] == "unchanged"
        assert ready(action="history")["freeze"] == {
            "at": ready.now - 60,
            "actor": "ada@example.com",
            "reason": "on-sale",
        }

    def test_lifting_one_that_is_not_there_changes_nothing(self, ready: Any) -> None:
        before = ready.everything()

        assert ready.operate("unfreeze")["outcome"] == "unchanged"
        assert ready.everything() == before


class TestKillSwitch:
    @pytest.mark.parametrize("integrations", [1, 300])
    def test_it_takes_four_calls_to_the_table_at_most(self, run: Any, integrations: int) -> None:
        many = [
            queue_integration(Name=f"{number}", EventId=sha256(b"%d" % number).hexdigest())
            for number in range(integrations)
        ]
        run.platform_has(integration_config(*many, version=7))
        run()
        calls: list[str] = []
        run.table.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))

        assert run.operate("kill")["outcome"] == "killed"
        assert calls == ["TransactGetItems", *["GetItem"] * (integrations > 1), "TransactWriteItems"]

    def test_it_is_published_at_once_without_platform_and_secret(self, run: Any) -> None:
        first = run()
        run.platform_fails()
        run.secrets.delete_secret(SecretId=run.secret_arn, ForceDeleteWithoutRecovery=True)
        asked = len(run.requests)

        result = run.operate("kill")
        assert result == USUAL | {
            "outcome": "killed",
            "snapshot": run.item("current")["snapshot"]["S"],
            "version": 7,
            "previous_snapshot": first["snapshot"],
            "enabled": False,
        }
        assert in_force(run)["settings"] == {"enabled": False}
        assert len(run.requests) == asked

    def test_it_wins_over_the_settings_and_every_publication_until_it_is_lifted(self, ready: Any) -> None:
        ready.operate("kill")
        ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": true, "poll_interval_seconds": 60}'
        ready.platform_has(integration_config(version=8))

        assert ready()["outcome"] == "published"
        assert in_force(ready)["settings"] == {"enabled": False, "poll_interval_seconds": 60}
        assert ready.push(integration_config(version=9))["statusCode"] == 200
        assert in_force(ready)["settings"]["enabled"] is False
        assert ready.operate("enable")["outcome"] == "enabled"
        assert in_force(ready)["settings"] == {"enabled": True, "poll_interval_seconds": 60}
        assert version_in_force(ready) == 9

    def test_a_rollback_does_not_lift_it(self, run: Any, two: tuple[str, str]) -> None:
        run.operate("kill")

        result = run.operate("rollback", snapshot=two[0])
        assert (result["enabled"], result["version"]) == (False, 7)
        assert in_force(run)["settings"] == {"enabled": False}

    def test_enable_does_not_win_over_the_settings(self, ready: Any) -> None:
        ready.operate("kill")
        ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

        result = ready.operate("enable")
        assert (result["outcome"], result["enabled"]) == ("enabled", False)
        ready.environ["QUEUEIT_SETTINGS"] = "{}"
        assert ready()["enabled"] is True

    def test_killing_what_the_settings_have_switched_off_is_recorded_all_the_same(self, run: Any) -> None:
        run.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'
        run()

        assert run.operate("kill", reason="to be sure")["outcome"] == "killed"
        newest = run(action="history")["entries"][0]
        assert (newest["action"], newest["actor"], newest["reason"]) == (
            "kill",
            "ada@example.com",
            "to be sure",
        )

    @pytest.mark.parametrize(("action", "first"), [("kill", "kill"), ("enable", None)])
    def test_doing_it_twice_changes_nothing(self, ready: Any, action: str, first: str | None) -> None:
        if first:
            ready.operate(first)
        before = ready.everything()
        ready.now += 60

        assert ready.operate(action)["outcome"] == "unchanged"
        assert ready.everything() == before

    def test_killing_again_publishes_what_a_lost_first_attempt_did_not(self, ready: Any) -> None:
        write = ready.table.transact_write_items
        ready.table.transact_write_items = lambda **_: write(TransactItems=[{"Put": {"TableName": "gone"}}])
        with pytest.raises(RefreshError):
            ready.operate("kill")
        ready.table.transact_write_items = write

        assert ready.operate("kill")["outcome"] == "killed"
        assert in_force(ready)["settings"] == {"enabled": False}

    def test_a_run_that_began_before_it_does_not_undo_it(self, ready: Any) -> None:
        ready.platform_has(integration_config(version=8))
        read = ready.table.transact_get_items

        def killed_meanwhile(**arguments: Any) -> Any:
            answer = read(**arguments)
            ready.table.transact_get_items = read
            ready.operate("kill")
            return answer

        ready.table.transact_get_items = killed_meanwhile
        assert ready()["enabled"] is False
        assert version_in_force(ready) == 8
        assert in_force(ready)["settings"] == {"enabled": False}


def test_a_decision_that_somebody_wrote_into_the_table_by_hand_counts_all_the_same(ready: Any) -> None:
    ready.table.put_item(
        TableName="shop", Item={"pk": {"S": "operator"}, "override": {"S": "off!"}, "freeze": {"S": "[]"}}
    )

    assert ready()["enabled"] is False
    history = ready(action="history")
    assert (history["override"]["actor"], history["freeze"]["actor"]) == ("unknown", "unknown")
    assert ready.operate("enable")["enabled"] is True


def test_a_history_that_nobody_can_read_begins_anew_and_stops_no_publication(ready: Any) -> None:
    ready.table.put_item(
        TableName="shop", Item={"pk": {"S": "history"}, "entries": {"S": "{"}, "revision": {"N": "5"}}
    )
    ready.platform_has(integration_config(version=8))

    assert ready()["version"] == 8
    assert len(ready(action="history")["entries"]) == 1


class TestRotation:
    NEW = {  # noqa: RUF012  # obvious fakes
        "secret_key": "new",
        "previous_secret_key": "not-a-real-secret-key",
        "api_key": "not-a-real-api-key",
    }

    def test_a_new_key_is_in_force_with_the_next_run_and_signs_cookies_when_every_edge_knows_it(
        self, ready: Any
    ) -> None:
        ready.store_secret(self.NEW)
        ready.now += 60

        assert ready()["outcome"] == "published"
        assert keys_in_force(ready) == {**self.NEW, "session_secret_key": "not-a-real-secret-key"}
        ready.now += 69
        assert ready()["outcome"] == "unchanged"
        ready.now += 1
        assert ready()["outcome"] == "published"
        assert keys_in_force(ready) == self.NEW
        assert ready()["outcome"] == "unchanged"

    def test_it_goes_on_while_the_platform_is_down(self, ready: Any) -> None:
        ready.store_secret(self.NEW)
        ready.platform_fails()
        for _ in range(2):
            ready.now += 70
            with pytest.raises(RefreshError, match="could not be reached"):
                ready()

        assert keys_in_force(ready) == self.NEW

    def test_a_rollback_keeps_the_new_key(self, run: Any, two: tuple[str, str]) -> None:
        run.store_secret(self.NEW)
        for _ in range(2):
            run.now += 70
            run()

        result = run.operate("rollback", snapshot=two[0])
        assert result["snapshot"] == two[0]
        assert version_in_force(run) == 7
        assert keys_in_force(run) == self.NEW

    def test_a_secret_that_cannot_be_read_does_not_stop_changed_settings(self, ready: Any) -> None:
        keys = keys_in_force(ready)
        ready.store_secret("not JSON")
        ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

        with pytest.raises(RefreshError, match="not a JSON object"):
            ready()
        assert in_force(ready)["settings"] == {"enabled": False}
        assert keys_in_force(ready) == keys


class TestHistory:
    def test_before_the_first_publication_there_is_none(self, run: Any) -> None:
        assert run(action="history") == {
            "outcome": "history",
            "current": None,
            "held": False,
            "hold": None,
            "freeze": None,
            "override": None,
            "last_run": None,
            "entries": [],
        }

    def test_it_tells_what_was_published_when_and_why(self, run: Any, two: tuple[str, str]) -> None:
        history = run(action="history")

        assert history["current"] == {
            "snapshot": two[1],
            "version": 8,
            "highest_version": 8,
            "published_at": run.now,
        }
        newest, oldest = history["entries"]
        assert newest == {
            "at": run.now,
            "action": "refresh",
            "source": "schedule",
            "actor": None,
            "reason": None,
            "snapshot": two[1],
            "previous_snapshot": two[0],
            "version": 8,
            "size": len(run.item(f"snapshot#{two[1]}")["body"]["B"]),
            "difference": ["version 7 → 8"],
            "expires_at": None,
            "in_force": True,
        }
        assert (oldest["difference"], oldest["in_force"]) == (["the first publication"], False)
        assert oldest["expires_at"] == run.now + 90 * 86_400
        assert run.item(f"snapshot#{two[0]}")["expires_at"] == {"N": str(oldest["expires_at"])}

    def test_a_rollback_turns_the_expiries_round_and_names_who_did_it(
        self, run: Any, two: tuple[str, str]
    ) -> None:
        run.now += 60
        run.operate("rollback", snapshot=two[0], reason="wrong room")

        history = run(action="history")
        rollback, second, first = history["entries"]
        assert history["held"] is True
        assert (rollback["action"], rollback["source"], rollback["actor"], rollback["reason"]) == (
            "rollback",
            "operator",
            "ada@example.com",
            "wrong room",
        )
        assert rollback["difference"] == ["version 8 → 7"]
        assert [one["in_force"] for one in (rollback, second, first)] == [True, False, True]
        assert (first["expires_at"], second["expires_at"]) == (None, run.now + 90 * 86_400)

    def test_decisions_that_publish_nothing_are_in_it(self, run: Any) -> None:
        digest = run()["snapshot"]
        run.operate("freeze", reason="on-sale")
        run.operate("unfreeze")

        unfreeze, freeze, _ = run(action="history")["entries"]
        assert (freeze["action"], freeze["reason"], freeze["size"]) == ("freeze", "on-sale", None)
        assert (unfreeze["action"], unfreeze["actor"]) == ("unfreeze", "ada@example.com")
        assert (freeze["snapshot"], freeze["previous_snapshot"]) == (digest, digest)

    def test_an_override_is_shown_until_it_is_lifted(self, ready: Any) -> None:
        ready.operate("kill", reason="outage")

        assert ready(action="history")["override"] == {
            "enabled": False,
            "at": ready.now,
            "actor": "ada@example.com",
            "reason": "outage",
        }
        ready.operate("enable")
        assert ready(action="history")["override"] is None

    def test_reading_it_writes_nothing_and_needs_no_name(self, ready: Any) -> None:
        before, said = ready.everything(), len(ready.lines)

        ready(action="history")
        assert ready.everything() == before
        assert len(ready.lines) == said

    def test_no_credential_is_in_it(self, ready: Any) -> None:
        ready.store_secret({"secret_key": "SECRET-1", "api_key": "SECRET-2", "proxy_key": "SECRET-3"})
        ready()
        ready.operate("kill")

        text = json.dumps(ready(action="history")) + json.dumps(ready.item("history")) + "".join(ready.lines)
        assert "SECRET" not in text
        assert "not-a-real" not in text


ACTIONS = ["force", "rollback", "freeze", "unfreeze", "kill", "enable"]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_a_name_and_says_how_to_give_it(ready: Any, action: str) -> None:
    ready.refused(rf'add "actor", such as \{{"action": "{action}", "actor": ', action, actor=None)


def test_every_action_and_answer_is_described(run: Any) -> None:
    text = (Path(__file__).parents[3] / "docs" / "publishing.md").read_text(encoding="utf-8")
    with pytest.raises(RefreshError) as raised:
        run.operate("dance")
    actions = str(raised.value).split("the actions are ")[1].split(", ")

    assert set(actions) == {"refresh", "history", *ACTIONS}
    table = text.split("What operators decide")[1]
    assert [action for action in actions if f"`{action}`" not in table] == []
    code = Path(publish_endpoint.__file__).read_text(encoding="utf-8")
    answers = [*re.findall(r'Answer\((\d{3}), "(\w+)"', code), ("409", "held"), ("409", "conflict")]
    assert len(answers) >= 8
    assert [one for one in answers if f'| {one[0]} | `{{"status": "{one[1]}"' not in text] == []


@pytest.mark.parametrize("field", ["actor", "reason"])
@pytest.mark.parametrize("value", ["", "  ", 5, "a\nb", "a\x1b[2J", "x" * 501])
def test_a_name_or_reason_that_cannot_be_shown_is_refused(ready: Any, field: str, value: Any) -> None:
    with pytest.raises(RefreshError, match=f'"{field}" takes 1 to'):
        ready(**{"action": "kill", "actor": "ada", field: value})
    assert in_force(ready)["settings"] == {}


@pytest.mark.parametrize("action", ["freeze", "unfreeze", "kill", "enable"])
def test_before_the_first_publication_there_is_nothing_to_decide(run: Any, action: str) -> None:
    with pytest.raises(RefreshError, match=r'nothing usable has been published yet; invoke with .*"refresh"'):
        run.operate(action)
    assert run.everything() == []


def test_a_configuration_lost_from_the_table_is_brought_back_by_a_rollback(
    run: Any, two: tuple[str, str]
) -> None:
    run.table.delete_item(TableName="shop", Key={"pk": {"S": f"snapshot#{two[1]}"}})

    assert run.operate("rollback", snapshot=two[0])["snapshot"] == two[0]
    assert version_in_force(run) == 7


def test_the_log_and_the_metrics_tell_a_decision_from_a_refresh(ready: Any) -> None:
    ready.lines.clear()
    ready.operate("kill", reason="outage")
    log, metrics = map(json.loads, ready.lines)

    assert (log["event"], log["action"], log["actor"], log["reason"]) == (
        "operator_action_done",
        "kill",
        "ada@example.com",
        "outage",
    )
    assert (metrics["Killed"], metrics["Frozen"], metrics["Published"]) == (1, 0, 1)
    assert "RefreshSucceeded" not in metrics

    ready.lines.clear()
    with pytest.raises(RefreshError):
        ready.operate("rollback", snapshot="x")
    (only,) = map(json.loads, ready.lines)
    assert only["event"] == "operator_action_failed"
