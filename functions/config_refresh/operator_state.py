"""What operators have decided until they decide otherwise: a freeze of publications, the kill switch."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from config_refresh.errors import RefreshError

MAX_ACTOR: Final = 200
MAX_REASON: Final = 500


class OperatorDecision(NamedTuple):
    """Who decided, when (Unix seconds) and why."""

    at: int
    actor: str
    reason: str | None


class OperatorState(NamedTuple):
    """`freeze`: no configuration is taken. `override`: `enabled` is false, whatever the settings say."""

    freeze: OperatorDecision | None = None
    override: OperatorDecision | None = None

    def effective(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings that edges are to get: an operator's override wins over those of Terraform."""
        return {**settings, "enabled": False} if self.override else settings


def _text(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        raise RefreshError(f'"{name}" takes 1 to {longest} printable characters')
    return value


def decision(event: Mapping[str, Any], now: int) -> OperatorDecision:
    """The decision in an operator's event. Raises RefreshError when it does not say who decides."""
    if event.get("actor") is None:
        raise RefreshError(
            'this action is recorded with who took it: add "actor", such as '
            f'{{"action": {json.dumps(event.get("action"))}, "actor": "ada@example.com", "reason": "…"}}'
        )
    reason = event.get("reason")
    return OperatorDecision(
        now,
        _text(event["actor"], "actor", MAX_ACTOR),
        None if reason is None else _text(reason, "reason", MAX_REASON),
    )


def encode(state: OperatorState) -> dict[str, str]:
    """The stored form: a text for each decision that stands."""
    return {
        name: json.dumps(made._asdict(), ensure_ascii=False)
        for name, made in state._asdict().items()
        if made is not None
    }


def decode(stored: Mapping[str, str]) -> OperatorState:
    """The state from its stored form; a decision that is there counts, even if it does not say whose it is."""
    return OperatorState(
        **{name: _decision(stored[name]) for name in OperatorState._fields if name in stored}
    )


def _decision(text: str) -> OperatorDecision:
    try:
        stored = json.loads(text)
        return OperatorDecision(int(stored["at"]), str(stored["actor"]), stored["reason"])
    except (KeyError, TypeError, ValueError):
        return OperatorDecision(0, "unknown", None)
