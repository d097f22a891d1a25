"""What is different between two snapshots, in words for people; never a credential."""

import json
from collections.abc import Mapping
from typing import Any, Final

from config_refresh.content import Content
from queueit.snapshot import SECRET_KEY_NAMES

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


def integrations_by_name(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The integrations by a name for people, in order; equal names are numbered."""
    found: dict[str, dict[str, Any]] = {}
    for number, integration in enumerate(config.get("Integrations") or [], 1):
        name = f'integration "{integration.get("Name") or number}"'
        found[name if name not in found else f"{name} ({number})"] = integration
    return found


def _integrations(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = integrations_by_name(before), integrations_by_name(after)
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


def _signs_cookies(keys: Mapping[str, str]) -> str | None:
    return keys.get("session_secret_key") or keys.get("secret_key")


def _keys(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    old, new = ({one[name] for name in SECRET_KEY_NAMES if name in one} for one in (before, after))
    said = []
    if before.get("secret_key") != after.get("secret_key"):
        said.append("enqueue tokens are signed with another secret key")
    if _signs_cookies(before) != _signs_cookies(after):
        said.append("session cookies are signed with another secret key")
    if new - old:
        said.append("another secret key is accepted")
    if old - new:
        said.append("a secret key is no longer accepted")
    for name in ("api_key", "proxy_key"):
        if before.get(name) != after.get(name):
            said.append(f"another {name.replace('_', ' ')}")
    return said


def difference(before: Content | None, after: Content) -> list[str]:
    """Sentences on how what is in force differs from what was before: at most 20, each of at most 160 characters."""
    if before is None:
        return ["the first publication"]
    said = differences(before, after)
    if len(said) > MAX_SENTENCES:
        said = [*said[: MAX_SENTENCES - 1], f"and {len(said) - MAX_SENTENCES + 1} more differences"]
    return [one if len(one) <= MAX_CHARACTERS else f"{one[: MAX_CHARACTERS - 1]}…" for one in said]


def differences(before: Content, after: Content) -> list[str]:
    """All of these sentences, in full."""
    old_document, new_document = before.document, after.document
    old, new = old_document["integration_config"], new_document["integration_config"]
    said = []
    if old.get("Version") != new.get("Version"):
        said.append(f"version {_shown(old.get('Version'))} → {_shown(new.get('Version'))}")
    said += _integrations(old, new)
    said += _changes(old, new, _WRITTEN_BY_THE_PLATFORM)
    said += [
        f"setting {one}" for one in _changes(old_document["settings"] or {}, new_document["settings"] or {})
    ]
    if old_document["compiler"] != new_document["compiler"]:
        said.append(
            f"connector version {_shown(old_document['compiler'])} → {_shown(new_document['compiler'])}"
        )
    return said + _keys(before.keys, after.keys)
