"""What is accepted in a configuration, but probably a mistake."""

from __future__ import annotations

import json

from queueit.settings import Settings
from queueit.triggers import BODY_VALIDATOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_WARNINGS: Final = 20


def _objects(document: dict[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    found = document.get(name)
    if not isinstance(found, list):
        return []
    return [(place, one) for place, one in enumerate(found, 1) if isinstance(one, dict)]


def _body_triggers(integration: dict[str, Any], where: str) -> list[str]:
    return [
        f"{where}, trigger {t}, part {p}: compares the request's body, which the function is not given; set "
        "include_body to true, or it compares with an empty text"
        for t, trigger in _objects(integration, "Triggers")
        for p, part in _objects(trigger, "TriggerParts")
        if part.get("ValidatorType") == BODY_VALIDATOR
    ]


def config_warnings(document: object, settings: Settings) -> list[str]:
    """Warnings about a configuration (parsed JSON) under `settings`, each a sentence that names integration and place.

    For any document: one that cannot be compiled has errors, which `compile_integration_config` tells.
    """
    warnings = []
    if isinstance(document, dict) and document.get("Integrations") == []:
        warnings.append("the configuration has no integration: nobody is queued, every request passes")
    for i, integration in _objects(document if isinstance(document, dict) else {}, "Integrations"):
        where = f"integration {i} {json.dumps(integration.get('Name') or '')[:60]}"
        if not settings.include_body:
            warnings += _body_triggers(integration, where)
        if integration.get("VerifyQueueIdEnabled") is True and settings.verify is None:
            warnings.append(
                f"{where}: VerifyQueueIdEnabled is true, but no service is asked; set verify.url, or switch it off on "
                "the platform"
            )
    if len(warnings) > MAX_WARNINGS:
        more = len(warnings) - MAX_WARNINGS
        warnings[MAX_WARNINGS:] = [f"and {more} more"]
    return warnings
