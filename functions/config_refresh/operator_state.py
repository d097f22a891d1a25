"""What operators have decided until they decide otherwise: a freeze of publications, the kill switch."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from config_refresh.errors import RefreshError

MAX_ACTOR: Final = 200
MAX_REASON: Final = 500


class Decision(NamedTuple):
    """Who decided, when (Unix seconds) and why."""

    at: int
    actor: str
    reason: str | None


class OperatorState(NamedTuple):
    """`freeze`: no configuration is taken. `override`: `enabled` is false, whatever the settings say."""

    freeze: Decision | None = None
    override: Decision | None = None

    def effective(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings that edges are to get: an operator's override wins over those of Terraform."""
        return {**settings, "enabled": False} if self.override else settings


def _text(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        raise RefreshError(f'"{name}" takes 1 to {longest} printable characters')
    return value


def decision(event: Mapping[str, Any], now: int) -> Decision:
    """The decision in an operator's event. Raises RefreshError when it does not say who decides."""
    if event.get("actor") is None:
        raise RefreshError(
            'this action is recorded with who took it: add "actor", such as '
            f'{{"action": {json.dumps(event.get("action"))}, "actor": "ada@example.com", "reason": "…"}}'
        )
    reason = event.get("reason")
    return Decision(
        now,
        _text(event["actor"], "actor", MAX_ACTOR),
        None if reason is None else _text(reason, "reason", MAX_REASON),
    )


def encode(made: Decision) -> str:
    """The stored form of a decision."""
    return json.dumps(made._asdict(), ensure_ascii=False)


def decode(text: str) -> Decision:
    """A decision from its stored form; one that is there counts, even if it does not say whose it is."""
    try:
        stored = json.loads(text)
        return Decision(int(stored["at"]), str(stored["actor"]), stored["reason"])
    except (KeyError, TypeError, ValueError):
        return Decision(0, "unknown", None)
