"""The configuration that `explain` and `validate` look at: from a file, or what a connector serves now."""

import time
from collections.abc import Mapping
from secrets import token_hex
from typing import Any, NamedTuple

from edge.regions import HOME_REGION
from queueit.errors import QueueitError
from queueit.settings import Settings, parse_settings
from queueit.snapshot import FORMAT, Snapshot, compile_snapshot
from workbench.cli import command as cli
from workbench.cli.input_files import place_of, read_json
from workbench.cli.value_types import Checked, customer_id_problem

_UNKNOWN_CUSTOMER = "customer"
API_KEY = "QUEUEIT_API_KEY"


class Source(NamedTuple):
    """An integration configuration with the settings and keys it comes with, if any; nothing is checked yet.

    `place` says where it is from, for people.
    """

    place: str
    config: Any
    settings: dict[str, Any]
    customer_id: str
    keys: Mapping[str, str]


def from_file(path: str, settings_path: str | None, context: cli.Context) -> Source:
    """A configuration as the platform exports it, or a snapshot document."""
    document = read_json(path, context)
    settings: dict[str, Any] = {}
    customer_id, config = "", document
    if isinstance(document, dict) and "format" in document and "integration_config" in document:
        config = document["integration_config"]
        settings = document.get("settings") or {}
        customer_id = document.get("customer_id") or ""
    if settings_path:
        settings = read_json(settings_path, context)
    if not customer_id and isinstance(config, dict):
        customer_id = config.get("CustomerId") or ""
    return Source(place_of(path), config, settings, customer_id or _UNKNOWN_CUSTOMER, {})


def from_connector(name: str, context: cli.Context) -> Source:
    """What the connector's table serves now. Raises CommandFailed."""
    from workbench.cli.connector_table import ConnectorTable  # a file needs nothing of AWS

    table = ConnectorTable(name, HOME_REGION, context)
    current = table.current()
    document = table.document(current) if current else None
    if current is None:
        raise cli.CommandFailed(
            f"the connector {name} has published nothing yet; see: queueit publish --name {name}"
        )
    if document is None:
        raise cli.CommandFailed(
            f"the snapshot {current.snapshot} is missing or damaged; see: queueit publish --name {name}"
        )
    return Source(
        f"connector {name}",
        document["integration_config"],
        document["settings"],
        document["customer_id"],
        current.keys,
    )


def settings_of(source: Source) -> Settings:
    """The settings, checked as config_refresh checks them. Raises CommandFailed."""
    try:
        return parse_settings(source.settings, strict=True)
    except QueueitError as error:
        raise cli.CommandFailed(f"{error}") from None


def snapshot_of(source: Source, secret_key: str) -> Snapshot:
    """The compiled snapshot, as an edge would have it. Raises CommandFailed.

    A file holds no keys: services that the settings name are not asked here, so any will do for them.
    """
    settings_of(source)
    document = {
        "format": FORMAT,
        "customer_id": source.customer_id,
        "integration_config": source.config,
        "settings": source.settings,
        "published_at": 0,
        "source": "schedule",
    }
    try:
        keys = source.keys or dict.fromkeys(("api_key", "proxy_key"), token_hex())
        return compile_snapshot(document, {"secret_key": secret_key, **keys})
    except QueueitError as error:
        raise cli.CommandFailed(f"{source.place}: {error}") from None


def from_platform(customer_id: str, settings_path: str | None, context: cli.Context) -> Source:
    """What the platform publishes, asked as config_refresh asks it. Raises CommandFailed or UsageError."""
    from config_refresh.deadline import Deadline
    from config_refresh.errors import PlatformError
    from config_refresh.platform import DOWNLOAD_SECONDS, PUBLISH_SECONDS, download

    key = context.environ.get(API_KEY, "")
    if not key.isascii() or not key.isprintable() or not key:
        raise cli.UsageError(f"--platform needs the account's api key in the variable {API_KEY}")
    base_url = (
        context.environ.get("QUEUEIT_BASE_URL", "").rstrip("/") or f"https://{customer_id}.queue-it.net"
    )
    try:
        seconds = DOWNLOAD_SECONDS + PUBLISH_SECONDS
        config = download(base_url, customer_id, key, Deadline(time.monotonic() + seconds))
    except PlatformError as error:
        raise cli.CommandFailed(str(error)) from None
    settings = read_json(settings_path, context) if settings_path else {}
    return Source(f"the platform, account {customer_id}", config, settings, customer_id, {})


def chosen(options: cli.Options, context: cli.Context) -> Source:
    """What `--config`, `--platform` or else the connector's name says. Raises CommandFailed or UsageError."""
    if [bool(options.config), bool(options.platform), bool(options.name)].count(True) > 1:
        raise cli.UsageError("give one of --config, --platform and --name")
    if options.config:
        return from_file(options.config, options.settings, context)
    if options.platform:
        return from_platform(options.platform, options.settings, context)
    if options.settings:
        raise cli.UsageError(
            "--settings goes with --config and --platform; a connector has settings of its own"
        )
    return from_connector(cli.connector_name(options, context), context)


SOURCE = (
    cli.file_option("--config", "a configuration as JSON, or a snapshot document; - reads standard input"),
    cli.option(
        "--platform",
        metavar="CUSTOMER_ID",
        type=Checked("customer id", customer_id_problem),
        help=f"what the platform publishes for this account (its api key is in the variable {API_KEY})",
    ),
    cli.file_option(
        "--settings", "with --config or --platform: the settings as JSON, as in Terraform's `settings`"
    ),
    cli.name_option("; what it serves now is read from its table"),
)
"""The options that say which configuration; `chosen` reads it."""
