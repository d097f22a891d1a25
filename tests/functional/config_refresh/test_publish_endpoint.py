"""What the publish endpoint takes, refuses and gives away, with moto's DynamoDB and Secrets Manager."""

import base64
import json
import random
from typing import Any

import pytest

from config_refresh import publish_endpoint
from config_refresh.credentials import CACHE_SECONDS, RENEWAL_SECONDS
from config_refresh.publish_endpoint import MAX_BODY_CHARACTERS
from tests.builders import SECRET_KEY, integration_config, mac, queue_integration, url_part
from tests.functional.config_refresh.conftest import pushed
from tests.functional.config_refresh.test_refresh import in_force, version_in_force

REFUSED = (403, {"status": "refused"})


def told(response: dict[str, Any]) -> tuple[int, Any]:
    return response["statusCode"], json.loads(response["body"])


class TestPublication:
    def test_a_push_publishes_a_newer_version_at_once(self, ready: Any) -> None:
        answer = ready.push(integration_config(version=8))

        assert told(answer) == (200, {"status": "published", "version": 8})
        assert version_in_force(ready) == 8
        assert in_force(ready)["source"] == "publish"

    def test_the_schedule_finds_nothing_to_do_after_it(self, ready: Any) -> None:
        ready.push(integration_config(version=8))
        ready.platform_has(integration_config(version=8))

        assert ready()["outcome"] == "unchanged"

    def test_it_changes_the_configuration_and_nothing_else(self, ready: Any) -> None:
        before = in_force(ready)
        ready.environ["QUEUEIT_SETTINGS"] = '{"enabled": false}'
        ready.push(integration_config(version=8))

        changed = {"integration_config", "published_at", "source"}
        assert {name: value for name, value in in_force(ready).items() if name not in changed} == {
            name: value for name, value in before.items() if name not in changed
        }

    def test_it_is_in_the_history_as_a_push(self, ready: Any) -> None:
        ready.push(integration_config(version=8))

        newest = ready(action="history")["entries"][0]
        assert (newest["action"], newest["source"], newest["actor"]) == ("push", "publish", None)
        assert newest["difference"] == ["version 7 → 8"]

    def test_what_is_in_force_already_is_accepted_and_writes_nothing(self, ready: Any) -> None:
        before = ready.everything()

        answer = ready.push(integration_config(version=7))
        assert told(answer) == (200, {"status": "unchanged", "version": 7})
        assert ready.everything() == before

    def test_the_same_configuration_written_another_way_is_the_same(self, ready: Any) -> None:
        ready.push(integration_config(version=8))
        before = ready.everything()
        integration = queue_integration()
        other = {name: value for name, value in integration.items() if value is not None} | {"Later": None}
        rewritten = integration_config(other, version=8) | {"PublishDate": "2026-11-25T04:00:00Z"}

        assert told(ready.push(rewritten)) == (200, {"status": "unchanged", "version": 8})
        ready.platform_has(rewritten)
        assert ready()["outcome"] == "unchanged"
        assert ready.everything() == before

    def test_a_body_in_base64_is_read_too(self, ready: Any) -> None:
        body = base64.b64encode(pushed(integration_config(version=8)).encode()).decode()

        assert told(ready.request(body, isBase64Encoded=True))[0] == 200

    def test_capital_hexadecimal_digits_are_those_that_are_signed(self, ready: Any) -> None:
        hex_text = json.dumps(integration_config(version=8)).encode().hex().upper()
        signed = mac(hex_text)

        assert told(ready.request(json.dumps({"integrationInfo": hex_text, "hash": signed})))[0] == 200
        body = json.dumps({"integrationInfo": hex_text.lower(), "hash": signed})
        assert told(ready.request(body)) == REFUSED

    def test_fields_that_the_platform_may_add_do_not_matter(self, ready: Any) -> None:
        body = json.loads(pushed(integration_config(version=8))) | {"sentAt": "now"}

        assert told(ready.request(json.dumps(body)))[0] == 200

    def test_one_that_is_overtaken_decides_again(self, ready: Any) -> None:
        write = ready.table.transact_write_items

        def overtaken(**arguments: Any) -> Any:
            ready.table.transact_write_items = write
            ready.operate("kill")
            return write(**arguments)

        ready.table.transact_write_items = overtaken
        assert told(ready.push(integration_config(version=8)))[0] == 200
        assert version_in_force(ready) == 8
        assert in_force(ready)["settings"] == {"enabled": False}


