"""The integration configuration: what compiles to what, and what is said of one that does not (section 2)."""

import json
from typing import Any

import pytest

from queueit import __version__
from queueit.errors import InvalidIntegrationConfig, QueueitError
from queueit.integration import Integration
from queueit.integration_config import compile_integration_config
from queueit.settings import SessionCookieSettings, Settings
from tests.builders import integration_config, queue_integration, url_part


def compiled(settings: Settings | None = None, /, **changes: Any) -> Integration:
    """One integration with these changes."""
    document = integration_config(queue_integration(**changes))
    (integration,) = compile_integration_config(document, settings=settings).integrations
    return integration


def problems_of(document: Any) -> tuple[str, ...]:
    with pytest.raises(InvalidIntegrationConfig) as error:
        compile_integration_config(document)
    return error.value.problems


class TestCompiling:
    def test_integrations_keep_their_order(self) -> None:
        document = integration_config(*[queue_integration(Name=name) for name in "bca"])
        config = compile_integration_config(document)

        assert [integration.name for integration in config.integrations] == ["b", "c", "a"]
        assert (config.version, config.customer_id) == (7, "example")

    def test_the_account_can_be_named_apart_from_the_configuration(self) -> None:
        config = compile_integration_config(integration_config(), customer_id="other")

        assert config.customer_id == "other"
        assert config.integrations[0].query.startswith("c=other&")

    def test_the_parts_of_its_redirects_are_ready(self) -> None:
        integration = compiled(
            QueueDomain="wait.example.com/",
            QueuePathPrefix="/room",
            Culture="da-DK",
            LayoutName="Dark & blue",
        )

        assert integration.base_url == "https://wait.example.com/room/"
        assert integration.query == (
            f"c=example&e=tickets&ver=cloudfront-python-{__version__}&cver=7&man=Tickets&cid=da-DK&l=Dark%20%26%20blue"
        )

    @pytest.mark.parametrize("action", ["Queue", "Cancel", "Ignore"])
    def test_the_three_actions_are_known(self, action: str) -> None:
        assert compiled(ActionType=action).action == action

    @pytest.mark.parametrize("action", ["queue", "Anything", "", None])
    def test_any_other_action_is_ignore(self, action: str | None) -> None:
        assert compiled(ActionType=action).action == "Ignore"

    def test_rooms_are_the_event_then_the_involved_rooms_each_once(self) -> None:
        rooms = compiled(InvolvedWaitingRoomIds=["sale", "tickets", "", "sale", "vip"]).rooms

        assert rooms == ("tickets", "sale", "vip")

    def test_a_missing_field_counts_as_null(self) -> None:
        document = {
            "Version": 1,
            "Integrations": [{"ActionType": "Queue", "EventId": "a", "QueueDomain": "h", "Triggers": []}],
        }
        (integration,) = compile_integration_config(document).integrations

        assert (integration.name, integration.rooms) == ("unspecified", ("a",))
        assert integration.base_url == "https://h/"
        assert integration.query == f"c=&e=a&ver=cloudfront-python-{__version__}&cver=1&man=unspecified"
        assert integration.cookies.trailer == ""
        assert (integration.is_normalized, integration.extends_session) == (False, False)
        assert (integration.redirect_logic, integration.forced_target_url) == ("", "")

    def test_a_missing_validity_is_20_minutes(self) -> None:
        assert compiled(CookieValidityMinute=None).validity_minutes == 20

    def test_every_optional_field_may_be_null(self) -> None:
        integration = dict.fromkeys(queue_integration())
        document = {"Version": 1, "CustomerId": None, "Description": None, "Integrations": [integration]}

        assert compile_integration_config(document).integrations[0].action == "Ignore"

    def test_unknown_fields_are_left_alone(self) -> None:
        document = integration_config(queue_integration(Future={"a": [1]})) | {"Future": 1}

        assert compile_integration_config(document).version == 7

    @pytest.mark.parametrize(
        ("changes", "trailer"),
        [
            ({}, ""),
            ({"CookieDomain": ".example.com"}, "; Domain=.example.com"),
            ({"IsCookieHttpOnly": True, "IsCookieSecure": True}, "; HttpOnly; Secure"),
        ],
    )
    def test_cookies_have_the_attributes_that_are_configured(
        self, changes: dict[str, Any], trailer: str
    ) -> None:
        assert compiled(**changes).cookies.trailer == trailer

    def test_settings_override_the_attributes_of_cookies(self) -> None:
        settings = Settings(session_cookie=SessionCookieSettings("Lax", secure=True, http_only=False))

        assert compiled(settings, IsCookieHttpOnly=True).cookies.trailer == "; Secure; SameSite=Lax"


