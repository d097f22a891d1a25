"""What config-refresh publishes, refuses and leaves alone, with moto's DynamoDB and Secrets Manager."""

import json
import random
import zlib
from typing import Any

import pytest

from config_refresh.errors import RefreshError
from queueit.stored_snapshot import load, unpack
from queueit.table_items import Current, item_bytes, read_current, snapshot_keys
from tests.builders import integration_config, part, queue_integration, url_part
from tests.functional.config_refresh.conftest import USUAL


def in_force(run: Any) -> dict[str, Any]:
    """The snapshot document that the table serves."""
    current = read_current(run.item("current"))
    found = [
        unpack(current.snapshot, run.item(key)["body"]["B"])
        for key in snapshot_keys(current.snapshot, current.copies)
    ]
    assert all(one == found[0] for one in found)
    return found[0]


def keys_in_force(run: Any) -> dict[str, str]:
    """The keys that the table serves."""
    return dict(read_current(run.item("current")).keys)


def version_in_force(run: Any) -> int:
    version: int = in_force(run)["integration_config"]["Version"]
    return version


class TestPublication:
    def test_the_first_run_publishes_a_snapshot_that_the_edge_can_load(self, run: Any) -> None:
        result = run(action="refresh", source="apply")

        assert result == USUAL | {
            "outcome": "published",
            "snapshot": run.item("current")["snapshot"]["S"],
            "version": 7,
            "previous_snapshot": None,
        }
        assert in_force(run) == {
            "format": 1,
            "compiler": "0.1.0",
            "customer_id": "example",
            "integration_config": integration_config(version=7),
            "settings": {},
            "published_at": run.now,
            "source": "apply",
        }
        current = read_current(run.item("current"))
        assert current.body == run.item(f"snapshot#{current.snapshot}")["body"]["B"]
        assert load(current.snapshot, current.body or b"", current.keys).version == 7
        assert keys_in_force(run) == {"secret_key": "not-a-real-secret-key", "api_key": "not-a-real-api-key"}

    def test_the_pointer_is_one_read_unit_and_the_snapshot_in_force_never_expires(self, run: Any) -> None:
        digest = run()["snapshot"]

        assert read_current(run.item("current")) == Current(
            snapshot=digest,
            version=7,
            highest_version=7,
            published_at=run.now,
            keys={"secret_key": "not-a-real-secret-key", "api_key": "not-a-real-api-key"},
            keys_published_at=run.now,
            body=run.item(f"snapshot#{digest}")["body"]["B"],
        )
        assert item_bytes(run.item("current")) <= 4096
        assert set(run.item(f"snapshot#{digest}")) == {"pk", "body"}

    def test_the_platform_is_asked_with_the_api_key_at_its_secure_endpoint(self, run: Any) -> None:
        run()

        ((url, headers),) = run.requests
        assert url == "https://example.queue-it.net/status/integrationconfig/secure/example"
        assert headers["api-key"] == "not-a-real-api-key"

    @pytest.mark.parametrize("event", [{}, {"source": "aws.scheduler", "detail": {}}, {"action": "refresh"}])
    def test_an_event_of_the_schedule_is_a_refresh(self, run: Any, event: dict[str, Any]) -> None:
        assert run(**event)["outcome"] == "published"
        assert in_force(run)["source"] == "schedule"

    def test_when_nothing_changed_nothing_is_written(self, run: Any) -> None:
        first = run()
        before = run.everything()
        run.now += 60

        assert run() == {**first, "outcome": "unchanged", "previous_snapshot": first["snapshot"]}
        assert run.everything() == before

    def test_a_newer_version_replaces_the_one_in_force_which_then_expires(self, run: Any) -> None:
        first = run()["snapshot"]
        run.platform_has(integration_config(version=8))
        run.environ["QUEUEIT_SNAPSHOT_RETENTION_DAYS"] = "10"

        result = run()

        assert result["outcome"] == "published"
        assert result["previous_snapshot"] == first
        assert version_in_force(run) == 8
        assert run.item(f"snapshot#{first}")["expires_at"] == {"N": str(run.now + 10 * 86_400)}

    def test_a_changed_setting_is_published_under_the_same_version(self, run: Any) -> None:
        run()
        run.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

        assert run()["outcome"] == "published"
        assert in_force(run)["settings"] == {"enabled": False}


