"""Which requests a trigger matches: validators, operators, negation, case, And and Or (protocol section 2)."""

from typing import Any

import pytest

from queueit.triggers import compile_part, compile_triggers
from queueit.url_forms import with_folded_host
from tests.builders import part
from tests.unit.queueit.visits import visit

Part = dict[str, Any]
URL = "https://Shop.example.com:8443/Tickets/row?a=B"


def url_part(part: str = "PageUrl", **changes: Any) -> Part:
    return {"ValidatorType": "UrlValidator", "UrlPart": part, "Operator": "Equals"} | changes


def matches(part: Part, **request: Any) -> bool:
    requested = visit(**{"url": URL, **request})
    return compile_part(part)(requested, with_folded_host(requested.url))


def header_part(**changes: Any) -> Part:
    return {
        "ValidatorType": "HttpHeaderValidator",
        "HttpHeaderName": "X-Shop",
        "Operator": "Equals",
    } | changes


def on_value(value: str, **part: Any) -> bool:
    """Whether a part matches a header of this value: the operators are the same for every validator."""
    return matches(header_part(**part), headers={"x-shop": value})


class TestValidators:
    @pytest.mark.parametrize(
        ("part", "value"),
        [("HostName", "Shop.example.com:8443"), ("PagePath", "/Tickets/row"), ("PageUrl", URL)],
    )
    def test_a_url_part_is_host_with_port_path_or_the_whole(self, part: str, value: str) -> None:
        assert matches(url_part(part, ValueToCompare=value))

    @pytest.mark.parametrize("part", ["Path", "hostname", "", None])
    def test_an_unknown_url_part_is_the_empty_string(self, part: str | None) -> None:
        assert matches(url_part() | {"UrlPart": part, "ValueToCompare": ""})
        assert not matches(url_part() | {"UrlPart": part, "ValueToCompare": URL})

    def test_the_url_is_without_the_token(self) -> None:
        assert matches(url_part(ValueToCompare=URL), url=f"{URL}&queueittoken=x")

    def test_a_cookie_is_compared_decoded(self) -> None:
        vip = part("Cookie", "é", CookieName="vip")

        assert matches(vip, cookie="a=1; vip=%C3%A9")
        assert not matches(vip, cookie="VIP=%C3%A9")

    def test_a_header_is_found_in_any_case(self) -> None:
        assert matches(header_part(ValueToCompare="a"), headers={"x-shop": "a"})

    def test_the_user_agent_is_a_validator_of_its_own(self) -> None:
        bot = part("UserAgent", "Bot", Operator="Contains")

        assert matches(bot, headers={"user-agent": "SomeBot/1.0"})
        assert not matches(bot, headers={"user-agent": "Mozilla"})

    def test_the_body_is_compared_as_text(self) -> None:
        order = part("RequestBody", "buy", Operator="Contains")

        assert matches(order, body='{"action": "buy"}')
        assert not matches(order, body="")

    @pytest.mark.parametrize(
        "part",
        [
            {"ValidatorType": "CookieValidator", "CookieName": "a"},
            {"ValidatorType": "CookieValidator"},
            {"ValidatorType": "HttpHeaderValidator", "HttpHeaderName": "a"},
            {"ValidatorType": "HttpHeaderValidator", "HttpHeaderName": None},
            {"ValidatorType": "UserAgentValidator"},
            {"ValidatorType": "RequestBodyValidator"},
        ],
    )
    def test_what_a_request_lacks_is_the_empty_string(self, part: Part) -> None:
        assert matches({**part, "Operator": "Equals", "ValueToCompare": ""})
        assert not matches({**part, "Operator": "Contains", "ValueToCompare": "a"})

    @pytest.mark.parametrize("validator", ["urlvalidator", "IpValidator", "", None])
    @pytest.mark.parametrize("negative", [False, True])
    def test_a_part_with_an_unknown_validator_never_matches_not_even_negated(
        self, validator: Any, negative: bool
    ) -> None:
        assert not matches(url_part() | {"ValidatorType": validator, "IsNegative": negative})