class TestSignature:
    @pytest.mark.parametrize(
        "body",
        [
            None,
            "",
            "null",
            "[]",
            "{}",
            "[" * 100_000,
            '"integrationInfo"',
            '{"integrationInfo": "7b7d"}',
            '{"integrationInfo": "7b7d", "hash": null}',
            '{"integrationInfo": "7b7d", "hash": 5}',
            '{"integrationInfo": 7, "hash": "%s"}' % ("0" * 64),
            '{"integrationInfo": "7b7d", "hash": "%s"}' % ("0" * 64),
            '{"integrationInfo": "7b7d", "hash": "%s"}' % ("0" * 63),
            '{"integrationInfo": "7b7", "hash": "%s"}' % ("0" * 64),
            '{"integrationInfo": "", "hash": "%s"}' % ("0" * 64),
            '{"integrationInfo": "zz", "hash": "%s"}' % ("0" * 64),
            '{"integrationInfo": "7b7d", "hash": "%s"}' % ("é" * 64),
            '{"integrationInfo": "٣٣", "hash": "%s"}' % ("0" * 64),
            "1" * 10_000,
            "\ud800",
        ],
    )
    def test_whatever_is_not_signed_gets_the_same_answer_and_touches_nothing(
        self, ready: Any, body: str | None
    ) -> None:
        before = ready.everything()

        assert told(ready.request(body)) == REFUSED
        assert ready.everything() == before

    @pytest.mark.parametrize("body", ["%%%", "eyJ", "/w==", "é"])
    def test_invalid_base64_is_refused(self, ready: Any, body: str) -> None:
        assert told(ready.request(body, isBase64Encoded=True)) == REFUSED

    @pytest.mark.parametrize("key", ["", "another", SECRET_KEY.upper(), "not-a-real-api-key"])
    def test_another_key_is_refused(self, ready: Any, key: str) -> None:
        assert told(ready.push(integration_config(version=8), key)) == REFUSED
        assert version_in_force(ready) == 7

    def test_the_previous_key_counts_while_a_rotation_lasts(self, ready: Any) -> None:
        both = {"secret_key": "new", "previous_secret_key": SECRET_KEY, "api_key": "a"}
        ready.store_secret(both)

        assert told(ready.push(integration_config(version=8), "new"))[0] == 200
        assert told(ready.push(integration_config(version=9), SECRET_KEY))[0] == 200
        ready.store_secret({"secret_key": "new", "api_key": "a"})
        ready.now += CACHE_SECONDS
        assert told(ready.push(integration_config(version=10), SECRET_KEY)) == REFUSED

    def test_what_is_signed_with_a_key_of_a_minute_ago_is_taken_at_once(self, ready: Any) -> None:
        ready.push(integration_config(version=8))
        ready.now += 60
        ready.store_secret({"secret_key": "new", "previous_secret_key": SECRET_KEY, "api_key": "a"})

        assert told(ready.push(integration_config(version=9), "new"))[0] == 200

    def test_a_flood_of_junk_reads_the_secret_seldom(self, ready: Any) -> None:
        for _ in range(50):
            ready.push(integration_config(version=8), "junk")
            ready.request("{}")
        assert ready.secret_reads == 1
        ready.now += RENEWAL_SECONDS
        for _ in range(50):
            ready.push(integration_config(version=8), "junk")
        assert ready.secret_reads == 2

    def test_a_body_of_the_wrong_shape_does_not_cause_a_read_of_the_secret(self, ready: Any) -> None:
        ready.request("{}")
        ready.request("x", requestContext={"http": {"method": "GET"}})
        assert ready.secret_reads == 0

    def test_a_secret_that_could_not_be_read_is_read_again(self, ready: Any) -> None:
        ready.store_secret("not JSON")
        assert told(ready.push(integration_config(version=8))) == (503, {"status": "unavailable"})
        ready.store_secret({"secret_key": SECRET_KEY, "api_key": "a"})
        assert told(ready.push(integration_config(version=8)))[0] == 200