class TestWrongDocument:
    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            (None, "it is null; give an object with Integrations and Version"),
            ([], "it is []; give an object with Integrations and Version"),
            ("text", 'it is "text"; give an object with Integrations and Version'),
            (
                {"Version": 0, "Integrations": []},
                "Version is 0; give a whole number from 1 to 1000000000000000",
            ),
            (
                {"Version": True, "Integrations": []},
                "Version is true; give a whole number from 1 to 1000000000000000",
            ),
            (
                {"Version": 1.5, "Integrations": []},
                "Version is 1.5; give a whole number from 1 to 1000000000000000",
            ),
            (
                {"Version": 10**15 + 1, "Integrations": []},
                "Version is 1000000000000001; give a whole number from 1 to",
            ),
            ({"Integrations": []}, "Version is null; give a whole number from 1 to 1000000000000000"),
            ({"Version": 1}, "Integrations is null; give a list"),
            ({"Version": 1, "Integrations": {}}, "Integrations is {}; give a list"),
            ({"Version": 1, "CustomerId": 5, "Integrations": []}, "CustomerId is 5; give text"),
        ],
    )
    def test_what_is_wrong_with_the_whole_is_named(self, document: Any, problem: str) -> None:
        (found,) = problems_of(document)

        assert found.startswith(problem)

    def test_an_integration_that_is_no_object_is_named_by_its_place(self) -> None:
        document = integration_config() | {"Integrations": [queue_integration(), 5]}

        assert problems_of(document) == ("integration 2: is 5; give an object",)

    def test_the_text_of_the_error_lists_ten_problems_and_counts_the_rest(self) -> None:
        with pytest.raises(QueueitError) as error:
            compile_integration_config({"Version": 1, "Integrations": [0] * 12})

        assert str(error.value).startswith(
            "invalid integration configuration: integration 1: is 0; give an object; integration 2:"
        )
        assert str(error.value).endswith("integration 10: is 0; give an object; and 2 more")


TEXTS = ("Name", "ActionType", "EventId", "CookieDomain", "LayoutName", "Culture", "QueueDomain")
MORE_TEXTS = ("QueuePathPrefix", "RedirectLogic", "ForcedTargetUrl")
FLAGS = (
    "IsCookieHttpOnly",
    "IsCookieSecure",
    "ExtendCookieValidity",
    "VerifyQueueIdEnabled",
    "IsNormalizationEnabled",
)
NUMBERS = ("CookieValidityMinute", "QueueIdUsageLimit")


WRONG_TYPES: list[tuple[tuple[str, ...], list[Any], str]] = [
    ((*TEXTS, *MORE_TEXTS), [5, True, ["a"], {}], "text"),
    (FLAGS, ["true", 1, 0, []], "true or false"),
    (NUMBERS, ["20", 1.5, True, []], "a whole number"),
    (("InvolvedWaitingRoomIds",), ["a", [1], [None], {}], "a list of texts"),
    (("Triggers",), ["a", 1, {}], "a list"),
]


class TestWrongType:
    """Every field of a wrong type is named with its integration, the value it has and what to give."""

    def problem(self, **changes: Any) -> str:
        (found,) = problems_of(integration_config(queue_integration(**changes)))
        return found.removeprefix('integration 1 "Tickets": ').removeprefix("integration 1: ")

    @pytest.mark.parametrize(
        ("name", "value", "wanted"),
        [
            (name, value, wanted)
            for names, values, wanted in WRONG_TYPES
            for name in names
            for value in values
        ],
    )
    def test_it_is_named_with_what_to_give(self, name: str, value: Any, wanted: str) -> None:
        assert self.problem(**{name: value}) == f"{name} is {json.dumps(value)}; give {wanted}"

    def test_a_long_value_is_cut(self) -> None:
        assert self.problem(IsCookieSecure="x" * 100) == (
            f'IsCookieSecure is "{"x" * 56}...; give true or false'
        )

    @pytest.mark.parametrize("name", ["Name", "Triggers"])
    def test_a_value_nested_too_deeply_to_show_is_named_all_the_same(self, name: str) -> None:
        nested: Any = []
        for _ in range(20_000):
            nested = [nested]
        value = nested if name == "Name" else {"a": nested}

        kind = type(value).__name__
        assert self.problem(**{name: value}).startswith(f"{name} is a {kind}; give ")


