"""`queueit schema`: the JSON Schema of an integration configuration, made from the compiler's own tables."""

from typing import Any, Final

from queueit import integration_config as compiler
from queueit.cookies import COOKIE_NAME
from queueit.integration import CANCEL, CANCEL_FIELDS, IGNORE, IGNORE_FIELDS, QUEUE
from workbench.cli.command import Context, Options, Result, command

_EXAMPLES = """
schema > configuration.schema.json
"""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SUGGESTED: Final = {
    "ActionType": (QUEUE, CANCEL, IGNORE),
    "RedirectLogic": ("AllowTParameter", "EventTargetUrl", "ForcedTargetUrl"),
    "LogicalOperator": ("And", "Or"),
    "ValidatorType": (
        "UrlValidator",
        "CookieValidator",
        "HttpHeaderValidator",
        "UserAgentValidator",
        "RequestBodyValidator",
    ),
    "Operator": ("Equals", "Contains", "EqualsAny", "ContainsAny"),
    "UrlPart": ("HostName", "PagePath", "PageUrl"),
}
"""What has a meaning; another word is no error, so editors offer these and refuse none."""


def _pattern(text: str) -> str:
    """A pattern of the compiler for the whole of a text that may be empty, as JSON Schema has patterns."""
    whole = text.replace(r"\w", "A-Za-z0-9_")  # without re.ASCII it may take more
    return rf"^(?:{whole})?$(?!\n)"


def _value(name: str, kind: str) -> dict[str, Any]:
    """A field of the kind that the compiler's tables name; null stands for a missing one."""
    by_kind: dict[str, dict[str, Any]] = {
        compiler.TEXT: {"type": ["string", "null"]},
        compiler.FLAG: {"type": ["boolean", "null"]},
        compiler.NUMBER: {"type": ["integer", "null"]},
        compiler.TEXTS: {"type": ["array", "null"], "items": {"type": "string"}},
        compiler.OBJECTS: {"type": ["array", "null"]},
    }
    made = by_kind[kind]
    return {**made, "examples": [*_SUGGESTED[name]]} if name in _SUGGESTED else made


def _fields(fields: dict[str, str], names: "frozenset[str] | None" = None) -> dict[str, Any]:
    return {name: _value(name, kind) for name, kind in fields.items() if names is None or name in names}


def _waiting_room(names: "frozenset[str] | None") -> dict[str, Any]:
    """The fields of integrations that send visitors to a waiting room: those of `names`, None for all."""
    fields = _fields(compiler.INTEGRATION_FIELDS, names)
    room = _pattern(COOKIE_NAME.pattern)
    fields["EventId"] |= {"pattern": room}
    fields["QueueDomain"] |= {"pattern": _pattern(compiler.DOMAIN.pattern)}
    fields["QueuePathPrefix"] |= {"pattern": _pattern(compiler.PATH_PREFIX.pattern)}
    fields["CookieDomain"] |= {"pattern": _pattern(compiler.COOKIE_DOMAIN.pattern)}
    fields["InvolvedWaitingRoomIds"]["items"] |= {"pattern": room, "maxLength": compiler.MAX_ROOM_LENGTH}
    for name in compiler.SHORT_TEXTS:
        fields.get(name, {})["maxLength"] = compiler.MAX_TEXT_LENGTH
    for name, longest in compiler.MAX_LENGTHS.items():
        fields[name]["maxLength"] = longest
    fields["Triggers"]["items"] = {"$ref": "#/$defs/trigger"}
    return fields


def schema() -> dict[str, Any]:
    """The schema: config_refresh refuses all that it refuses, and more, as some rules no schema can say.

    These are: percent-encoded lengths, the number of rooms, limits of an edge, and numbers written as `1.0`.
    """
    action = {"required": ["ActionType"]}
    queue = _waiting_room(None)
    queue["CookieValidityMinute"] |= {"minimum": 1, "maximum": compiler.MAX_VALIDITY_MINUTES}
    ignore = _fields(compiler.INTEGRATION_FIELDS, IGNORE_FIELDS)
    ignore["Triggers"]["items"] = {"$ref": "#/$defs/trigger"}
    trigger = _fields(compiler.TRIGGER_FIELDS)
    trigger["TriggerParts"]["items"] = {"$ref": "#/$defs/part"}
    named = {"type": "string", "minLength": 1}

    def is_action(*names: str) -> dict[str, Any]:
        return {**action, "properties": {"ActionType": {"enum": [*names]}}}

    def has(name: str, value: dict[str, Any]) -> dict[str, Any]:
        return {"required": [name], "properties": {name: value}}

    return {
        "$schema": _DIALECT,
        "title": "Integration configuration of a Queue-it connector",
        "type": "object",
        "required": ["Integrations", "Version"],
        "properties": {
            "Version": {"type": "integer", "minimum": 1, "maximum": compiler.MAX_VERSION},
            "CustomerId": {"type": ["string", "null"]},
            "Integrations": {"type": "array", "items": {"$ref": "#/$defs/integration"}},
        },
        "anyOf": [
            has("CustomerId", named),
            {
                "properties": {
                    "Integrations": {
                        "items": {"anyOf": [{"not": is_action(QUEUE, CANCEL)}, has("QueueDomain", named)]}
                    }
                }
            },
        ],
        "$defs": {
            "integration": {
                "type": "object",
                "properties": {"ActionType": _value("ActionType", compiler.TEXT)},
                "if": is_action(QUEUE),
                "then": {"$ref": "#/$defs/queue"},
                "else": {
                    "if": is_action(CANCEL),
                    "then": {"$ref": "#/$defs/cancel"},
                    "else": {"$ref": "#/$defs/ignore"},
                },
            },
            "queue": {**has("EventId", named), "properties": queue | {"EventId": queue["EventId"] | named}},
            "cancel": {
                "properties": _waiting_room(CANCEL_FIELDS),
                "anyOf": [
                    has("EventId", named),
                    has("InvolvedWaitingRoomIds", {"type": "array", "contains": named}),
                ],
            },
            "ignore": {"properties": ignore},
            "trigger": {"type": "object", "properties": trigger},
            "part": {"type": "object", "properties": _fields(compiler.PART_FIELDS)},
        },
    }


def run(options: Options, context: Context) -> Result:
    """The schema itself; with `--json` in an object with `ok`."""
    made = schema()
    return Result({"schema": made}, "", document=made)


COMMAND = command("schema", run, _EXAMPLES)
