"""What an edge of 128 MB and 7 % of a CPU takes: a configuration over it is refused before any edge meets it.

An edge compiles an integration while the first visitor it may be for waits. A trigger part takes it some 10
microseconds of CPU, so 5,000 of them 50 ms, which are 0.7 s at 7 %.
"""

from typing import Any, Final

MAX_INTEGRATIONS: Final = 10_000
MAX_TRIGGERS: Final = 2_000
"""Of one integration."""
MAX_PARTS: Final = 5_000
"""Of one integration, over all its triggers."""
MAX_VALUES: Final = 20_000
"""Of one integration: all that its parts compare with."""


def _counts(integration: dict[str, Any]) -> dict[str, int]:
    triggers = integration.get("Triggers") or []
    parts = [part for trigger in triggers for part in trigger.get("TriggerParts") or []]
    values = sum([len(part.get("ValuesToCompare") or []) for part in parts])
    return {"triggers": len(triggers), "trigger parts": len(parts), "values to compare": values}


_LIMITS: Final = {"triggers": MAX_TRIGGERS, "trigger parts": MAX_PARTS, "values to compare": MAX_VALUES}


def over_the_limit(config: dict[str, Any]) -> str | None:
    """What of a configuration whose fields have been checked an edge could not take, None where it takes all of it.

    The sentence names the limit and the largest integration.
    """
    integrations = config["Integrations"]
    if len(integrations) > MAX_INTEGRATIONS:
        return (
            f"the configuration has {len(integrations)} integrations, more than the {MAX_INTEGRATIONS} that an edge "
            "takes; remove those that are no longer needed"
        )
    counted = [_counts(integration) for integration in integrations]
    for what, limit in _LIMITS.items():
        most, place = max([(counts[what], -place) for place, counts in enumerate(counted)], default=(0, 0))
        if most > limit:
            name = str(integrations[-place].get("Name") or "")
            return (
                f'integration {1 - place} "{name:.60}" has {most} {what}, the most of all, and an edge takes '
                f"{limit} in one; split it, or compare shorter texts that several pages share"
            )
    return None