PART_TEXTS = ("ValidatorType", "Operator", "ValueToCompare", "UrlPart", "CookieName", "HttpHeaderName")


def with_part(**changes: Any) -> dict[str, Any]:
    """A trigger whose second part has these fields."""
    return {"TriggerParts": [url_part("/"), url_part("/") | changes]}


@pytest.mark.parametrize(
    ("trigger", "problem"),
    [
        (None, ": is null; give an object"),
        ({"LogicalOperator": 1}, ": LogicalOperator is 1; give text"),
        ({"TriggerParts": "x"}, ': TriggerParts is "x"; give a list'),
        ({"TriggerParts": [url_part("/"), []]}, ", part 2: is []; give an object"),
        *[(with_part(**{name: 1}), f", part 2: {name} is 1; give text") for name in PART_TEXTS],
        *[
            (with_part(**{name: "no"}), f', part 2: {name} is "no"; give true or false')
            for name in ("IsNegative", "IsIgnoreCase")
        ],
        (
            with_part(ValuesToCompare=["a", 1]),
            ', part 2: ValuesToCompare is ["a", 1]; give a list of texts',
        ),
    ],
)
def test_what_is_wrong_with_a_trigger_is_named_with_its_place(trigger: Any, problem: str) -> None:
    (found,) = problems_of(integration_config(queue_integration(Triggers=[{}, trigger])))

    assert found == f'integration 1 "Tickets", trigger 2{problem}'


class TestWhatAWaitingRoomNeeds:
    def problems(self, **changes: Any) -> list[str]:
        found = problems_of(integration_config(queue_integration(**changes)))
        return [problem.removeprefix('integration 1 "Tickets": ') for problem in found]

    @pytest.mark.parametrize("value", ["", None])
    def test_a_queue_needs_its_event(self, value: str | None) -> None:
        assert self.problems(EventId=value) == ["EventId is missing; give the waiting room's id"]

    @pytest.mark.parametrize("value", ["", None])
    def test_a_queue_domain_is_needed_where_no_account_is_known(self, value: str | None) -> None:
        document = integration_config(queue_integration(QueueDomain=value)) | {"CustomerId": None}

        assert problems_of(document) == (
            'integration 1 "Tickets": QueueDomain is missing; give a host name, such as example.queue-it.net',
        )

    @pytest.mark.parametrize("room", ["a b", "a=b", "a;b", "é", "a\r\n", '"a"'])
    def test_a_rooms_id_has_to_fit_a_cookies_name(self, room: str) -> None:
        assert self.problems(EventId=room, InvolvedWaitingRoomIds=["ok", room]) == [
            f"EventId is {json.dumps(room)}; give the waiting room's id",
            f"InvolvedWaitingRoomIds has {json.dumps(room)}; give waiting rooms' ids, of at most 200 characters",
        ]

    @pytest.mark.parametrize(
        ("name", "values", "wanted"),
        [
            (
                "QueueDomain",
                ["https://example.queue-it.net", "a/b", "a b", "a?b", "a@b", "a#", "é.net", "a:port", "a\n"],
                "a host name, such as example.queue-it.net",
            ),
            ("QueuePathPrefix", ["a b", "é", "a\r\nb"], "a path of visible ASCII characters"),
            ("CookieDomain", ["a; Secure", "https://a", "a/b", "a\n", "é"], "a domain, such as .example.com"),
            ("CookieValidityMinute", [0, -1, 10**9], "a whole number from 1 to 52704000"),
        ],
    )
    def test_a_value_that_no_redirect_or_cookie_can_hold_is_refused(
        self, name: str, values: list[Any], wanted: str
    ) -> None:
        for value in values:
            assert self.problems(**{name: value}) == [f"{name} is {json.dumps(value)}; give {wanted}"]

    @pytest.mark.parametrize("name", ["Name", "LayoutName", "Culture", "QueuePathPrefix", "ForcedTargetUrl"])
    def test_a_text_of_a_redirect_has_2048_characters_at_most(self, name: str) -> None:
        found = problems_of(integration_config(queue_integration(**{name: "x" * 2049})))

        assert found[0].endswith(f": {name} is too long; give at most 2048 characters, percent-encoded")
        assert compiled(**{name: "x" * 2048})

    def test_the_limit_counts_the_characters_of_the_percent_encoded_text(self) -> None:
        assert self.problems(Culture="🎟" * 171) == [
            "Culture is too long; give at most 2048 characters, percent-encoded"
        ]

    def test_rooms_and_domains_have_limits_too(self) -> None:
        assert self.problems(
            EventId="x" * 201,
            QueueDomain="x" * 256,
            CookieDomain="x" * 256,
            InvolvedWaitingRoomIds=[f"r{number}" for number in range(50)],
        ) == [
            "InvolvedWaitingRoomIds makes 51 rooms; give at most 50",
            "EventId is too long; give at most 200 characters",
            "QueueDomain is too long; give at most 255 characters",
            "CookieDomain is too long; give at most 255 characters",
        ]

    def test_a_cancel_needs_at_least_one_room(self) -> None:
        assert self.problems(ActionType="Cancel", EventId="") == [
            "EventId and InvolvedWaitingRoomIds are missing; give at least one room's id"
        ]
        assert compiled(ActionType="Cancel", EventId="", InvolvedWaitingRoomIds=["a"]).rooms == ("a",)

    def test_an_ignore_needs_nothing(self) -> None:
        ignoring = compiled(ActionType="Ignore", EventId="a b", QueueDomain="", CookieValidityMinute=0)

        assert ignoring.action == "Ignore"

    def test_every_problem_is_told_at_once(self) -> None:
        document = integration_config(
            queue_integration(Name="A", EventId=None, Culture=5),
            queue_integration(Name="", QueueDomain="a b"),
            version=0,
        )

        assert problems_of(document) == (
            "Version is 0; give a whole number from 1 to 1000000000000000",
            'integration 1 "A": Culture is 5; give text',
            'integration 2: QueueDomain is "a b"; give a host name, such as example.queue-it.net',
        )


