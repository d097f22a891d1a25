"""The function's environment, as Terraform sets it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from config_refresh.errors import InvalidEnvironment
from queueit.errors import InvalidSettings
from queueit.settings import parse_settings

FUNCTION_SUFFIXES: Final = ("-config-refresh", "-publish")
"""What follows the connector's name in the names of the scheduled function and of the publish endpoint."""

DEFAULT_RETENTION_DAYS: Final = 90

_CUSTOMER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_BASE_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?")


class Environment(NamedTuple):
    """`connector` is the connector's name and that of its table; `settings` are as given, checked but not completed."""

    connector: str
    customer_id: str
    secret_arn: str
    settings: dict[str, Any]
    base_url: str
    retention_days: int


def _required(environ: Mapping[str, str], name: str, accepts: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise InvalidEnvironment(f"{name} is not set; it takes {accepts}")
    return value


def _settings(text: str) -> dict[str, Any]:
    try:
        settings = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise InvalidEnvironment(
            f"QUEUEIT_SETTINGS is not JSON ({error}); it takes an object of settings"
        ) from None
    try:
        parse_settings(settings, strict=True)
    except InvalidSettings as error:
        raise InvalidEnvironment(f"QUEUEIT_SETTINGS: {error}") from None
    return dict(settings or {})


def connector_name(function_name: str) -> str:
    """The connector that a function of this name belongs to; a name without a known suffix stays as it is."""
    for suffix in FUNCTION_SUFFIXES:
        if function_name.endswith(suffix):
            return function_name.removesuffix(suffix)
    return function_name


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read and check all variables. Raises InvalidEnvironment: the variable, its value and what it takes."""
    suffixes = " or ".join(FUNCTION_SUFFIXES)
    function_name = _required(environ, "AWS_LAMBDA_FUNCTION_NAME", f"a name that ends in {suffixes}")
    connector = connector_name(function_name)
    if connector == function_name:
        raise InvalidEnvironment(
            f'AWS_LAMBDA_FUNCTION_NAME is "{function_name}"; name the function {{connector}} and then {suffixes}'
        )
    customer_id = _required(environ, "QUEUEIT_CUSTOMER_ID", "the account's id at Queue-it")
    if not _CUSTOMER_ID.fullmatch(customer_id):
        raise InvalidEnvironment(
            f'QUEUEIT_CUSTOMER_ID is "{customer_id:.100}"; it takes letters, digits, hyphens and underscores'
        )
    base_url = environ.get("QUEUEIT_BASE_URL", "").rstrip("/") or f"https://{customer_id}.queue-it.net"
    if not _BASE_URL.fullmatch(base_url):
        raise InvalidEnvironment(
            f'QUEUEIT_BASE_URL is "{base_url:.100}"; it takes an http or https URL without a path'
        )
    days = environ.get("QUEUEIT_SNAPSHOT_RETENTION_DAYS") or str(DEFAULT_RETENTION_DAYS)
    if not days.isdecimal() or not 1 <= int(days) <= 3650:
        raise InvalidEnvironment(
            f'QUEUEIT_SNAPSHOT_RETENTION_DAYS is "{days:.20}"; it takes a whole number from 1 to 3650'
        )
    return Environment(
        connector=connector,
        customer_id=customer_id,
        secret_arn=_required(environ, "QUEUEIT_SECRET_ARN", "the ARN or name of a Secrets Manager secret"),
        settings=_settings(environ.get("QUEUEIT_SETTINGS") or "{}"),
        base_url=base_url,
        retention_days=int(days),
    )