class TestVersions:
    @pytest.mark.parametrize(
        ("version", "why"),
        [
            (6, "version 6, older than version 7 in force"),
            (7, "differs from the one in force under the same version 7"),
        ],
    )
    def test_an_older_version_and_another_configuration_under_the_same_are_refused(
        self, ready: Any, version: int, why: str
    ) -> None:
        ready.platform_has(integration_config(queue_integration(Name="Other"), version=version))

        ready.refused(why)

    @pytest.mark.parametrize("version", [6, 7])
    def test_force_publishes_it_anyway(self, run: Any, version: int) -> None:
        run()
        run.platform_has(integration_config(queue_integration(Name="Other"), version=version))

        assert run.operate("force")["outcome"] == "published"
        assert in_force(run)["integration_config"]["Integrations"][0]["Name"] == "Other"
        assert run()["outcome"] == "unchanged"

    def test_a_publication_that_was_overtaken_changes_nothing(self, run: Any) -> None:
        run()
        run.platform_has(integration_config(version=8))
        write, digests = run.table.transact_write_items, iter("abcdef0123")

        def overtaken(**arguments: Any) -> Any:
            pointer = arguments["TransactItems"][0]["Put"]["Item"]
            run.table.put_item(TableName="shop", Item={**pointer, "snapshot": {"S": next(digests) * 64}})
            return write(**arguments)

        run.table.transact_write_items = overtaken
        with pytest.raises(RefreshError, match="somebody else changed the connector's state"):
            run()
        assert run.item("current")["snapshot"] == {"S": "3" * 64}

    def test_a_run_that_was_overtaken_once_decides_again_by_what_is_in_force_then(self, run: Any) -> None:
        run()
        run.platform_has(integration_config(version=8))
        write = run.table.transact_write_items

        def overtaken_once(**arguments: Any) -> Any:
            run.table.transact_write_items = write
            run.push(integration_config(version=9))
            return write(**arguments)

        run.table.transact_write_items = overtaken_once
        with pytest.raises(RefreshError, match="version 8, older than version 9 in force"):
            run()
        assert version_in_force(run) == 9


class TestRollback:
    def test_it_points_at_the_earlier_snapshot_and_keeps_it(self, run: Any, two: tuple[str, str]) -> None:
        first, second = two

        assert run.operate("rollback", snapshot=first) == USUAL | {
            "outcome": "rolled_back",
            "snapshot": first,
            "version": 7,
            "previous_snapshot": second,
            "held": True,
        }
        assert run.item("current")["snapshot"] == {"S": first}
        assert "expires_at" not in run.item(f"snapshot#{first}")
        assert "expires_at" in run.item(f"snapshot#{second}")

    def test_the_schedule_does_not_undo_it(self, run: Any, two: tuple[str, str]) -> None:
        run.operate("rollback", snapshot=two[0])

        assert run()["outcome"] == "unchanged"
        assert version_in_force(run) == 7

    def test_settings_still_change_while_it_holds(self, run: Any, two: tuple[str, str]) -> None:
        run.operate("rollback", snapshot=two[0])
        run.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'

        assert run()["outcome"] == "published"
        assert version_in_force(run) == 7
        assert in_force(run)["settings"] == {"enabled": False}
        assert run()["outcome"] == "unchanged"

    def test_a_higher_version_of_the_platform_or_force_ends_it(self, run: Any, two: tuple[str, str]) -> None:
        run.operate("rollback", snapshot=two[0])
        assert run.operate("force")["version"] == 8
        run.operate("rollback", snapshot=two[0])
        run.platform_has(integration_config(version=9))

        assert run()["version"] == 9

    @pytest.mark.parametrize("snapshot", ["0" * 64, "xyz", "", None, 7, "A" * 64])
    def test_a_snapshot_that_is_not_there_changes_nothing(self, ready: Any, snapshot: Any) -> None:
        ready.refused(r"no usable snapshot|is not a digest", "rollback", snapshot=snapshot)

    def test_a_damaged_snapshot_is_not_rolled_back_to(self, run: Any, two: tuple[str, str]) -> None:
        run.table.put_item(
            TableName="shop", Item={"pk": {"S": f"snapshot#{two[0]}"}, "body": {"B": zlib.compress(b"{}")}}
        )

        run.refused("no usable snapshot", "rollback", snapshot=two[0])