class TestWhatRealAccountsHold:
    """Accepted as section 2 of the protocol says, though a tidy configuration would have none of it."""

    def test_the_old_spelling_of_a_forced_target_is_accepted(self) -> None:
        assert compiled(RedirectLogic="ForecedTargetUrl").redirect_logic == "ForcedTargetUrl"

    @pytest.mark.parametrize("value", ["", None])
    @pytest.mark.parametrize("action", ["Queue", "Cancel"])
    def test_no_queue_domain_is_that_of_the_account(self, action: str, value: str | None) -> None:
        assert compiled(ActionType=action, QueueDomain=value).base_url == "https://example.queue-it.net/"

    def test_a_validity_of_years_is_accepted(self) -> None:
        assert compiled(CookieValidityMinute=10 * 525_600).validity_minutes == 5_256_000

    @pytest.mark.parametrize("name", ["QueueDomain", "CookieDomain"])
    def test_underscores_in_host_names_are_accepted(self, name: str) -> None:
        assert compiled(**{name: "wait_room.example.com"})

    @pytest.mark.parametrize("name", [*TEXTS[2:], *MORE_TEXTS, *FLAGS[:4], *NUMBERS])
    def test_a_field_that_an_ignore_does_not_use_holds_anything(self, name: str) -> None:
        assert compiled(ActionType="Ignore", **{name: [{}]}).action == "Ignore"

    @pytest.mark.parametrize(
        "name", ["LayoutName", "Culture", "ExtendCookieValidity", "CookieValidityMinute", "QueueIdUsageLimit"]
    )
    def test_a_field_that_a_cancel_does_not_use_holds_anything(self, name: str) -> None:
        assert compiled(ActionType="Cancel", **{name: [{}]}).action == "Cancel"

    def test_an_export_in_the_platforms_other_format_is_recognized(self) -> None:
        (problem,) = problems_of({"Actions": [], "Configurations": [], "Version": 3})

        assert problem.startswith("it is an export of the GO Queue-it Platform in its other shape")
        assert "take the integration configuration" in problem
