"""What is different between two snapshots, in words for people; never a credential."""

import json
from typing import Any, Final

MAX_SENTENCES: Final = 20
MAX_CHARACTERS: Final = 160

_ABSENT = object()
_WRITTEN_BY_THE_PLATFORM = ("Version", "PublishDate", "Integrations")


def _shown(value: object) -> str:
    if value is _ABSENT:
        return "not given"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _changes(before: dict[str, Any], after: dict[str, Any], skipped: tuple[str, ...] = ()) -> list[str]:
    names = [name for name in dict.fromkeys([*before, *after]) if name not in skipped]
    pairs = [(name, before.get(name, _ABSENT), after.get(name, _ABSENT)) for name in names]
    return [f"{name} {_shown(old)} → {_shown(new)}" for name, old, new in pairs if old != new]


def _named(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The integrations by a name for people, in order; equal names are numbered."""
    found: dict[str, dict[str, Any]] = {}
    for number, integration in enumerate(config.get("Integrations") or [], 1):
        name = f'integration "{integration.get("Name") or number}"'
        found[name if name not in found else f"{name} ({number})"] = integration
    return found


def _integrations(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = _named(before), _named(after)
    said = [f"{name} is new" for name in new if name not in old]
    said += [f"{name} is gone" for name in old if name not in new]
    for name in new:
        if name in old and old[name] != new[name]:
            changes = _changes(old[name], new[name], ("Triggers",))
            if old[name].get("Triggers") != new[name].get("Triggers"):
                changes.append("other triggers")
            said.append(f"{name}: {', '.join(changes)}")
    if [name for name in old if name in new] != [name for name in new if name in old]:
        said.append("the integrations are in another order")
    return said


def _credentials(before: dict[str, str], after: dict[str, str]) -> list[str]:
    names = ("secret_key", "previous_secret_key")
    old, new = ({one[name] for name in names if name in one} for one in (before, after))
    said = []
    if before.get("secret_key") != after.get("secret_key"):
        said.append("cookies are signed with another secret key")
    if new - old:
        said.append("another secret key is accepted")
    if old - new:
        said.append("a secret key is no longer accepted")
    for name in ("api_key", "proxy_key"):
        if before.get(name) != after.get(name):
            said.append(f"another {name.replace('_', ' ')}")
    return said


def difference(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """Sentences on how a snapshot document differs from the one before: at most 20, each of at most 160 characters."""
    if before is None:
        return ["the first publication"]
    old, new = before["integration_config"], after["integration_config"]
    said = []
    if old.get("Version") != new.get("Version"):
        said.append(f"version {_shown(old.get('Version'))} → {_shown(new.get('Version'))}")
    said += _integrations(old, new)
    said += _changes(old, new, _WRITTEN_BY_THE_PLATFORM)
    said += [f"setting {one}" for one in _changes(before["settings"] or {}, after["settings"] or {})]
    said += _credentials(before["credentials"], after["credentials"])
    if len(said) > MAX_SENTENCES:
        said = [*said[: MAX_SENTENCES - 1], f"and {len(said) - MAX_SENTENCES + 1} more differences"]
    return [one if len(one) <= MAX_CHARACTERS else f"{one[: MAX_CHARACTERS - 1]}…" for one in said]