class TestFailure:
    def test_a_snapshot_too_large_for_an_item_is_refused_and_the_last_one_stays(self, ready: Any) -> None:
        noise = random.Random(1).randbytes(500_000).hex()
        huge = queue_integration(url_part(noise))
        ready.platform_has(integration_config(huge, version=8))

        ready.refused(r"bytes compressed, more than the 409600.*last good snapshot stays")

    def test_another_customer_id_that_the_platform_does_not_confirm_changes_nothing(self, ready: Any) -> None:
        ready.platform_fails()
        ready.environ["QUEUEIT_CUSTOMER_ID"] = "another"

        ready.refused("could not be reached")

    def test_another_customer_id_is_refused_while_publications_are_frozen(self, ready: Any) -> None:
        ready.operate("freeze")
        ready.environ["QUEUEIT_CUSTOMER_ID"] = "another"

        ready.refused("customer id has changed while publications are frozen")

    def test_without_a_snapshot_and_without_the_platform_nothing_is_published(self, run: Any) -> None:
        run.platform_fails()

        run.refused("ConnectTimeoutError")
        assert run.everything() == []

    def test_a_missing_table_is_named(self, run: Any) -> None:
        run.table.delete_table(TableName="shop")

        with pytest.raises(RefreshError, match="the table shop answered ResourceNotFoundException"):
            run()

    @pytest.mark.parametrize(
        "secret",
        [
            "plain text",
            "[]",
            '{"secret_key": "not-shown", ',
            {},
            {"secret_key": "x"},
            {"api_key": "x"},
            {"secret_key": "", "api_key": "x"},
            {"secret_key": 1, "api_key": "x"},
            {"secret_key": "x", "api_key": "x", "previous_secret_key": 5},
        ],
    )
    def test_a_malformed_secret_says_what_to_store(self, run: Any, secret: Any) -> None:
        run.store_secret(secret)

        with pytest.raises(RefreshError, match=r"store (\{|it as the platform shows it)") as malformed:
            run()
        assert "not-shown" not in "".join([f"{malformed.value!r}{malformed.value}", *run.lines])

    def test_a_missing_secret_is_named(self, run: Any) -> None:
        run.environ["QUEUEIT_SECRET_ARN"] = "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone"

        with pytest.raises(
            RefreshError,
            match=r"asked for arn:aws.*, answered ResourceNotFoundException; check that the secret",
        ):
            run()

    @pytest.mark.parametrize("action", ["", "delete", None, 5, ["kill"]])
    def test_an_unknown_action_says_which_there_are(self, run: Any, action: Any) -> None:
        with pytest.raises(RefreshError, match="the actions are refresh, history, force, rollback, freeze"):
            run(action=action)


class TestReport:
    def test_a_success_is_one_log_line_and_one_metric_line(self, run: Any) -> None:
        run()

        log, metrics = map(json.loads, run.lines)
        assert log["event"] == "refresh_succeeded"
        assert metrics["Connector"] == "shop"
        assert (metrics["RefreshSucceeded"], metrics["RefreshFailed"], metrics["Published"]) == (1, 0, 1)
        assert metrics["ConfigurationVersion"] == 7
        (directive,) = metrics["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [["Connector"]]
        assert {metric["Name"] for metric in directive["Metrics"]} <= set(metrics)

    def test_a_body_trigger_where_bodies_are_not_sent_is_in_the_result_and_the_log(self, run: Any) -> None:
        by_body = queue_integration(part("RequestBody", "pay", Operator="Contains"))
        run.platform_has(integration_config(by_body, version=8))

        results = [run(), run()]

        (warning,) = results[0]["warnings"]
        assert warning.startswith('integration 1 "Tickets", trigger 1, part 1: compares the request\'s body')
        assert [result["outcome"] for result in results] == ["published", "unchanged"]
        assert results[1]["warnings"] == [warning]
        assert json.loads(run.lines[0])["warnings"] == [warning]

        run.environ["QUEUEIT_SETTINGS"] = '{"include_body": true}'
        assert run()["warnings"] == []

    def test_a_rollback_warns_of_the_configuration_it_puts_in_force(self, run: Any) -> None:
        verifying = queue_integration(VerifyQueueIdEnabled=True)
        run.platform_has(integration_config(verifying, version=8))
        first = run()
        run.platform_has(integration_config(version=9))
        assert run()["warnings"] == []

        assert run.operate("rollback", snapshot=first["snapshot"])["warnings"] == first["warnings"] != []

    def test_a_failure_says_exactly_what_was_wrong(self, run: Any) -> None:
        run.answers = [(401, b"Invalid api key")]

        with pytest.raises(RefreshError) as failure:
            run()
        log, metrics = map(json.loads, run.lines)
        assert log == {
            "level": "error",
            "event": "refresh_failed",
            "error": "PlatformError",
            "message": str(failure.value),
        }
        assert (
            str(failure.value)
            == 'the platform answered 401: "Invalid api key"; check the api key in the secret '
            "(where Terraform stores it, raise credentials_version with the right one)"
        )
        assert (metrics["RefreshSucceeded"], metrics["RefreshFailed"]) == (0, 1)