class TestRequest:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "put", "", None, 5, ["PUT"]])
    def test_any_method_but_put_is_refused(self, ready: Any, method: Any) -> None:
        answer = ready.push(integration_config(version=8), requestContext={"http": {"method": method}})

        assert told(answer) == (405, {"status": "method"})
        assert answer["headers"]["allow"] == "PUT"
        assert version_in_force(ready) == 7

    @pytest.mark.parametrize("context", [None, 5, [], {}, {"http": None}, {"http": "PUT"}])
    def test_an_event_that_is_not_a_request_gets_the_same_answer(self, ready: Any, context: Any) -> None:
        assert told(ready.request("{}", requestContext=context)) == (405, {"status": "method"})

    @pytest.mark.parametrize("event", [None, [], "PUT", 5])
    def test_a_payload_that_is_not_an_event_gets_the_same_answer(self, ready: Any, event: Any) -> None:
        assert publish_endpoint.run(event, ready.environ, ready.endpoint_credentials).status == 405

    def test_an_action_of_config_refresh_is_none_here(self, ready: Any) -> None:
        answer = publish_endpoint.run(
            {"action": "kill", "actor": "mallory"}, ready.environ, ready.endpoint_credentials
        )
        assert answer.status == 405

    @pytest.mark.parametrize("is_base64", [False, True])
    def test_a_body_over_the_limit_is_not_read(self, ready: Any, is_base64: bool) -> None:
        body = "x" * (MAX_BODY_CHARACTERS + 1)
        body = base64.b64encode(body.encode()).decode() if is_base64 else body

        assert told(ready.request(body, isBase64Encoded=is_base64)) == (413, {"status": "size"})

    def test_a_body_at_the_limit_is_read(self, ready: Any) -> None:
        assert told(ready.request("x" * MAX_BODY_CHARACTERS)) == REFUSED

    def test_no_answer_may_be_stored(self, ready: Any) -> None:
        answer = ready.request("{}")
        assert answer["headers"] == {"content-type": "application/json", "cache-control": "no-store"}


class TestRefusal:
    def test_an_older_version_is_refused_so_that_no_old_push_can_be_sent_again(self, ready: Any) -> None:
        seen = pushed(integration_config(version=8))
        assert told(ready.request(seen))[0] == 200
        assert told(ready.push(integration_config(version=9)))[0] == 200

        assert told(ready.request(seen)) == (409, {"status": "conflict"})
        assert version_in_force(ready) == 9

    def test_another_configuration_under_the_same_version_is_refused(self, ready: Any) -> None:
        other = integration_config(queue_integration(Name="Other"), version=7)
        assert told(ready.push(other)) == (409, {"status": "conflict"})

    def test_while_publications_are_frozen_none_is_taken(self, ready: Any) -> None:
        ready.operate("freeze")
        assert told(ready.push(integration_config(version=8))) == (409, {"status": "frozen"})
        ready.operate("unfreeze")
        assert told(ready.push(integration_config(version=8)))[0] == 200

    def test_a_push_does_not_undo_a_rollback(self, ready: Any) -> None:
        first = ready.item("current")["snapshot"]["S"]
        ready.push(integration_config(version=8))
        ready.operate("rollback", snapshot=first)

        assert told(ready.push(integration_config(version=8))) == (409, {"status": "held"})
        assert version_in_force(ready) == 7
        assert told(ready.push(integration_config(version=9)))[0] == 200
        assert ready(action="history")["held"] is False

    def test_what_the_edge_could_not_load_is_refused_and_the_log_names_the_field(self, ready: Any) -> None:
        broken = queue_integration(CookieValidityMinute="ten")

        assert told(ready.push(integration_config(broken, version=8))) == (422, {"status": "invalid"})
        assert version_in_force(ready) == 7
        assert 'CookieValidityMinute is "ten"' in json.loads(ready.lines[0])["message"]

    @pytest.mark.parametrize("configuration", [None, [], "text", 5, {}, {"Version": "8", "Integrations": []}])
    def test_a_signed_document_that_is_not_a_configuration_is_refused(
        self, ready: Any, configuration: Any
    ) -> None:
        assert told(ready.push(configuration)) == (422, {"status": "invalid"})

    @pytest.mark.parametrize("hex_text", ["ff", "5b" * 100_000, "7b"])
    def test_signed_bytes_that_are_not_json_are_refused(self, ready: Any, hex_text: str) -> None:
        body = json.dumps({"integrationInfo": hex_text, "hash": mac(hex_text)})
        assert told(ready.request(body)) == (422, {"status": "invalid"})

    def test_a_configuration_of_another_account_is_refused(self, ready: Any) -> None:
        other = integration_config(version=8) | {"CustomerId": "somebody"}
        assert told(ready.push(other)) == (422, {"status": "invalid"})

    def test_one_too_large_for_the_table_is_refused(self, ready: Any) -> None:
        noise = random.Random(1).randbytes(500_000).hex()
        huge = queue_integration(url_part(noise))
        assert told(ready.push(integration_config(huge, version=8))) == (422, {"status": "invalid"})
        assert version_in_force(ready) == 7

    def test_before_the_first_refresh_the_platform_is_told_to_try_again(self, run: Any) -> None:
        answer = run.push(integration_config(version=8))

        assert told(answer) == (503, {"status": "unavailable"})
        assert answer["headers"]["retry-after"] == "60"
        assert run.everything() == []

    def test_a_missing_table_is_a_server_error(self, ready: Any) -> None:
        ready.table.delete_table(TableName="shop")
        answer = ready.push(integration_config(version=8))
        assert told(answer) == (503, {"status": "unavailable"})

    def test_a_defect_is_a_server_error_and_is_named_by_its_place(self, ready: Any) -> None:
        def broken(**_: Any) -> Any:
            raise KeyError("SECRET")

        ready.table.transact_get_items = broken
        answer = ready.push(integration_config(version=8))
        assert told(answer) == (503, {"status": "unavailable"})
        log = json.loads(ready.lines[0])
        assert log["error"] == "KeyError"
        assert log["message"].startswith("a defect of the connector, KeyError in broken, line ")


