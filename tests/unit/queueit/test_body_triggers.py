"""Triggers on the request's body: with the body, without it, and with only its beginning."""

import base64
from typing import Any

import pytest

from config_refresh.config_warnings import MAX_WARNINGS, config_warnings
from queueit.settings import Settings, VerifySettings
from tests.builders import integration_config, part, queue_integration, triggers, url_part
from tests.unit.queueit.feature_visits import feature_visit

BODY_PART = part("RequestBody", "checkout", Operator="Contains")


def body(text: bytes, *, cut: bool = False) -> dict[str, Any]:
    """A body as CloudFront hands it over."""
    data = base64.b64encode(text).decode()
    return {"inputTruncated": cut, "action": "read-only", "encoding": "base64", "data": data}


def matches(request_body: dict[str, Any] | None, *parts: dict[str, Any], **named: Any) -> bool:
    """Whether the integration matched a POST with that body."""
    integration = {"Triggers": triggers(*(parts or (BODY_PART,))), **named.pop("integration", {})}
    decision = feature_visit(integration=integration, method="POST", body=request_body, **named).decide()
    return decision.integration is not None


def test_a_body_that_is_included_is_compared() -> None:
    assert matches(body(b"step=checkout"))
    assert not matches(body(b"step=basket"))


def test_a_body_that_is_not_included_compares_as_empty() -> None:
    assert not matches(None)
    assert matches(None, BODY_PART | {"IsNegative": True})


@pytest.mark.parametrize(
    "request_body",
    [
        body(b"\xff\xfe\x00"),
        {"inputTruncated": False, "encoding": "base64", "data": "%%%"},
        {"inputTruncated": False, "encoding": "base64", "data": "é"},
        {"data": None},
        {},
    ],
)
def test_a_body_that_is_no_text_matches_nothing(request_body: dict[str, Any]) -> None:
    assert not matches(request_body)


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize(("action", "expected"), [("Queue", True), ("Cancel", True), ("Ignore", False)])
def test_a_cut_body_matches_for_queue_and_cancel_and_not_for_ignore(
    action: str, expected: bool, negative: bool
) -> None:
    either = BODY_PART | {"IsNegative": negative}

    for text in (b"x", b"checkout"):
        found = matches(body(text, cut=True), either, integration={"ActionType": action})
        assert found is expected


@pytest.mark.parametrize(("text", "expected"), [(b"checkout", True), (b"basket", False)])
@pytest.mark.parametrize("action", ["Queue", "Ignore"])
def test_the_visible_part_of_a_cut_body_is_compared_where_the_setting_says_so(
    action: str, text: bytes, expected: bool
) -> None:
    settings = {"truncated_body": "visible_part"}

    found = matches(body(text, cut=True), settings=settings, integration={"ActionType": action})

    assert found is expected


def test_the_other_parts_of_a_trigger_count_for_a_cut_body_too() -> None:
    assert matches(body(b"x", cut=True), BODY_PART, url_part("/tickets"))
    assert not matches(body(b"x", cut=True), BODY_PART, url_part("/other"))


def test_an_unknown_operator_never_matches_a_cut_body() -> None:
    assert not matches(body(b"x", cut=True), BODY_PART | {"Operator": "Resembles"})


def test_a_whole_body_is_never_taken_for_a_cut_one() -> None:
    assert not matches(body(b"x" * 40_000))


class TestWarnings:
    def test_a_body_trigger_without_the_body_is_named_with_its_place(self) -> None:
        url_first = [*triggers(url_part("/")), *triggers(url_part("/pay"), BODY_PART)]
        config = integration_config(queue_integration(), queue_integration(Name="Pay", Triggers=url_first))

        assert config_warnings(config, Settings()) == [
            'integration 2 "Pay", trigger 2, part 2: compares the request\'s body, which the function is not given; '
            "set include_body to true, or it compares with an empty text"
        ]
        assert config_warnings(config, Settings(include_body=True)) == []

    def test_an_integration_that_verifies_without_a_service_is_named(self) -> None:
        config = integration_config(queue_integration(VerifyQueueIdEnabled=True))

        (warning,) = config_warnings(config, Settings())

        assert warning.startswith(
            'integration 1 "Tickets": VerifyQueueIdEnabled is true, but no service is asked'
        )
        assert config_warnings(config, Settings(verify=VerifySettings("https://v.example.com"))) == []

    def test_many_warnings_are_counted(self) -> None:
        many = queue_integration(*[BODY_PART] * 50)

        found = config_warnings(integration_config(many), Settings())

        assert len(found) == MAX_WARNINGS + 1
        assert found[-1] == "and 30 more"

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            {},
            {"Integrations": 5},
            {"Integrations": [{"Triggers": 5}, {"Triggers": [{"TriggerParts": "x"}]}]},
            {"Integrations": [5, {"Name": 7, "Triggers": [None, {"TriggerParts": [3]}]}]},
        ],
    )
    def test_a_document_that_is_no_configuration_has_no_warnings(self, document: Any) -> None:
        assert config_warnings(document, Settings()) == []