class TestOperators:
    @pytest.mark.parametrize(
        ("operator", "expected", "value", "result"),
        [
            ("Equals", "abc", "abc", True),
            ("Equals", "abc", "ABC", False),
            ("Equals", "abc", "abcd", False),
            ("Contains", "b", "abc", True),
            ("Contains", "B", "abc", False),
            ("Contains", "", "abc", True),
            ("Contains", "", "", True),
        ],
    )
    @pytest.mark.parametrize("negative", [False, True])
    def test_equals_and_contains_and_their_negation(
        self, operator: str, expected: str, value: str, result: bool, negative: bool
    ) -> None:
        part = {"Operator": operator, "ValueToCompare": expected, "IsNegative": negative}

        assert on_value(value, **part) is (result is not negative)

    @pytest.mark.parametrize(
        ("operator", "several", "value", "hit"),
        [
            ("EqualsAny", ["a", "b"], "b", True),
            ("EqualsAny", ["a", "b"], "ab", False),
            ("EqualsAny", ["*"], "b", False),
            ("EqualsAny", [], "", False),
            ("EqualsAny", [""], "", True),
            ("ContainsAny", ["x", "b"], "abc", True),
            ("ContainsAny", ["x", "y"], "abc", False),
            ("ContainsAny", ["x", "*"], "abc", True),
            ("ContainsAny", ["*"], "", False),
            ("ContainsAny", [], "abc", False),
        ],
    )
    @pytest.mark.parametrize("negative", [False, True])
    def test_equals_any_and_contains_any_need_one_hit_and_their_negation_none(
        self, operator: str, several: list[str], value: str, hit: bool, negative: bool
    ) -> None:
        part = {"Operator": operator, "ValuesToCompare": several, "IsNegative": negative}

        assert on_value(value, **part) is (hit is not negative)

    @pytest.mark.parametrize("negative", [False, True])
    def test_contains_star_is_true_for_any_non_empty_value_negative_or_not(self, negative: bool) -> None:
        for value in ("abc", "a*c", "*"):
            assert on_value(value, Operator="Contains", ValueToCompare="*", IsNegative=negative)

    def test_contains_star_on_the_empty_value_is_an_ordinary_miss(self) -> None:
        assert not on_value("", Operator="Contains", ValueToCompare="*")
        assert on_value("", Operator="Contains", ValueToCompare="*", IsNegative=True)

    def test_equals_star_is_an_ordinary_text(self) -> None:
        assert not on_value("abc", Operator="Equals", ValueToCompare="*")
        assert on_value("*", Operator="Equals", ValueToCompare="*")

    @pytest.mark.parametrize("operator", ["equals", "MatchesRegex", "", None])
    @pytest.mark.parametrize("negative", [False, True])
    def test_a_part_with_an_unknown_operator_never_matches_not_even_negated(
        self, operator: Any, negative: bool
    ) -> None:
        assert not on_value("abc", Operator=operator, ValueToCompare="abc", IsNegative=negative)

    @pytest.mark.parametrize("operator", ["Equals", "Contains"])
    def test_a_missing_value_compares_as_the_empty_string(self, operator: str) -> None:
        assert on_value("", Operator=operator)
        assert on_value("", Operator=operator, ValueToCompare=None)

    @pytest.mark.parametrize("operator", ["EqualsAny", "ContainsAny"])
    def test_missing_values_hit_nothing(self, operator: str) -> None:
        assert not on_value("", Operator=operator)
        assert on_value("", Operator=operator, ValuesToCompare=None, IsNegative=True)

    @pytest.mark.parametrize(
        ("operator", "field", "expected"),
        [
            ("Equals", "ValueToCompare", "straSSE"),
            ("Contains", "ValueToCompare", "aSs"),
            ("EqualsAny", "ValuesToCompare", ["x", "STRASSE"]),
            ("ContainsAny", "ValuesToCompare", ["x", "rAS"]),
        ],
    )
    def test_ignore_case_compares_upper_cased_strings(self, operator: str, field: str, expected: Any) -> None:
        part = {"Operator": operator, field: expected}

        assert on_value("Straße", **part, IsIgnoreCase=True)
        assert not on_value("Straße", **part, IsIgnoreCase=False)
        assert not on_value("Straße", **part, IsIgnoreCase=True, IsNegative=True)

    @pytest.mark.parametrize("part", ["HostName", "PagePath", "PageUrl"])
    def test_ignore_case_holds_for_each_part_of_the_url(self, part: str) -> None:
        value = {"HostName": "sHOP.EXAMPLE.com:8443", "PagePath": "/tICKETS/ROW", "PageUrl": URL.swapcase()}

        assert matches(url_part(part, ValueToCompare=value[part], IsIgnoreCase=True))
        assert matches(url_part(part, ValueToCompare=value[part])) is (part == "HostName")


class TestLogic:
    yes = header_part(ValueToCompare="")
    no = header_part(ValueToCompare="x")

    def result(self, *triggers: dict[str, Any]) -> bool:
        requested = visit()
        return compile_triggers(list(triggers))(requested, requested.url)

    @pytest.mark.parametrize("operator", ["And", "AND", "Xor", "", None])
    def test_the_operator_and_like_any_unknown_one_asks_for_all_parts(self, operator: Any) -> None:
        both = {"LogicalOperator": operator, "TriggerParts": [self.yes, self.yes]}
        one = {"LogicalOperator": operator, "TriggerParts": [self.yes, self.no]}

        assert self.result(both)
        assert not self.result(one)

    def test_the_operator_or_asks_for_one_part(self) -> None:
        assert self.result({"LogicalOperator": "Or", "TriggerParts": [self.no, self.yes]})
        assert not self.result({"LogicalOperator": "Or", "TriggerParts": [self.no, self.no]})

    @pytest.mark.parametrize("parts", [[], None])
    def test_a_trigger_without_parts_matches_with_and_but_not_with_or(self, parts: Any) -> None:
        assert self.result({"LogicalOperator": "And", "TriggerParts": parts})
        assert not self.result({"LogicalOperator": "Or", "TriggerParts": parts})

    def test_any_matching_trigger_is_enough(self) -> None:
        one, other = {"TriggerParts": [self.no]}, {"TriggerParts": [self.yes]}

        assert self.result(one, other)
        assert not self.result(one, one)

    def test_without_triggers_nothing_matches(self) -> None:
        assert not self.result()