class TestReport:
    def metrics(self, run: Any) -> dict[str, Any]:
        metrics: dict[str, Any] = json.loads(run.lines[-1])
        names = {one["Name"] for one in metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
        assert metrics["Connector"] == "shop"
        return {name: metrics[name] for name in names}

    def test_a_push_that_is_taken_counts_as_accepted(self, ready: Any) -> None:
        ready.push(integration_config(version=8))

        assert self.metrics(ready) == {
            "PublishAccepted": 1,
            "PublishFailed": 0,
            "ConfigurationVersion": 8,
            "Integrations": 1,
        }
        assert json.loads(ready.lines[0])["event"] == "push_succeeded"

    def test_junk_leaves_one_line_and_no_word_of_what_was_sent(self, ready: Any) -> None:
        ready.request("{'quoted': 'in no log'}")

        assert len(ready.lines) == 1
        assert self.metrics(ready) == {"PublishRefused": 1}

    def test_an_older_push_sounds_no_alarm(self, ready: Any) -> None:
        ready.push(integration_config(version=6))

        assert self.metrics(ready) == {"PublishRefused": 1}
        assert json.loads(ready.lines[0])["event"] == "push_refused"

    def test_a_broken_configuration_sounds_the_alarm(self, ready: Any) -> None:
        ready.push({})
        assert self.metrics(ready) == {"PublishFailed": 1}

    def test_no_credential_is_in_any_line_or_answer(self, ready: Any) -> None:
        answers = [
            ready.push(integration_config(version=8)),
            ready.push({}),
            ready.push(integration_config(version=6)),
            ready.push(integration_config(version=9), "junk"),
        ]
        assert "not-a-real" not in json.dumps(answers) + "".join(ready.lines)


def test_a_pushed_configuration_that_is_not_utf_8_is_latin_1(ready: Any) -> None:
    config = integration_config(queue_integration(Name="Caf\u00e9"), version=8)
    hex_text = json.dumps(config, ensure_ascii=False).encode("latin-1").hex()

    answer = ready.request(json.dumps({"integrationInfo": hex_text, "hash": mac(hex_text)}))

    assert answer["statusCode"] == 200
    assert in_force(ready)["integration_config"]["Integrations"][0]["Name"] == "Caf\u00e9"
