"""The function's environment, variable by variable."""

import pytest

from log_retention.errors import InvalidEnvironment
from log_retention.retention_settings import read_environment

GOOD = {"AWS_LAMBDA_FUNCTION_NAME": "shop-log-retention", "QUEUEIT_LOG_RETENTION_DAYS": "30"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123"


def test_the_log_groups_are_those_of_the_connectors_edge_functions() -> None:
    environment = read_environment(GOOD)

    assert environment.log_groups == (
        "/aws/lambda/us-east-1.shop-viewer-request",
        "/aws/lambda/us-east-1.shop-viewer-response",
    )
    assert (environment.retention_days, environment.kms_key_arns) == (30, {})
    assert environment.home_region == "us-east-1"


def test_keys_are_those_of_their_regions() -> None:
    environment = read_environment(GOOD | {"QUEUEIT_LOG_KMS_KEY_ARNS": f'{{"eu-west-1": "{KEY}"}}'})

    assert environment.kms_key_arns == {"eu-west-1": KEY}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AWS_LAMBDA_FUNCTION_NAME", "", "name the function"),
        ("AWS_LAMBDA_FUNCTION_NAME", "shop", "name the function"),
        ("AWS_LAMBDA_FUNCTION_NAME", "-log-retention", "name the function"),
        ("QUEUEIT_LOG_RETENTION_DAYS", "", 'DAYS is ""; it takes 1, 3, 5'),
        ("QUEUEIT_LOG_RETENTION_DAYS", "31", 'DAYS is "31"; it takes'),
        ("QUEUEIT_LOG_RETENTION_DAYS", "-1", "it takes"),
        ("QUEUEIT_LOG_RETENTION_DAYS", "²", "it takes"),
        ("QUEUEIT_LOG_KMS_KEY_ARNS", "{", "is not a JSON object of regions"),
        ("QUEUEIT_LOG_KMS_KEY_ARNS", "[]", "is not a JSON object of regions"),
        ("QUEUEIT_LOG_KMS_KEY_ARNS", '{"eu-west-1": null}', "is not a JSON object of regions"),
        ("QUEUEIT_LOG_KMS_KEY_ARNS", f'{{"eu-west-2": "{KEY}"}}', "is not a JSON object of regions"),
        ("QUEUEIT_LOG_KMS_KEY_ARNS", f'{{"europe": "{KEY}"}}', "is not a JSON object of regions"),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_takes(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidEnvironment, match=message):
        read_environment(GOOD | {name: value})
