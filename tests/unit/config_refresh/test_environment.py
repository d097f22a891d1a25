"""The function's environment, variable by variable."""

import pytest

from config_refresh.environment import read_environment
from config_refresh.errors import InvalidEnvironment

GOOD = {
    "AWS_LAMBDA_FUNCTION_NAME": "shop-config-refresh",
    "QUEUEIT_CUSTOMER_ID": "example",
    "QUEUEIT_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop",
}


def test_what_is_not_set_has_its_default() -> None:
    environment = read_environment(GOOD)

    assert environment.connector == "shop"
    assert environment.base_url == "https://example.queue-it.net"
    assert environment.settings == {}
    assert environment.retention_days == 90


@pytest.mark.parametrize(
    ("function", "connector"),
    [
        ("shop-publish", "shop"),
        ("shop-publish-config-refresh", "shop-publish"),
        ("shop-config-refresh-publish", "shop-config-refresh"),
        ("shop-publish-publish", "shop-publish"),
    ],
)
def test_the_connector_is_the_functions_name_less_the_last_suffix(function: str, connector: str) -> None:
    assert read_environment(GOOD | {"AWS_LAMBDA_FUNCTION_NAME": function}).connector == connector


def test_a_local_platform_can_be_named() -> None:
    environment = read_environment(GOOD | {"QUEUEIT_BASE_URL": "http://127.0.0.1:8081/"})

    assert environment.base_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AWS_LAMBDA_FUNCTION_NAME", "shop", "ends? in|name the function"),
        ("QUEUEIT_CUSTOMER_ID", "", "QUEUEIT_CUSTOMER_ID is not set"),
        ("QUEUEIT_CUSTOMER_ID", "a/b", 'QUEUEIT_CUSTOMER_ID is "a/b"; it takes letters'),
        ("QUEUEIT_SECRET_ARN", "", "QUEUEIT_SECRET_ARN is not set; it takes the ARN"),
        ("QUEUEIT_BASE_URL", "ftp://x", 'QUEUEIT_BASE_URL is "ftp://x"'),
        ("QUEUEIT_SNAPSHOT_RETENTION_DAYS", "0", 'DAYS is "0"; it takes a whole number from 1 to 3650'),
        ("QUEUEIT_SNAPSHOT_RETENTION_DAYS", "x", "it takes a whole number"),
        ("QUEUEIT_SETTINGS", "{", "QUEUEIT_SETTINGS is not JSON"),
        ("QUEUEIT_SETTINGS", "[" * 4000, "QUEUEIT_SETTINGS is not JSON"),
        ("QUEUEIT_SETTINGS", "[]", "accepts an object"),
        ("QUEUEIT_SETTINGS", '{"enabled": "no"}', 'setting "enabled": got "no"; accepts true or false'),
        ("QUEUEIT_SETTINGS", '{"speed": 9}', 'setting "speed" is not known; the settings here are'),
        ("QUEUEIT_SETTINGS", '{"poll_interval_seconds": 1}', "got 1; accepts a whole number from 5 to 300"),
        (
            "QUEUEIT_SETTINGS",
            '{"session_cookie": {"same_site": "lax"}}',
            'session_cookie.same_site": got "lax"',
        ),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_takes(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidEnvironment, match=message):
        read_environment(GOOD | {name: value})
